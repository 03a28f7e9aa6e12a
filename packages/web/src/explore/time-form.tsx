import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { MenuItem } from '../components/popover.tsx'
import { locale, t } from '../shell/i18n.ts'
import { presets, relativeMs } from '../time/range.ts'
import { amountText } from '../time/words.ts'
import { formatNs, isZone, offsetText, zoneName } from '../time/zone.ts'
import { RangeFields, useTypedRange } from './range-fields.tsx'
import type { TimeModel } from './time-model.ts'

/** Presets, both ends as text, and the zone. */
export function TimeForm({ time }: { readonly time: TimeModel }) {
  const box = useRef<HTMLDivElement>(null)
  const close = (): void => box.current?.closest<HTMLElement>('[popover]')?.hidePopover()
  const state = time.text.value
  const shown = time.range.value
  const asText = (text: string, ns: bigint | undefined): string =>
    relativeMs(text) !== undefined || ns === undefined ? text : formatNs(ns, state.zone, 3)
  const typed = useTypedRange(asText(state.from, shown?.from), asText(state.to, shown?.to), state.zone)
  const zone = useSignal(zoneName(state.zone))

  const apply = (event: Event): void => {
    event.preventDefault()
    const wanted = typed.read()
    if (wanted === undefined) return
    time.change(wanted)
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
              time.change({ from: preset.from, to: 'now' })
              close()
            }}
          />
        ))}
      </div>
      <form class="form" onSubmit={apply}>
        <RangeFields typed={typed} name="time" />
        <p class={typed.fault.value === '' ? 'hint' : 'fault'} role={typed.fault.value === '' ? undefined : 'alert'}>
          {typed.fault.value === '' ? t('time.hint') : typed.fault.value}
        </p>
        <div class="form-end">
          <Button kind="primary" label={t('time.apply')} testId="time-apply" onClick={apply} />
        </div>
        <ZonePicker time={time} zone={state.zone} text={zone.value} />
      </form>
    </div>
  )
}

function ZonePicker({ time, zone, text }: { readonly time: TimeModel; readonly zone: string; readonly text: string }) {
  const set = (name: string): void => {
    if (name !== '' && isZone(name)) time.change({ zone: name }, true)
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
