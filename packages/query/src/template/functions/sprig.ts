import { defineFunction, defineVariadic } from '../define-function.ts'
import { FunctionFault } from '../error.ts'
import { parseTime } from '../time/parse.ts'
import { GoTime } from '../time/time.ts'
import { loadZone, UTC } from '../time/zone.ts'
import { decodeUtf8 } from '../utf8.ts'
import { type GoFunction, GoInt, isTrue, kindOf, type Value } from '../value.ts'
import { toFloat64, toInt64 } from './cast.ts'
import { add, type Decimal, decimalOf, divide, multiply, numberOf, subtract } from './decimal.ts'
import type { FunctionTable } from './table.ts'
import * as text from './text.ts'

function int64(value: bigint): GoInt {
  return new GoInt('int64', BigInt.asIntN(64, value))
}

function divisor(value: Value): bigint {
  const number = toInt64(value)
  if (number === 0n) throw new FunctionFault('runtime error: integer divide by zero')
  return number
}

/** The one of the values, read as integers, that comes first in the order. */
function extreme(comesFirst: (candidate: bigint, best: bigint) => boolean): GoFunction {
  return defineVariadic(['any'], 'any', ([first], rest) => {
    let best = toInt64(first)
    for (const value of rest) {
      const candidate = toInt64(value)
      if (comesFirst(candidate, best)) best = candidate
    }
    return int64(best)
  })
}

function extremeFloat(choose: (a: number, b: number) => number): GoFunction {
  return defineVariadic(['any'], 'any', ([first], rest) =>
    rest.reduce((best: number, value) => choose(best, toFloat64(value)), toFloat64(first)),
  )
}

/** Sums and products of doubles are made in decimal, so that 0.1 and 0.2 are 0.3. */
function decimals(combine: (a: Decimal, b: Decimal) => Decimal): GoFunction {
  return defineVariadic(['any'], 'any', ([first], rest) =>
    numberOf(
      rest.reduce((sum: Decimal, value) => combine(sum, decimalOf(toFloat64(value))), decimalOf(toFloat64(first))),
    ),
  )
}

const numbers: readonly (readonly [string, GoFunction])[] = [
  ['int', defineFunction(['any'], ([value]) => toInt64(value))],
  ['float64', defineFunction(['any'], ([value]) => toFloat64(value))],
  ['add', defineVariadic([], 'any', (_args, rest) => int64(rest.reduce((sum: bigint, n) => sum + toInt64(n), 0n)))],
  ['sub', defineFunction(['any', 'any'], ([a, b]) => int64(toInt64(a) - toInt64(b)))],
  [
    'mul',
    defineVariadic(['any'], 'any', ([first], rest) =>
      int64(rest.reduce((product: bigint, n) => BigInt.asIntN(64, product * toInt64(n)), toInt64(first))),
    ),
  ],
  ['div', defineFunction(['any', 'any'], ([a, b]) => int64(toInt64(a) / divisor(b)))],
  ['mod', defineFunction(['any', 'any'], ([a, b]) => int64(toInt64(a) % divisor(b)))],
  [
    'addf',
    defineVariadic([], 'any', (_args, rest) =>
      numberOf(rest.reduce((sum: Decimal, value) => add(sum, decimalOf(toFloat64(value))), decimalOf(0))),
    ),
  ],
  ['subf', decimals(subtract)],
  ['mulf', decimals(multiply)],
  ['divf', decimals(divide)],
  ['max', extreme((candidate, best) => candidate > best)],
  ['min', extreme((candidate, best) => candidate < best)],
  ['maxf', extremeFloat(Math.max)],
  ['minf', extremeFloat(Math.min)],
  ['ceil', defineFunction(['any'], ([value]) => Math.ceil(toFloat64(value)))],
  ['floor', defineFunction(['any'], ([value]) => Math.floor(toFloat64(value)))],
  [
    'round',
    defineVariadic(['any', 'int'], 'float64', ([value, places], [roundOn = 0.5]) =>
      round(toFloat64(value), places, roundOn),
    ),
  ],
]

