import { FunctionFault } from '../error.ts'
import { formatFloat } from '../format/float.ts'
import { GoTime } from '../time/time.ts'

const LARGE = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const
const SMALL = ['', 'm', 'u', 'n', 'p', 'f', 'a', 'z', 'y'] as const
const BINARY = ['', 'ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'] as const

/** Four digits that count. */
function short(value: number): string {
  return formatFloat(value, 'g', 4)
}

function scaled(value: number, prefixes: readonly string[], isEnough: (size: number) => boolean, step: number): string {
  let rest = value
  let place = 0
  while (place < prefixes.length - 1 && !isEnough(Math.abs(rest))) {
    rest *= step
    place++
  }
  return `${short(rest)}${prefixes[place]}`
}

/** `1.234k`, `12.5m`: with a metric prefix, as Prometheus' template function of this name. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return short(value)
  if (Math.abs(value) >= 1) return scaled(value, LARGE, (size) => size < 1000, 1 / 1000)
  return scaled(value, SMALL, (size) => size >= 1, 1000)
}

/** `1.5Ki`, as `humanize` with steps of 1,024. */
export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return short(value)
  return scaled(value, BINARY, (size) => size < 1024, 1 / 1024)
}

/** Seconds as `1d 2h 3m 4s`, or with a prefix below one second. */
export function humanizeSeconds(value: number): string {
  if (!Number.isFinite(value)) return short(value)
  if (value === 0) return '0s'
  if (Math.abs(value) < 1) return `${scaled(value, SMALL, (size) => size >= 1, 1000)}s`
  const sign = value < 0 ? '-' : ''
  const whole = Math.trunc(Math.abs(value))
  const seconds = whole % 60
  const minutes = Math.floor(whole / 60) % 60
  const hours = Math.floor(whole / 3600) % 24
  const days = Math.floor(whole / 86_400)
  if (days > 0) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${seconds}s`
  if (minutes > 0) return `${sign}${minutes}m ${seconds}s`
  return `${sign}${short(Math.abs(value))}s`
}

/** A share of one: `42.5%`. */
export function humanizePercentage(value: number): string {
  return `${short(value * 100)}%`
}

/** Seconds since 1970 as a time, in whole milliseconds as Prometheus has it. Throws FunctionFault for what is no time. */
export function timeOfSeconds(value: number): GoTime {
  if (!Number.isFinite(value)) throw new FunctionFault('value is NaN or Inf')
  const nanoseconds = value * 1e9
  if (Math.abs(nanoseconds) > 2 ** 63) {
    const shown = formatFloat(value, 'g', -1)
    throw new FunctionFault(`${shown} cannot be represented as a nanoseconds timestamp since it overflows int64`)
  }
  return GoTime.ofUnixNano((BigInt(Math.trunc(nanoseconds)) / 1_000_000n) * 1_000_000n)
}

/** Seconds since 1970 as `2009-02-13 23:31:30 +0000 UTC`. Throws FunctionFault for those that are too far away. */
export function humanizeTimestamp(value: number): string {
  return Number.isFinite(value) ? timeOfSeconds(value).toString() : short(value)
}
