import { parseFloatGo, parseInteger } from '../numbers.ts'
import { GoInt, type Value } from '../value.ts'

const DECIMAL = /^([-+]?\d+)\.\d*$/

/** What a value is as an integer of 64 bits: texts are read (`0x1f` too, `12.7` as 12), what cannot be read is 0. */
export function toInt64(value: Value): bigint {
  switch (typeof value) {
    case 'bigint':
      return value
    case 'number':
      return truncate(value)
    case 'string':
      return parseInteger(value.replace(DECIMAL, '$1')) ?? 0n
    case 'boolean':
      return value ? 1n : 0n
    default:
      return value instanceof GoInt && isNumber(value) ? BigInt.asIntN(64, value.value) : 0n
  }
}

const MIN_INT64 = -(1n << 63n)

/** What does not fit becomes the least integer, as on the processors that Go programs mostly run on. */
function truncate(value: number): bigint {
  if (!Number.isFinite(value)) return MIN_INT64
  const whole = BigInt(Math.trunc(value))
  return BigInt.asIntN(64, whole) === whole ? whole : MIN_INT64
}

/** What a value is as a double; what cannot be read is 0. */
export function toFloat64(value: Value): number {
  switch (typeof value) {
    case 'number':
      return value
    case 'bigint':
      return Number(value)
    case 'string':
      return parseFloatGo(value) ?? 0
    case 'boolean':
      return value ? 1 : 0
    default:
      return value instanceof GoInt && isNumber(value) ? Number(value.value) : 0
  }
}

/** Of the named integers only those of the calendar are taken for numbers. */
function isNumber({ typeName }: GoInt): boolean {
  return !typeName.includes('.') || typeName === 'time.Month' || typeName === 'time.Weekday'
}
