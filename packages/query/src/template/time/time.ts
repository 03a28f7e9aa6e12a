import { defineFunction } from '../define-function.ts'
import { type GoFunction, GoInt, GoObject, type Instant } from '../value.ts'
import { type Civil, civilOf, daysOf } from './civil.ts'
import { Duration } from './duration.ts'
import { formatTime, MONTHS, WEEKDAYS } from './format.ts'
import { UTC, type Zone } from './zone.ts'

const DEFAULT_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST'
const JSON_LAYOUT = '2006-01-02T15:04:05.999999999Z07:00'
const SECOND = 1_000_000_000n
const INT64_MAX = (1n << 63n) - 1n
/** 1 January of year 1, which is Go's zero time. */
const ZERO_SECONDS = -62_135_596_800

/** An integer with a name, as `time.Month`. */
class NamedInt extends GoInt {
  private readonly names: readonly string[]
  private readonly first: number

  constructor(typeName: string, value: number, names: readonly string[], first: number) {
    super(typeName, BigInt(value))
    this.names = names
    this.first = first
  }

  override text(): string {
    return this.names[Number(this.value) - this.first] as string
  }

  override method(name: string): GoFunction | undefined {
    return name === 'String' ? defineFunction([], () => this.text()) : undefined
  }
}

/** A zone as templates see it: Go's `*time.Location`. */
class Location extends GoObject {
  readonly typeName = '*time.Location'
  private readonly zone: Zone

  constructor(zone: Zone) {
    super()
    this.zone = zone
  }

  override method(name: string): GoFunction | undefined {
    return name === 'String' ? defineFunction([], () => this.zone.name) : undefined
  }

  override toString(): string {
    return this.zone.name
  }
}

/** Go's `time.Time`: an instant, to the nanosecond, and the zone in which it is shown. */
export class GoTime extends GoObject implements Instant {
  readonly typeName = 'time.Time'
  /** Whole seconds since 1970, rounded down. */
  readonly seconds: number
  /** 0 to 999,999,999. */
  readonly nanoseconds: number
  readonly zone: Zone
  private civil: Civil | undefined

  constructor(seconds: number, nanoseconds: number, zone: Zone = UTC) {
    super()
    this.seconds = seconds
    this.nanoseconds = nanoseconds
    this.zone = zone
  }

  static ofUnixNano(ns: bigint, zone: Zone = UTC): GoTime {
    const rest = ((ns % SECOND) + SECOND) % SECOND
    return new GoTime(Number((ns - rest) / SECOND), Number(rest), zone)
  }

  static zero(): GoTime {
    return new GoTime(ZERO_SECONDS, 0)
  }

  in(zone: Zone): GoTime {
    return new GoTime(this.seconds, this.nanoseconds, zone)
  }

  /** Nanoseconds since 1970; beyond 64 bits they wrap around, as in Go. */
  unixNano(): bigint {
    return BigInt.asIntN(64, exactNano(this))
  }

  /** Milliseconds since 1970, rounded down; wraps around as `unixNano`. */
  unixMilli(): bigint {
    return BigInt.asIntN(64, BigInt(this.seconds) * 1000n + BigInt(Math.trunc(this.nanoseconds / 1_000_000)))
  }

  format(layout: string): string {
    return formatTime(layout, this.fields(), this.nanoseconds, this.zone.at(this.seconds))
  }

  override toString(): string {
    return this.format(DEFAULT_LAYOUT)
  }

  override json(): string {
    return this.format(JSON_LAYOUT)
  }

  override goString(): string {
    const { year, month, day, hour, minute, second } = this.fields()
    const zone = this.zone === UTC ? 'time.UTC' : `time.Location(${JSON.stringify(this.zone.name)})`
    const numbers = [day, hour, minute, second, this.nanoseconds].join(', ')
    return `time.Date(${year}, time.${MONTHS[month - 1]}, ${numbers}, ${zone})`
  }

  override method(name: string): GoFunction | undefined {
    return this.shownBy(name) ?? this.fieldOf(name) ?? this.comparedBy(name)
  }

