import { basePresets, isPreset, ownBase } from '../../../explore/base-range.ts'
import { RangeFields, useTypedRange } from '../../../explore/range-fields.tsx'
import { t } from '../../../shell/i18n.ts'
import { isoOf, type RangeNs } from '../../../time/range.ts'
import { formatNs } from '../../../time/zone.ts'
import { change, logs } from '../model/explorer.ts'

/** Says which two ranges are compared, and lets one choose the second. */
export function BasePicker({ range, base }: { readonly range: RangeNs; readonly base: RangeNs | undefined }) {
  const { base: chosen, zone } = logs.value
  const text = (one: RangeNs): string => `${formatNs(one.from, zone, 0)} – ${formatNs(one.to, zone, 0)}`
  const own = !isPreset(chosen)
  return (
    <div class="base-picker">
      <dl class="ranges">
        <div>
          <dt>
            <i class="swatch swatch-now" />
            {t('compare.now')}
          </dt>
          <dd class="mono">{text(range)}</dd>
        </div>
        <div>
          <dt>
            <i class="swatch swatch-base" />
            {t('compare.base')}
          </dt>
          <dd class="mono">{base === undefined ? t('compare.badBase') : text(base)}</dd>
        </div>
      </dl>
      <div class="segments" role="group" aria-label={t('compare.with')}>
        {basePresets.map((name) => (
          <button
            key={name}
            type="button"
            class="segment"
            aria-pressed={chosen === name}
            data-testid={`base-${name}`}
            onClick={() => change({ base: name })}
          >
            {t(`compare.base.${name}`)}
          </button>
        ))}
        <button
          type="button"
          class="segment"
          aria-pressed={own}
          data-testid="base-own"
          onClick={() => {
            if (!own && base !== undefined) change({ base: ownBase(isoOf(base.from), isoOf(base.to)) })
          }}
        >
          {t('compare.base.own')}
        </button>
      </div>
      {own ? <OwnBase key={chosen} base={base} /> : null}
    </div>
  )
}

function OwnBase({ base }: { readonly base: RangeNs | undefined }) {
  const { zone } = logs.value
  const text = (ns: bigint | undefined): string => (ns === undefined ? '' : formatNs(ns, zone, 0))
  const typed = useTypedRange(text(base?.from), text(base?.to), zone)
  const apply = (event: Event): void => {
    event.preventDefault()
    const wanted = typed.read()
    if (wanted !== undefined) change({ base: ownBase(wanted.from, wanted.to) })
  }
  return (
    <form class="own-base" onSubmit={apply}>
      <RangeFields typed={typed} name="base" />
      <button type="submit" class="button plain" data-testid="base-apply">
        {t('time.apply')}
      </button>
      {typed.fault.value === '' ? null : (
        <p class="fault" role="alert">
          {typed.fault.value}
        </p>
      )}
    </form>
  )
}
