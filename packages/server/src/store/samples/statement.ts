import { END_OF_TIME_SECONDS } from '../../model/batch.ts'
import { sqlString } from '../literal.ts'
import { type Columns, inOrder } from './order.ts'
import { SAMPLES } from './schema.ts'

/** Samples of some series in a range. */
export interface SampleSpan {
  readonly tenant: string
  /** Ids that the series index gave. */
  readonly ids: readonly string[]
  /** Milliseconds since the epoch, both inclusive. */
  readonly startMs: number
  readonly endMs: number
  /** Only samples in these; default: the whole range. */
  readonly windows?: SampleWindows
}

/** Windows of equal length and distance: `endMs - windowMs < time ≤ endMs`, and so on backwards. */
export interface SampleWindows {
  /** End of the last one; whole milliseconds as the others, 1 ≤ windowMs < everyMs. */
  readonly endMs: number
  readonly windowMs: number
  readonly everyMs: number
}

/** The samples of one series in ascending order of time, each time once; stale markers among them, as bits. */
export interface SeriesSamples extends Columns {
  readonly id: string
}

const END_OF_TIME_MS = END_OF_TIME_SECONDS * 1000

/** The statement that gives whole series: id, times, values. */
export function seriesStatement(span: SampleSpan): string {
  return (
    'SELECT series, groupArray(toFloat64(toUnixTimestamp64Milli(ts))), groupArray(value) ' +
    `FROM ${SAMPLES} WHERE ${condition(span)} GROUP BY series`
  )
}

/** The statement that gives the number of rows, repetitions included, of each series that has any, in order of id. */
export function countStatement(span: SampleSpan): string {
  return `SELECT series, count() FROM ${SAMPLES} WHERE ${condition(span)} GROUP BY series ORDER BY series`
}

function condition({ tenant, ids, startMs, endMs, windows }: SampleSpan): string {
  // Before 1970 and after the end of the engine's time there is nothing.
  const time = (ms: number): string =>
    `fromUnixTimestamp64Milli(toInt64(${Math.min(Math.max(ms, -1), END_OF_TIME_MS)}), 'UTC')`
  const within =
    windows === undefined
      ? ''
      : ` AND (${windows.endMs} - toUnixTimestamp64Milli(ts)) % ${windows.everyMs} < ${windows.windowMs}`
  return (
    `tenant = ${sqlString(tenant)} AND series IN (${ids.join(',')}) ` +
    `AND ts >= ${time(Math.ceil(startMs))} AND ts <= ${time(Math.floor(endMs))}${within}`
  )
}

/**
 * The answer of {@link seriesStatement}: rows of RowBinary of id, number of times, times, number of values, values. The
 * engine gives them in any order; here they come in that of their ids.
 */
export function* decodeSeries(bytes: Buffer): Generator<SeriesSamples> {
  const rows: { readonly id: bigint; readonly at: number; readonly count: number }[] = []
  let at = 0
  const arrayLength = (): number => {
    let count = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] as number
      count += (byte & 0x7f) * scale
      if (byte < 0x80) return count
    }
  }
  while (at < bytes.length) {
    const id = bytes.readBigUInt64LE(at)
    at += 8
    const count = arrayLength()
    rows.push({ id, at, count })
    at += 8 * count
    arrayLength()
    at += 8 * count
  }
  rows.sort((a, b) => (a.id < b.id ? -1 : 1))
  const column = (from: number, count: number): Float64Array => {
    const values = new Float64Array(count)
    new Uint8Array(values.buffer).set(bytes.subarray(from, from + 8 * count))
    return values
  }
  for (const row of rows) {
    const times = column(row.at, row.count)
    at = row.at + 8 * row.count
    arrayLength()
    yield { id: row.id.toString(), ...inOrder({ times, values: column(at, row.count) }) }
  }
}
