import { GirokError } from '../../model/errors.ts'
import type { LogStore } from '../../store/store.ts'
import type { ResultEntry } from '../engine.ts'
import { entryMaker, type LogsTask, type OpenedRows, openRows } from '../logs.ts'
import { decodeRows, ROW_COLUMNS, type StoredRow } from '../read/decode.ts'
import { fromRows, type RowSet } from '../read/statement.ts'
import type { Run } from '../run/runs.ts'

/** A line of the sample, which stands for `weight` lines of the range. */
export interface SampledEntry {
  readonly entry: ResultEntry
  /** '' when no level was detected. */
  readonly level: string
  readonly weight: number
}

export interface Sample {
  /** In order of time, stream and line: the same data gives the same sample in the same order. */
  readonly entries: readonly SampledEntry[]
  /** Lines in the range; exact when the filters of the query are SQL's alone, else estimated. */
  readonly totalLines: number
}

/** Rows of one stream and level. */
interface Stratum {
  /** The engine's hash of stream and level, as digits. */
  readonly key: string
  readonly rank: number
  readonly level: string
  readonly count: number
  sampled: number
}

/** More strata than this cannot be told apart in a statement; then all are thinned alike. */
const MAX_STRATA = 2000
const HASHES = 4_294_967_296
const MIN_LINES = 500

/**
 * Reads at most about `lines` lines of a log query. Each stream and level has a share of its own, and what small ones do
 * not use goes to the large ones: a level with few lines is read whole, so rare errors are not lost among a million
 * of info. Lines are chosen by a hash of time and line.
 */
export async function readSample(store: LogStore, task: LogsTask, lines: number, run: Run): Promise<Sample> {
  const opened = openRows(store, task)
  if (opened.span.fromNs >= opened.span.toNs || opened.plan.streams.length === 0) return { entries: [], totalLines: 0 }
  const rows: RowSet = { ...opened.source.rows, span: opened.span }
  const strata = await readStrata(opened, rows, run)
  for (let wanted = lines; ; wanted >>= 2) {
    try {
      const sampled = await readRows(opened, rows, strata, wanted, run)
      return await weighted(task, opened, strata, sampled, run)
    } catch (error) {
      // Too many bytes for one answer of the store: lines are long.
      const tooLarge = error instanceof GirokError && error.code === 'limit_exceeded'
      if (!tooLarge || wanted < MIN_LINES || run.signal.aborted) throw error
    }
  }
}

async function readStrata(opened: OpenedRows, rows: RowSet, run: Run): Promise<Stratum[]> {
  const { driver, findStream } = opened.source
  const sql = `SELECT stream, cityHash64(stream, level), count(), level ${fromRows(rows)} GROUP BY stream, level`
  const bytes = await driver.query(sql, 'RowBinary', {
    lane: run.lane,
    signal: run.signal,
    timeoutMs: run.remainingMs(),
  })
  run.rested()
  const strata: Stratum[] = []
  for (let at = 0; at < bytes.length; ) {
    const stream = findStream(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4))
    // Level words are short: their length takes one byte.
    const length = bytes[at + 24] as number
    if (stream) {
      strata.push({
        key: bytes.readBigUInt64LE(at + 8).toString(),
        rank: stream.rank,
        level: bytes.toString('utf8', at + 25, at + 25 + length),
        count: Number(bytes.readBigUInt64LE(at + 16)),
        sampled: 0,
      })
    }
    at += 25 + length
  }
  return strata
}

/** The number of rows of each stratum that makes `lines` in all: small strata whole, the others alike. */
export function shareOf(counts: readonly number[], lines: number): number {
  let left = lines
  let share = Number.POSITIVE_INFINITY
  const ascending = [...counts].sort((a, b) => a - b)
  for (const [index, count] of ascending.entries()) {
    share = left / (ascending.length - index)
    if (count > share) return share
    left -= count
  }
  return Number.POSITIVE_INFINITY
}

function thinning(strata: readonly Stratum[], lines: number): string | undefined {
  const share = shareOf(
    strata.map(({ count }) => count),
    lines,
  )
  const thinned = strata.filter(({ count }) => count > share)
  if (thinned.length === 0) return undefined
  const hash = `cityHash64(ts, line) % ${HASHES}`
  if (thinned.length > MAX_STRATA) {
    const total = strata.reduce((sum, { count }) => sum + count, 0)
    return `${hash} < ${threshold(lines / total)}`
  }
  const keys = thinned.map(({ key }) => key).join(', ')
  const below = thinned.map(({ count }) => threshold(share / count)).join(', ')
  return `${hash} < transform(cityHash64(stream, level), [${keys}], [${below}], ${HASHES})`
}

function threshold(part: number): number {
  return Math.min(HASHES, Math.ceil(part * HASHES))
}

async function readRows(
  { source }: OpenedRows,
  rows: RowSet,
  strata: readonly Stratum[],
  lines: number,
  run: Run,
): Promise<readonly StoredRow[]> {
  const chosen = thinning(strata, lines)
  const conditions = chosen ? [...rows.conditions, { sql: chosen, exact: true }] : rows.conditions
  const sql = `SELECT ${ROW_COLUMNS} ${fromRows({ ...rows, conditions })} ORDER BY ts, stream, line`
  const bytes = await source.driver.query(sql, 'RowBinary', {
    lane: run.lane,
    signal: run.signal,
    timeoutMs: run.remainingMs(),
  })
  run.rested()
  const decoded = await decodeRows(bytes, source.findStream, run.breathe)
  run.countRead(decoded.given, bytes.length)
  return decoded.rows
}

async function weighted(
  task: LogsTask,
  { plan, source }: OpenedRows,
  strata: readonly Stratum[],
  rows: readonly StoredRow[],
  run: Run,
): Promise<Sample> {
  const byName = new Map(strata.map((stratum) => [`${stratum.rank} ${stratum.level}`, stratum]))
  const stratumOf = (row: StoredRow): Stratum | undefined =>
    byName.get(`${row.streamRank} ${levelOf(row.metadata)}`) ?? byName.get(`${row.streamRank} `)
  for (const stratum of strata) stratum.sampled = 0
  for (const row of rows) {
    const stratum = stratumOf(row)
    if (stratum) stratum.sampled++
  }
  const toEntry = entryMaker(task.log, plan)
  const entries: SampledEntry[] = []
  let totalLines = 0
  for (const row of rows) {
    const pause = run.breathe()
    if (pause) await pause
    if (source.hides?.(row)) continue
    const stratum = stratumOf(row)
    const entry = toEntry(row)
    if (!entry) continue
    // Rows that came in between the two statements may be more than were counted.
    const weight = stratum ? Math.max(1, stratum.count / stratum.sampled) : 1
    entries.push({ entry, level: levelOf(row.metadata), weight })
    totalLines += weight
  }
  return { entries, totalLines: Math.round(totalLines) }
}

function levelOf(metadata: StoredRow['metadata']): string {
  const last = metadata.at(-1)
  return last?.[0] === 'detected_level' ? last[1] : ''
}
