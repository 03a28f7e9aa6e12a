import { useSignal } from '@preact/signals'
import { t } from '../../../shell/i18n.ts'
import { isoOf, type RangeNs, relativeMs, resolveTime } from '../../../time/range.ts'
import { formatNs, parseWallTime } from '../../../time/zone.ts'
import { change, logs } from '../model/explorer.ts'
import { basePresets, isPreset, ownBase } from './base-range.ts'

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
  const from = useSignal(base === undefined ? '' : formatNs(base.from, zone, 0))
  const to = useSignal(base === undefined ? '' : formatNs(base.to, zone, 0))
  const fault = useSignal('')
  const apply = (event: Event): void => {
    event.preventDefault()
    const read = (typed: string): string | undefined => {
      if (relativeMs(typed.trim()) !== undefined) return typed.trim()
      const ns = parseWallTime(typed, zone)
      return ns === undefined ? undefined : isoOf(ns)
    }
    const [start, end] = [read(from.value), read(to.value)]
    const now = Date.now()
    if (start === undefined || end === undefined) fault.value = t('time.unreadable')
    else if ((resolveTime(start, now) ?? 0n) >= (resolveTime(end, now) ?? 0n)) fault.value = t('time.order')
    else {
      fault.value = ''
      change({ base: ownBase(start, end) })
    }
  }
  return (
    <form class="own-base" onSubmit={apply}>
      <label class="field">
        <span>{t('time.from')}</span>
        <input
          class="mono"
          data-testid="base-from"
          value={from.value}
          onInput={(event) => {
            from.value = event.currentTarget.value
          }}
        />
      </label>
      <label class="field">
        <span>{t('time.to')}</span>
        <input
          class="mono"
          data-testid="base-to"
          value={to.value}
          onInput={(event) => {
            to.value = event.currentTarget.value
          }}
        />
      </label>
      <button type="submit" class="button plain" data-testid="base-apply">
        {t('time.apply')}
      </button>
      {fault.value === '' ? null : (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
    </form>
  )
}
