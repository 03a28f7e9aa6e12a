import { locale, t } from '../shell/i18n.ts'
import { presets, relativeMs, resolveTime } from '../time/range.ts'
import { amountText } from '../time/words.ts'
import { formatNs } from '../time/zone.ts'

/** Words of a range as the address holds it: "Last 1 hour", or both ends. */
export function rangeText({
  from,
  to,
  zone,
}: {
  readonly from: string
  readonly to: string
  readonly zone: string
}): string {
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
