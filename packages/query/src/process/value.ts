import { parseGoDuration } from '../text/duration.ts'
import { float64Of } from '../text/quantity.ts'
import type { ProcessEntry } from './entry.ts'

/** An extracted value as text; undefined for null and for what is not there. */
export function textOfValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return Number.isInteger(value) && Math.abs(value) >= 1e21 ? BigInt(value).toString() : String(value)
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'object':
      return value === null ? undefined : JSON.stringify(value)
    default:
      return undefined
  }
}

/** The text that stages look at: an extracted value, or without a source the line. */
export function sourceText(entry: ProcessEntry, source: string | undefined): string | undefined {
  return source === undefined ? entry.line : textOfValue(entry.extracted?.get(source))
}

/** An extracted value as a number; durations such as `1.5s` are seconds. Undefined when it is none. */
export function numberOfValue(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return undefined
  const number = float64Of(value.trim())
  if (number !== undefined) return number
  const ns = parseGoDuration(value.trim())
  return ns === undefined ? undefined : Number(ns) / 1e9
}
