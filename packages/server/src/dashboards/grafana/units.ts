import type { UnitName } from '../../model/unit.ts'

/** Units of Grafana that mean the same as one here. */
const SAME: Readonly<Record<UnitName, readonly string[]>> = {
  none: ['none', 'short', 'locale', 'sishort', 'string', 'number'],
  perSecond: ['cps', 'ops', 'reqps', 'rps', 'wps', 'iops', 'eps', 'mps', 'recps', 'rowsps', 'pps', 'fps'],
  bytes: ['bytes'],
  bytesPerSecond: ['binBps'],
  bits: ['decbits'],
  bitsPerSecond: ['bps'],
  seconds: ['s', 'dtdurations', 'clocks', 'dthms'],
  milliseconds: ['ms', 'dtdurationms', 'clockms'],
  microseconds: ['µs', 'μs'],
  nanoseconds: ['ns'],
  percent: ['percent'],
  ratio: ['percentunit'],
  celsius: ['celsius'],
  watts: ['watt'],
  joules: ['joule'],
  volts: ['volt'],
  amperes: ['amp'],
  hertz: ['hertz', 'rothz'],
  rpm: ['rotrpm'],
  unixMilliseconds: [
    'dateTimeAsIso',
    'dateTimeAsIsoNoDateIfToday',
    'dateTimeAsUS',
    'dateTimeAsUSNoDateIfToday',
    'dateTimeAsLocal',
    'dateTimeAsLocalNoDateIfToday',
    'dateTimeAsSystem',
    'dateTimeFromNow',
  ],
}

/** Units that are shown in another base here: the quantity is the same, the prefix differs. */
const OTHER_BASE: Readonly<Record<string, readonly [unit: UnitName, told: string]>> = {
  decbytes: ['bytes', 'shown in powers of 1024, not of 1000'],
  Bps: ['bytesPerSecond', 'shown in powers of 1024, not of 1000'],
  bits: ['bits', 'shown in powers of 1000, not of 1024'],
  binbps: ['bitsPerSecond', 'shown in powers of 1000, not of 1024'],
}

const byName = new Map(
  Object.entries(SAME).flatMap(([unit, names]) => names.map((name) => [name, unit as UnitName] as const)),
)

/** Our unit for one of Grafana, and what is different about it; a unit that is not known is `none`. */
export function unitOf(id: string): { readonly unit: UnitName; readonly told?: string } {
  const same = byName.get(id)
  if (same !== undefined) return { unit: same }
  const other = Object.hasOwn(OTHER_BASE, id) ? OTHER_BASE[id] : undefined
  if (other !== undefined) return { unit: other[0], told: `the unit ${id} is ${other[1]}` }
  return {
    unit: 'none',
    told: `the unit ${JSON.stringify(id.slice(0, 60))} is not known here: plain numbers are shown`,
  }
}
