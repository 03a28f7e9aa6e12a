import { parseOrderedDuration } from '../../text/duration.ts'
import { numberEnd, parseFloatLiteral } from '../../text/number-literal.ts'

const UNITS = /[smhdwy]s?(?:\d+[smhdw]s?)*(\d+)?/y
/** What is taken for the start of an exponent, though no digit follows. */
const EXPONENT = /[eE][+-]?|_/y
const WORD_CHARACTER = /[A-Za-z0-9_]/
const HEX_INTEGER = /^0[xX](?:_?[0-9a-fA-F]+)+$/
const OCTAL_INTEGER = /^0(?:_?[0-7]+)+$/
const DECIMAL = /^(?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:[eE][+-]?\d+(?:_\d+)*)?$/
const MAX_INT = (1n << 63n) - 1n
const NS_PER_SECOND = 1_000_000_000n

/** A number or a duration; a fault tells how much of the text was taken for one. */
export interface ScannedNumber {
  readonly kind: 'number' | 'duration' | 'fault'
  readonly end: number
}

/** Scans what starts with a digit, or a point before one: `12`, `.5`, `1e3`, `0x1F`, `0x1p3`, `1_000`, `5m`, `1h30m`. */
export function scanNumberOrDuration(text: string, start: number): ScannedNumber {
  // 0b1 and 0o7 are numbers elsewhere, not in PromQL.
  const end = /^0[oObB]/.test(text.slice(start, start + 2)) ? start + 1 : numberEnd(text, start)
  const next = text[end] ?? ''
  if (next === '.') return { kind: 'fault', end: end + 1 }
  if (!WORD_CHARACTER.test(next)) return { kind: 'number', end }
  UNITS.lastIndex = end
  const units = UNITS.exec(text)
  if (units === null) {
    EXPONENT.lastIndex = end
    return { kind: 'fault', end: EXPONENT.test(text) ? EXPONENT.lastIndex : end }
  }
  const unitsEnd = end + units[0].length
  if (units[1] !== undefined) return { kind: 'fault', end: unitsEnd }
  return WORD_CHARACTER.test(text[unitsEnd] ?? '')
    ? { kind: 'fault', end: unitsEnd + 1 }
    : { kind: 'duration', end: unitsEnd }
}

/** A value, or why the text has none. */
export type ParsedNumber = { readonly value: number } | { readonly fault: string }

/** The value of a number as written: integers in base 16 (`0x`) and 8 (leading `0`), floats, `Inf`, `NaN`. */
export function parseNumber(text: string): ParsedNumber {
  const word = text.toLowerCase()
  if (word === 'inf') return { value: Infinity }
  if (word === 'nan') return { value: Number.NaN }
  const plain = text.replaceAll('_', '')
  if (HEX_INTEGER.test(text)) {
    const value = BigInt(plain)
    return value > MAX_INT ? numberFault(text, 'invalid syntax') : { value: Number(value) }
  }
  if (OCTAL_INTEGER.test(text)) return { value: Number(BigInt(`0o${plain.slice(1)}`)) }
  if (DECIMAL.test(text)) {
    const value = Number(plain)
    return Number.isFinite(value) ? { value } : numberFault(text, 'value out of range')
  }
  const value = parseFloatLiteral(text)
  return value === undefined ? numberFault(text, 'invalid syntax') : { value }
}

function numberFault(text: string, reason: string): ParsedNumber {
  return { fault: `error parsing number: strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${reason}` }
}

/** The value of a duration as written (`1h30m`), in seconds. */
export function parseDurationSeconds(text: string): ParsedNumber {
  const parsed = parseOrderedDuration(text)
  // Whole seconds and the rest apart, as Go adds them: one division would round differently.
  if ('ns' in parsed) return { value: Number(parsed.ns / NS_PER_SECOND) + Number(parsed.ns % NS_PER_SECOND) / 1e9 }
  // Prometheus looks for a unit up to the next digit, so that the point of 1.5h is one to it.
  const point = /^\d+(\.)/.exec(text)
  return { fault: point === null ? parsed.fault : `unknown unit "." in duration ${JSON.stringify(text)}` }
}
