import { quoteText } from './go-quote.ts'

/** A value read from text, or why it is none (the text goes into `__error_details__`). */
export type Parsed<T> = { readonly value: T; readonly fault?: undefined } | { readonly fault: string }

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const HEX = /^([+-]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d+)$/

/** The double that a text means under Go's rules (decimal, exponent, hex float, inf and nan in any case), or undefined. */
export function float64Of(text: string): number | undefined {
  const first = text.charCodeAt(0)
  if (DECIMAL.test(text)) {
    const value = Number(text)
    // Out of range is an error in Go, not an infinity.
    return Number.isFinite(value) ? value : undefined
  }
  if (first === 0x30 || first === 0x2b || first === 0x2d) {
    const hex = HEX.exec(text)
    if (hex !== null && (hex[2] !== '' || hex[3] !== '')) {
      const digits = `${hex[2]}${hex[3]}`
      const value = Number(BigInt(`0x${digits}`)) * 2 ** (Number(hex[4]) - 4 * (hex[3] as string).length)
      return hex[1] === '-' ? -value : value
    }
  }
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Number.POSITIVE_INFINITY
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY
    default:
      return undefined
  }
}

export function parseFloat64(text: string): Parsed<number> {
  const value = float64Of(text)
  if (value !== undefined) return { value }
  const reason = DECIMAL.test(text) ? 'value out of range' : 'invalid syntax'
  return { fault: `strconv.ParseFloat: parsing ${quoteText(text)}: ${reason}` }
}

const NS_OF_UNIT: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
])
const DURATION_PART = /(\d*)(?:\.(\d*))?([^\d.]*)/y

/**
 * Nanoseconds of a Go duration (`1h30m`, `-1.5s`; no days). A number while that is exact, else a bigint: the two compare
 * with one another, so callers need not care.
 */
export function parseGoDuration(text: string): Parsed<number | bigint> {
  const invalid = { fault: `time: invalid duration ${quoteText(text)}` }
  let at = 0
  let negative = false
  const first = text.charCodeAt(0)
  if (first === 0x2d || first === 0x2b) {
    negative = first === 0x2d
    at = 1
  }
  if (text.length - at === 1 && text[at] === '0') return { value: 0 }
  if (at >= text.length) return invalid
  let total = 0
  let whole = 0n
  while (at < text.length) {
    DURATION_PART.lastIndex = at
    const part = DURATION_PART.exec(text)
    if (part === null) return invalid
    const integer = part[1] as string
    const fraction = part[2] ?? ''
    if (integer === '' && fraction === '') return invalid
    const unit = part[3] as string
    if (unit === '') return { fault: `time: missing unit in duration ${quoteText(text)}` }
    const scale = NS_OF_UNIT.get(unit)
    if (scale === undefined) return { fault: `time: unknown unit ${quoteText(unit)} in duration ${quoteText(text)}` }
    // Go cuts the fraction to whole nanoseconds.
    const ofFraction = fraction === '' ? 0 : Math.floor((Number(fraction) * scale) / 10 ** fraction.length)
    // Exact integers as long as they fit, which they nearly always do; bigints cost ten times as much.
    if (total >= 0) {
      const next = total + Number(integer) * scale + ofFraction
      if (next <= Number.MAX_SAFE_INTEGER) total = next
      else {
        whole = BigInt(total)
        total = -1
      }
    }
    if (total < 0) whole += BigInt(integer) * BigInt(scale) + BigInt(ofFraction)
    at = DURATION_PART.lastIndex
  }
  if (total >= 0) return { value: negative ? -total : total }
  if (whole > 1n << 63n) return invalid
  return { value: negative ? -whole : whole }
}

const KI = 1024
const BYTES_OF_UNIT: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't', 'p', 'e'].flatMap((letter, index): [string, number][] => [
    [letter, 1000 ** (index + 1)],
    [`${letter}b`, 1000 ** (index + 1)],
    [`${letter}i`, KI ** (index + 1)],
    [`${letter}ib`, KI ** (index + 1)],
  ]),
])
const BYTES = /^([\d.,]*)(.*)$/s

/** Whole bytes of a size with an optional unit (`1.5 KB`, `2KiB`, `2,048`; units in any case), cut to an integer. */
export function parseByteSize(text: string): Parsed<number> {
  const parts = BYTES.exec(text) as RegExpExecArray
  const digits = (parts[1] as string).replaceAll(',', '')
  const number = float64Of(digits)
  if (number === undefined) return { fault: `strconv.ParseFloat: parsing ${quoteText(digits)}: invalid syntax` }
  const unit = (parts[2] as string).trim().toLowerCase()
  const scale = BYTES_OF_UNIT.get(unit)
  if (scale === undefined) return { fault: `unhandled size name: ${unit}` }
  const bytes = number * scale
  if (bytes >= 2 ** 64) return { fault: `too large: ${text}` }
  return { value: Math.trunc(bytes) }
}

/** Bytes of the text in UTF-8; a lone surrogate counts as the three bytes of U+FFFD. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) continue
    if (code < 0x800) bytes += 1
    else if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2
      i++
    } else bytes += 2
  }
  return bytes
}
