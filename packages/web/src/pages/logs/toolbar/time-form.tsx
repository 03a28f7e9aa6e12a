import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Button } from '../../../components/button.tsx'
import { MenuItem } from '../../../components/popover.tsx'
import { locale, t } from '../../../shell/i18n.ts'
import { isoOf, presets, relativeMs, resolveTime } from '../../../time/range.ts'
import { amountText } from '../../../time/words.ts'
import { formatNs, isZone, offsetText, parseWallTime, zoneName } from '../../../time/zone.ts'
import { change, logs, range } from '../model/explorer.ts'

/** Presets, both ends as text, and the zone. */
export function TimeForm() {
  const box = useRef<HTMLDivElement>(null)
  const close = (): void => box.current?.closest<HTMLElement>('[popover]')?.hidePopover()
  const state = logs.value
  const shown = range.value
  const asText = (text: string, ns: bigint | undefined): string =>
    relativeMs(text) !== undefined || ns === undefined ? text : formatNs(ns, state.zone, 3)
  const from = useSignal(asText(state.from, shown?.from))
  const to = useSignal(asText(state.to, shown?.to))
  const zone = useSignal(zoneName(state.zone))
  const fault = useSignal('')

  const apply = (event: Event): void => {
    event.preventDefault()
    const read = (text: string): string | undefined => {
      if (relativeMs(text.trim()) !== undefined) return text.trim()
      const ns = parseWallTime(text, state.zone)
      return ns === undefined ? undefined : isoOf(ns)
    }
    const [start, end] = [read(from.value), read(to.value)]
    const now = Date.now()
    if (start === undefined || end === undefined) {
      fault.value = t('time.unreadable')
      return
    }
    if ((resolveTime(start, now) ?? 0n) >= (resolveTime(end, now) ?? 0n)) {
      fault.value = t('time.order')
      return
    }
    change({ from: start, to: end, live: false, at: undefined })
    close()
  }
  return (
    <div class="time-form" ref={box}>
      <div class="time-presets menu">
        {presets.map((preset) => (
          <MenuItem
            key={preset.from}
            label={t('time.last', { amount: amountText(preset.amount, preset.unit, locale()) })}
            checked={state.from === preset.from && state.to === 'now'}
            testId={`preset-${preset.from}`}
            onClick={() => {
              change({ from: preset.from, to: 'now', live: false, at: undefined })
              close()
            }}
          />
        ))}
      </div>
      <form class="form" onSubmit={apply}>
        <label class="field">
          <span>{t('time.from')}</span>
          <input
            class="mono"
            data-testid="time-from"
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
            data-testid="time-to"
            value={to.value}
            onInput={(event) => {
              to.value = event.currentTarget.value
            }}
          />
        </label>
        <p class={fault.value === '' ? 'hint' : 'fault'} role={fault.value === '' ? undefined : 'alert'}>
          {fault.value === '' ? t('time.hint') : fault.value}
        </p>
        <div class="form-end">
          <Button kind="primary" label={t('time.apply')} testId="time-apply" onClick={apply} />
        </div>
        <ZonePicker zone={state.zone} text={zone.value} />
      </form>
    </div>
  )
}

function ZonePicker({ zone, text }: { readonly zone: string; readonly text: string }) {
  const set = (name: string): void => {
    if (name !== '' && isZone(name)) change({ zone: name }, true)
  }
  return (
    <fieldset class="zones">
      <legend>{t('time.zone')}</legend>
      <div class="segments">
        <button type="button" class="segment" aria-pressed={zone === 'local'} onClick={() => set('local')}>
          {t('time.local')}
        </button>
        <button
          type="button"
          class="segment"
          aria-pressed={zone === 'UTC'}
          data-testid="zone-utc"
          onClick={() => set('UTC')}
        >
          {'UTC'}
        </button>
      </div>
      <label class="field">
        <span>{t('time.otherZone')}</span>
        <input
          list="zones"
          class="mono"
          data-testid="zone-input"
          value={text}
          onChange={(event) => set(event.currentTarget.value.trim())}
        />
        <datalist id="zones">
          {Intl.supportedValuesOf('timeZone').map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <p class="hint mono">{`${zoneName(zone)} ${offsetText(Date.now(), zone)}`}</p>
    </fieldset>
  )
}
