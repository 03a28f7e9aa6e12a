import { defineFunction } from '../define-function.ts'
import { type GoFunction, GoInt } from '../value.ts'

const SECOND = 1_000_000_000n
const MINUTE = 60n * SECOND
const HOUR = 60n * MINUTE

/** Nanoseconds as Go's `time.Duration` shows them: `1h2m3.5s`, `1.5ms`. */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return '0s'
  const sign = ns < 0n ? '-' : ''
  const size = ns < 0n ? -ns : ns
  if (size < SECOND) {
    if (size < 1000n) return `${sign}${size}ns`
    return size < 1_000_000n ? `${sign}${decimal(size, 3)}µs` : `${sign}${decimal(size, 6)}ms`
  }
  const hours = size / HOUR
  const minutes = (size / MINUTE) % 60n
  const seconds = `${decimal(size % MINUTE, 9)}s`
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : sign + seconds
}

function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`)
}

function roundTo(ns: bigint, unit: bigint): bigint {
  if (unit <= 0n) return ns
  const rest = ns % unit
  const size = rest < 0n ? -rest : rest
  const away = size + size >= unit ? unit : 0n
  return ns - rest + (ns < 0n ? -away : away)
}

/** Go's `time.Duration`: nanoseconds that know how to show themselves. */
export class Duration extends GoInt {
  constructor(ns: bigint) {
    super('time.Duration', BigInt.asIntN(64, ns))
  }

  override text(): string {
    return formatDuration(this.value)
  }

  override method(name: string): GoFunction | undefined {
    const ns = this.value
    switch (name) {
      case 'String':
        return defineFunction([], () => formatDuration(ns))
      case 'Hours':
        return defineFunction([], () => Number(ns) / 3.6e12)
      case 'Minutes':
        return defineFunction([], () => Number(ns) / 6e10)
      case 'Seconds':
        return defineFunction([], () => Number(ns) / 1e9)
      case 'Milliseconds':
        return defineFunction([], () => new GoInt('int64', ns / 1_000_000n))
      case 'Microseconds':
        return defineFunction([], () => new GoInt('int64', ns / 1000n))
      case 'Nanoseconds':
        return defineFunction([], () => new GoInt('int64', ns))
      case 'Abs':
        return defineFunction([], () => new Duration(ns < 0n ? -ns : ns))
      case 'Round':
        return defineFunction(['time.Duration'], ([unit]) => new Duration(roundTo(ns, unit.value)))
      case 'Truncate':
        return defineFunction(['time.Duration'], ([unit]) =>
          unit.value <= 0n ? this : new Duration(ns - (ns % unit.value)),
        )
      default:
        return undefined
    }
  }
}
