/** Severities. A logger or handler with a level takes records of that level and above. */
export const LEVELS = {
  /** Detail for development. */
  DEBUG: 10,
  /** Work as expected. */
  INFO: 20,
  /** Unexpected, or a problem may follow; work goes on. */
  WARNING: 30,
  /** A function could not do its work. */
  ERROR: 40,
  /** The program cannot go on. */
  CRITICAL: 50,
} as const

export type LevelName = keyof typeof LEVELS

const NAMES = new Map<number, string>(Object.entries(LEVELS).map(([name, value]) => [value, name]))

/** The names of Log4j, pino and others, beside ours. OFF is above everything, ALL and NOTSET below. */
const VALUES = new Map<string, number>([
  ...Object.entries(LEVELS),
  ['ALL', 0],
  ['NOTSET', 0],
  ['TRACE', 10],
  ['WARN', 30],
  ['FATAL', 50],
  ['OFF', Number.POSITIVE_INFINITY],
])

/**
 * The number of a level given by number or by name. Case does not matter; Log4j's ALL, TRACE (as DEBUG), WARN, FATAL and
 * OFF are understood, and the names of addLevel.
 * @throws RangeError that lists the names
 */
export function levelValue(level: number | string): number {
  const value = typeof level === 'number' ? level : VALUES.get(level.trim().toUpperCase())
  if (value === undefined || !(value >= 0)) {
    const names = [...NAMES.values()].join(', ')
    throw new RangeError(`unknown level ${JSON.stringify(level)}: use a number or one of ${names}`)
  }
  return value
}

/** The name of a level number; numbers between the named ones read `LEVEL 25`. */
export function levelName(level: number): string {
  return NAMES.get(level) ?? `LEVEL ${level}`
}

/**
 * Names a level of your own, for the whole process: `addLevel('NOTICE', 25)`, then `logger.log(25, …)`. Do it before the
 * first record of that level: formatters keep the names that they have written.
 * @throws RangeError when the name or the number is taken by another level, or the number is not above 0 and finite
 */
export function addLevel(name: string, value: number): void {
  const upper = name.trim().toUpperCase()
  if (!/^[A-Z][A-Z0-9_]*$/.test(upper)) {
    throw new RangeError(`level name ${JSON.stringify(name)}: use letters, digits and _, a letter first`)
  }
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`level ${upper}: the number is ${value}, it must be above 0 and finite`)
  }
  const present = VALUES.get(upper)
  if (present !== undefined && present !== value && upper !== 'TRACE') {
    throw new RangeError(`level ${upper} is ${present} already`)
  }
  const holder = NAMES.get(value)
  if (holder !== undefined && holder !== upper) throw new RangeError(`level ${value} is called ${holder} already`)
  VALUES.set(upper, value)
  NAMES.set(value, upper)
}
