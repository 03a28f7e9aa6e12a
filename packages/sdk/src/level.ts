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

const NAMES = new Map<number, LevelName>(Object.entries(LEVELS).map(([name, value]) => [value, name as LevelName]))
const VALUES = new Map<string, number>([...Object.entries(LEVELS), ['WARN', 30], ['FATAL', 50], ['NOTSET', 0]])

/**
 * The number of a level given by number or by name (case does not matter; WARN, FATAL and NOTSET are understood).
 * @throws RangeError that lists the names
 */
export function levelValue(level: number | string): number {
  const value = typeof level === 'number' ? level : VALUES.get(level.toUpperCase())
  if (value === undefined || !Number.isFinite(value) || value < 0) {
    throw new RangeError(`unknown level ${JSON.stringify(level)}: use a number or ${Object.keys(LEVELS).join(', ')}`)
  }
  return value
}

/** The name of a level number; numbers between the named ones read `LEVEL 25`. */
export function levelName(level: number): string {
  return NAMES.get(level) ?? `LEVEL ${level}`
}
