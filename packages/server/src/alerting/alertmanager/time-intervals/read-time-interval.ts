import { nearestPath } from '@girok/query/settings'
import {
  printNumbers,
  printTime,
  printWeekdays,
  type Range,
  readDaysOfMonth,
  readMonths,
  readTime,
  readWeekdays,
  readYears,
} from './range.ts'
import { type TimeInterval, type TimeIntervalParts, timeInterval } from './time-interval.ts'
import { zoneOf } from './zone.ts'

/** Takes what is wrong, and the keys and places that lead there: `['weekdays', 0]`. */
export type TimeIntervalProblem = (path: readonly (string | number)[], message: string) => void

const PARTS = ['times', 'weekdays', 'days_of_month', 'months', 'years', 'location'] as const
const ENDS = ['start_time', 'end_time'] as const

/**
 * Reads one time interval as it is written in `time_intervals`, from plain values of YAML or JSON.
 * @throws RangeError that names every fault
 */
export function readTimeInterval(value: unknown): TimeInterval {
  const faults: string[] = []
  const parts = readTimeIntervalParts(value, (path, message) => faults.push(`${path.join('.')}: ${message}`))
  if (faults.length > 0) throw new RangeError(faults.join('; '))
  return timeInterval(parts)
}

/** The same, each fault told by itself; what is at fault is left out. */
export function readTimeIntervalParts(value: unknown, problem: TimeIntervalProblem): TimeIntervalParts {
  const fields = fieldsOf(value ?? {}, [], PARTS, problem)
  const ranges = (key: string, read: (text: string) => Range) => {
    const texts = textsOf(fields.get(key), key, problem)
    return texts?.flatMap((text, index) => attempt(() => read(text), [key, index], problem) ?? [])
  }
  const times = listOf(fields.get('times'), 'times', problem)?.flatMap(
    (one, index) => readTimes(one, ['times', index], problem) ?? [],
  )
  const [weekdays, daysOfMonth] = [ranges('weekdays', readWeekdays), ranges('days_of_month', readDaysOfMonth)]
  const [months, years] = [ranges('months', readMonths), ranges('years', readYears)]
  const location = fields.get('location')
  const zone = typeof location === 'string' ? attempt(() => zoneOf(location), ['location'], problem) : undefined
  if (location !== undefined && location !== null && typeof location !== 'string') {
    problem(['location'], 'must be the name of a time zone')
  }
  return {
    ...(times && { times }),
    ...(weekdays && { weekdays }),
    ...(daysOfMonth && { daysOfMonth }),
    ...(months && { months }),
    ...(years && { years }),
    ...(zone && { zone }),
  }
}

/** As it is written in `time_intervals`; reads back to the same. */
export function printTimeInterval(parts: TimeIntervalParts): Record<string, unknown> {
  const { times, weekdays, daysOfMonth, months, years, zone } = parts
  return {
    ...(times && { times: times.map(({ from, to }) => ({ start_time: printTime(from), end_time: printTime(to) })) }),
    ...(weekdays && { weekdays: weekdays.map(printWeekdays) }),
    ...(daysOfMonth && { days_of_month: daysOfMonth.map(printNumbers) }),
    ...(months && { months: months.map(printNumbers) }),
    ...(years && { years: years.map(printNumbers) }),
    ...(zone && { location: zone.name }),
  }
}

type Path = readonly (string | number)[]

function readTimes(value: unknown, path: Path, problem: TimeIntervalProblem): Range | undefined {
  const fields = fieldsOf(value, path, ENDS, problem)
  const ends = ENDS.map((key) => {
    const text = fields.get(key)
    if (text === undefined || text === null || text === '') problem(path, `${key} is missing: both ends must be given`)
    else if (typeof text === 'string') return attempt(() => readTime(text), [...path, key], problem)
    else problem([...path, key], 'must be a time as HH:MM in quotes')
    return undefined
  })
  const [from, to] = ends
  if (from === undefined || to === undefined) return undefined
  if (from < to) return { from, to }
  problem(path, 'ends before it starts: a span over midnight is written as two, until 24:00 and from 00:00')
  return undefined
}

function fieldsOf(value: unknown, path: Path, known: readonly string[], problem: TimeIntervalProblem) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problem(path, `must be a map of ${known.join(', ')}`)
    return new Map<string, unknown>()
  }
  const fields = new Map<string, unknown>(Object.entries(value))
  for (const key of fields.keys()) {
    if (known.includes(key)) continue
    const near = nearestPath(key, known)
    problem(
      [...path, key],
      `unknown key; ${near === undefined ? `known are ${known.join(', ')}` : `is ${near} meant?`}`,
    )
  }
  return fields
}

function listOf(value: unknown, key: string, problem: TimeIntervalProblem): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value
  problem([key], 'must be a list')
  return undefined
}

function textsOf(value: unknown, key: string, problem: TimeIntervalProblem): readonly string[] | undefined {
  return listOf(value, key, problem)?.flatMap((one, index) => {
    if (typeof one === 'string' || typeof one === 'number') return [String(one)]
    problem([key, index], 'must be a text such as FROM:TO')
    return []
  })
}

function attempt<T>(read: () => T, path: Path, problem: TimeIntervalProblem): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    problem(path, error.message)
    return undefined
  }
}