  private shownBy(name: string): GoFunction | undefined {
    switch (name) {
      case 'Format':
        return defineFunction(['string'], ([layout]) => this.format(layout))
      case 'String':
        return defineFunction([], () => this.toString())
      case 'UTC':
      case 'Local':
        return defineFunction([], () => this.in(UTC))
      case 'Location':
        return defineFunction([], () => new Location(this.zone))
      case 'Unix':
        return defineFunction([], () => new GoInt('int64', BigInt(this.seconds)))
      case 'UnixMilli':
        return defineFunction([], () => new GoInt('int64', this.unixMilli()))
      case 'UnixMicro':
        return defineFunction(
          [],
          () =>
            new GoInt(
              'int64',
              BigInt.asIntN(64, BigInt(this.seconds) * 1_000_000n + BigInt(Math.trunc(this.nanoseconds / 1000))),
            ),
        )
      case 'UnixNano':
        return defineFunction([], () => new GoInt('int64', this.unixNano()))
      default:
        return undefined
    }
  }

  private fieldOf(name: string): GoFunction | undefined {
    const whole = (value: (fields: Civil) => number) => defineFunction([], () => BigInt(value(this.fields())))
    switch (name) {
      case 'Year':
        return whole(({ year }) => year)
      case 'Month':
        return defineFunction([], () => new NamedInt('time.Month', this.fields().month, MONTHS, 1))
      case 'Day':
        return whole(({ day }) => day)
      case 'Hour':
        return whole(({ hour }) => hour)
      case 'Minute':
        return whole(({ minute }) => minute)
      case 'Second':
        return whole(({ second }) => second)
      case 'Nanosecond':
        return whole(() => this.nanoseconds)
      case 'Weekday':
        return defineFunction([], () => new NamedInt('time.Weekday', this.fields().weekday, WEEKDAYS, 0))
      case 'YearDay':
        return whole(({ yearDay }) => yearDay)
      default:
        return undefined
    }
  }

  private comparedBy(name: string): GoFunction | undefined {
    const order = (fits: (difference: bigint) => boolean) =>
      defineFunction(['time.Time'], ([other]) => fits(exactNano(this) - exactNano(other)))
    switch (name) {
      case 'Before':
        return order((difference) => difference < 0n)
      case 'After':
        return order((difference) => difference > 0n)
      case 'Equal':
        return order((difference) => difference === 0n)
      case 'IsZero':
        return defineFunction([], () => this.seconds === ZERO_SECONDS && this.nanoseconds === 0)
      case 'Compare':
        return defineFunction(['time.Time'], ([other]) => {
          const difference = exactNano(this) - exactNano(other)
          return difference === 0n ? 0n : difference < 0n ? -1n : 1n
        })
      case 'Sub':
        return defineFunction(['time.Time'], ([other]) => this.since(other))
      case 'Truncate':
        return defineFunction(['time.Duration'], ([unit]) => this.wholeUnits(unit.value, 0n))
      case 'Round':
        return defineFunction(['time.Duration'], ([unit]) =>
          this.wholeUnits(unit.value, unit.value / 2n + (unit.value % 2n)),
        )
      case 'Add':
        return defineFunction(['time.Duration'], ([span]) => GoTime.ofUnixNano(exactNano(this) + span.value, this.zone))
      case 'AddDate':
        return defineFunction(['int', 'int', 'int'], ([years, months, days]) => this.addDate(years, months, days))
      default:
        return undefined
    }
  }

  /** The span from another time to this one; the longest that there is where it is longer. */
  since(earlier: Instant): Duration {
    return new Duration(saturated(exactNano(this) - exactNano(earlier)))
  }

  /** The last whole unit, counted from Go's zero time, before this time and a lead; the time itself for no unit. */
  private wholeUnits(unit: bigint, lead: bigint): GoTime {
    if (unit <= 0n) return this
    const sinceZero = exactNano(this) - BigInt(ZERO_SECONDS) * SECOND + lead
    const rest = ((sinceZero % unit) + unit) % unit
    return GoTime.ofUnixNano(exactNano(this) + lead - rest, this.zone)
  }

  private addDate(years: number, months: number, days: number): GoTime {
    const { year, month, day, hour, minute, second } = this.fields()
    const { offset } = this.zone.at(this.seconds)
    const local = daysOf(year + years, month + months, day + days) * 86_400 + hour * 3600 + minute * 60 + second
    return new GoTime(local - offset, this.nanoseconds, this.zone)
  }

  private fields(): Civil {
    this.civil ??= civilOf(this.seconds + this.zone.at(this.seconds).offset)
    return this.civil
  }
}

function exactNano({ seconds, nanoseconds }: Instant): bigint {
  return BigInt(seconds) * SECOND + BigInt(nanoseconds)
}

function saturated(ns: bigint): bigint {
  if (ns > INT64_MAX) return INT64_MAX
  return ns < -INT64_MAX - 1n ? -INT64_MAX - 1n : ns
}
