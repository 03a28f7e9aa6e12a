import { isDigit } from './characters.ts'

const NS_PER_MS = 1_000_000n
const NS_PER_S = 1_000_000_000n
const NS_PER_H = 3_600n * NS_PER_S
const NS_PER_D = 24n * NS_PER_H
const MAX_NS = (1n << 63n) - 1n

/** Units of a Prometheus duration, largest first: each may appear once, in this order. */
const ORDERED_UNITS: readonly (readonly [string, bigint])[] = [
  ['y', 365n * NS_PER_D],
  ['w', 7n * NS_PER_D],
  ['d', NS_PER_D],
  ['h', NS_PER_H],
  ['m', 60n * NS_PER_S],
  ['s', NS_PER_S],
  ['ms', NS_PER_MS],
]

const GO_UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', NS_PER_MS],
  ['s', NS_PER_S],
  ['m', 60n * NS_PER_S],
  ['h', NS_PER_H],
])

/** A duration in nanoseconds, or why the text is none. */
export type ParsedDuration = { readonly ns: bigint } | { readonly fault: string }

/** Prometheus form: `1h30m`, units y w d h m s ms in descending order, whole numbers, no sign; `0` needs no unit. */
export function parseOrderedDuration(text: string): ParsedDuration {
  if (text === '') return { fault: 'empty duration string' }
  if (text === '0') return { ns: 0n }
  const invalid = { fault: `not a valid duration string: ${JSON.stringify(text)}` }
  let total = 0n
  let lastUnit = -1
  let i = 0
  while (i < text.length) {
    const digitsFrom = i
    while (isDigit(text.charCodeAt(i))) i++
    if (i === digitsFrom || i - digitsFrom > 20) return invalid
    const unitFrom = i
    while (i < text.length && !isDigit(text.charCodeAt(i)) && text[i] !== '.') i++
    const name = text.slice(unitFrom, i)
    if (name === '') return invalid
    const unit = ORDERED_UNITS.findIndex(([known]) => known === name)
    if (unit < 0) return { fault: `unknown unit ${JSON.stringify(name)} in duration ${JSON.stringify(text)}` }
    if (unit <= lastUnit) return invalid
    lastUnit = unit
    total += BigInt(text.slice(digitsFrom, unitFrom)) * (ORDERED_UNITS[unit] as readonly [string, bigint])[1]
    if (total > MAX_NS) return { fault: 'duration out of range' }
  }
  return { ns: total }
}

const GO_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/** Go form: `1.5h`, `-250ms`, `1h0m0.5s`; any order, decimals and a sign are allowed. Undefined when it is none. */
export function parseGoDuration(text: string): bigint | undefined {
  const negative = text.startsWith('-')
  let i = negative || text.startsWith('+') ? 1 : 0
  if (i === text.length) return undefined
  let total = 0n
  while (i < text.length) {
    GO_PART.lastIndex = i
    const part = GO_PART.exec(text)
    if (part === null || part[0].length > 64) return undefined
    total += scaled(part[1] as string, GO_UNITS.get(part[2] as string) as bigint)
    if (total > MAX_NS) return undefined
    i = GO_PART.lastIndex
  }
  return negative ? -total : total
}

function scaled(decimal: string, unit: bigint): bigint {
  const [whole = '', fraction = ''] = decimal.split('.')
  const digits = BigInt(`${whole}${fraction}` || '0')
  return (digits * unit) / 10n ** BigInt(fraction.length)
}

/** A duration literal of either form; a sign is allowed before both. */
export function parseDurationLiteral(text: string): bigint | undefined {
  const negative = text.startsWith('-')
  const ordered = parseOrderedDuration(negative ? text.slice(1) : text)
  if ('ns' in ordered) return negative ? -ordered.ns : ordered.ns
  return parseGoDuration(text)
}

/** Writes nanoseconds so that `parseDurationLiteral` reads the same back: `1h30m`, `7d` as `1w`, `1500us` as `1ms500us`. */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return '0s'
  const sign = ns < 0n ? '-' : ''
  let rest = ns < 0n ? -ns : ns
  const parts: string[] = []
  const take = (unit: bigint, name: string) => {
    if (rest >= unit) {
      parts.push(`${rest / unit}${name}`)
      rest %= unit
    }
  }
  // The forms that know days do not know microseconds, and the other way round.
  if (rest % NS_PER_MS === 0n) {
    for (const [name, unit] of ORDERED_UNITS) {
      const calendar = name === 'y' || name === 'w'
      if (!calendar || rest % unit === 0n) take(unit, name)
    }
  } else {
    for (const name of ['h', 'm', 's', 'ms', 'us', 'ns']) take(GO_UNITS.get(name) as bigint, name)
  }
  return sign + parts.join('')
}
