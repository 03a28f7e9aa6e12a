import { type Signal, useSignal } from '@preact/signals'
import { t } from '../shell/i18n.ts'
import { isoOf, type RangeText, relativeMs, resolveTime } from '../time/range.ts'
import { parseWallTime } from '../time/zone.ts'

/** Both ends of a range while they are being typed, and what is wrong with them in words. */
export interface TypedRange {
  readonly from: Signal<string>
  readonly to: Signal<string>
  readonly fault: Signal<string>
  /** The range as the address holds it; undefined, with a fault told, while it is none. */
  read(): RangeText | undefined
}

export function useTypedRange(initialFrom: string, initialTo: string, zone: string): TypedRange {
  const from = useSignal(initialFrom)
  const to = useSignal(initialTo)
  const fault = useSignal('')
  const read = (): RangeText | undefined => {
    const one = (text: string): string | undefined => {
      if (relativeMs(text.trim()) !== undefined) return text.trim()
      const ns = parseWallTime(text, zone)
      return ns === undefined ? undefined : isoOf(ns)
    }
    const [start, end] = [one(from.peek()), one(to.peek())]
    const now = Date.now()
    if (start === undefined || end === undefined) fault.value = t('time.unreadable')
    else if ((resolveTime(start, now) ?? 0n) >= (resolveTime(end, now) ?? 0n)) fault.value = t('time.order')
    else {
      fault.value = ''
      return { from: start, to: end }
    }
    return undefined
  }
  return { from, to, fault, read }
}

/** The two fields of a typed range; `name` begins their test ids. */
export function RangeFields({ typed, name }: { readonly typed: TypedRange; readonly name: string }) {
  return (
    <>
      {(['from', 'to'] as const).map((end) => (
        <label key={end} class="field">
          <span>{t(`time.${end}`)}</span>
          <input
            class="mono"
            data-testid={`${name}-${end}`}
            value={typed[end].value}
            onInput={(event) => {
              typed[end].value = event.currentTarget.value
            }}
          />
        </label>
      ))}
    </>
  )
}