/** Rounds up where the fraction is at least `roundOn`, down otherwise: negative numbers go down. */
function round(value: number, places: number, roundOn: number): number {
  const power = 10 ** places
  const digit = power * value
  return (digit - Math.trunc(digit) >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power
}

const texts: readonly (readonly [string, GoFunction])[] = [
  ['lower', defineFunction(['string'], ([value]) => text.toLower(value))],
  ['upper', defineFunction(['string'], ([value]) => text.toUpper(value))],
  ['title', defineFunction(['string'], ([value]) => text.toTitle(value))],
  ['trim', defineFunction(['string'], ([value]) => text.trimSpace(value))],
  ['trimAll', defineFunction(['string', 'string'], ([set, value]) => text.trimSet(value, set, true, true))],
  ['trimPrefix', defineFunction(['string', 'string'], ([prefix, value]) => text.withoutPrefix(value, prefix))],
  ['trimSuffix', defineFunction(['string', 'string'], ([suffix, value]) => text.withoutSuffix(value, suffix))],
  ['trunc', defineFunction(['int', 'string'], ([length, value]) => text.truncate(length, value))],
  ['substr', defineFunction(['int', 'int', 'string'], ([start, end, value]) => text.substring(start, end, value))],
  ['contains', defineFunction(['string', 'string'], ([part, value]) => value.includes(part))],
  ['hasPrefix', defineFunction(['string', 'string'], ([part, value]) => value.startsWith(part))],
  ['hasSuffix', defineFunction(['string', 'string'], ([part, value]) => value.endsWith(part))],
  [
    'replace',
    defineFunction(['string', 'string', 'string'], ([from, to, value], scope) =>
      text.replaceText(value, from, to, -1, scope),
    ),
  ],
  ['repeat', defineFunction(['int', 'string'], ([count, value], scope) => text.repeat(count, value, scope))],
  ['indent', defineFunction(['int', 'string'], ([spaces, value], scope) => text.indent(spaces, value, scope))],
  ['nindent', defineFunction(['int', 'string'], ([spaces, value], scope) => `\n${text.indent(spaces, value, scope)}`)],
  ['b64enc', defineFunction(['string'], ([value]) => text.encodeBase64(value))],
  [
    'b64dec',
    defineFunction(['string'], ([value]) => {
      // What is no base64 gives the fault's text, not a failure.
      const bytes = text.decodeBase64(value)
      return typeof bytes === 'string' ? bytes : decodeUtf8(bytes)
    }),
  ],
]

/** Times without a zone are in UTC here, where Go takes the machine's zone. */
const times: readonly (readonly [string, GoFunction])[] = [
  ['now', defineFunction([], () => GoTime.ofUnixNano(BigInt(Date.now()) * 1_000_000n))],
  ['date', defineFunction(['string', 'any'], ([layout, value]) => timeOf(value).in(UTC).format(layout))],
  ['toDate', defineFunction(['string', 'string'], ([layout, value]) => readTime(layout, 'UTC', value))],
  ['unixEpoch', defineFunction(['time.Time'], ([time]) => String(time.seconds))],
]

/** A time, or seconds since 1970; the current time for anything else. */
function timeOf(value: Value): GoTime {
  if (value instanceof GoTime) return value
  const isSeconds = typeof value === 'bigint' || (value instanceof GoInt && /^int(64|32)$/.test(value.typeName))
  if (isSeconds) return new GoTime(Number(typeof value === 'bigint' ? value : value.value), 0)
  return GoTime.ofUnixNano(BigInt(Date.now()) * 1_000_000n)
}

/** Go's zero time where the text does not fit the layout; UTC where there is no such zone. */
export function readTime(layout: string, zone: string, value: string): GoTime {
  const parsed = parseTime(layout, value, loadZone(zone) ?? UTC)
  return parsed === undefined ? GoTime.zero() : new GoTime(parsed.seconds, parsed.nanoseconds, parsed.zone)
}

const data: readonly (readonly [string, GoFunction])[] = [
  ['default', defineVariadic(['any'], 'any', ([fallback], [given]) => (isEmpty(given) ? fallback : given))],
  ['fromJson', defineFunction(['string'], ([value]) => fromJson(value))],
]

function isEmpty(value: Value): boolean {
  return kindOf(value) !== 'struct' && !isTrue(value)
}

/** The data that the text means; nil when it is no JSON. */
function fromJson(value: string): Value {
  try {
    return JSON.parse(value)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** The functions of the library sprig that log templates may call, with its argument orders. */
export const SPRIG: FunctionTable = new Map([...texts, ...numbers, ...times, ...data])
