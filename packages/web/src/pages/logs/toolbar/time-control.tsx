import { useSignal } from '@preact/signals'
import { Button, IconButton } from '../../../components/button.tsx'
import { MenuItem, Popover } from '../../../components/popover.tsx'
import { locale, t } from '../../../shell/i18n.ts'
import { isoOf, presets, relativeMs, resolveTime, shiftRange, zoomOut } from '../../../time/range.ts'
import { amountText } from '../../../time/words.ts'
import { formatNs, isZone, offsetText, parseWallTime, zoneName } from '../../../time/zone.ts'
import { change, logs, range } from '../model/explorer.ts'

/** Moves the range by half its length. */
export function shiftTime(direction: -1 | 1): void {
  const shown = range.peek()
  if (shown !== undefined && !logs.peek().live) change({ ...shiftRange(shown, direction), at: undefined })
}

export function zoomTimeOut(): void {
  const shown = range.peek()
  if (shown !== undefined && !logs.peek().live) change({ ...zoomOut(shown, Date.now()), at: undefined })
}

/** Words of the range in force: "Last 1 hour", or both ends. */
function rangeText(): string {
  const { from, to, zone } = logs.value
  const preset = presets.find((one) => one.from === from)
  if (to === 'now' && preset !== undefined) {
    return t('time.last', { amount: amountText(preset.amount, preset.unit, locale()) })
  }
  const one = (text: string): string => {
    if (relativeMs(text) !== undefined) return text
    const ns = resolveTime(text, Date.now())
    return ns === undefined ? text : formatNs(ns, zone, 0)
  }
  return `${one(from)} → ${one(to)}`
}

export function TimeControl() {
  const { zone, live } = logs.value
  return (
    <div class="time-control">
      <IconButton
        icon="left"
        label={t('time.earlier')}
        shortcut="earlier"
        disabled={live}
        onClick={() => shiftTime(-1)}
      />
      <Popover
        label={t('time.label')}
        icon="clock"
        testId="time-control"
        align="end"
        text={
          <>
            <span class="time-range">{live ? t('time.live') : rangeText()}</span>
            <span class="time-zone">{zone === 'local' ? offsetText(Date.now(), zone) : zone}</span>
          </>
        }
      >
        {(close) => <TimeForm close={close} />}
      </Popover>
      <IconButton icon="right" label={t('time.later')} shortcut="later" disabled={live} onClick={() => shiftTime(1)} />
      <IconButton icon="zoomOut" label={t('time.zoomOut')} shortcut="zoomOut" disabled={live} onClick={zoomTimeOut} />
    </div>
  )
}

function TimeForm({ close }: { readonly close: () => void }) {
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
    <div class="time-form">
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
