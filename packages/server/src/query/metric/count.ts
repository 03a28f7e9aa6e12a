import {
  compilePipeline,
  type Grid,
  type Grouping,
  type Labels,
  type LogExpr,
  type RangeAggregation,
  type Series,
} from '@girok/query'
import { MAY_HAVE_ERROR } from '../../store/promoted.ts'
import { labelsOrder } from '../label-order.ts'
import { checkSeries } from '../limits.ts'
import { type CountColumns, metadataColumn, windowColumns } from '../pushdown/count.ts'
import { type FindStream, levelMetadata, readMetadata, readText, readVarint } from '../read/decode.ts'
import { fromRows, type RowSet } from '../read/statement.ts'

/** A range aggregation that SQL answers. */
export interface CountRequest {
  readonly node: RangeAggregation
  readonly grid: Grid
  readonly columns: CountColumns
  /** The grouping of a `sum` around the node, done here already. */
  readonly sumGrouping: Grouping | undefined
  /** More series than this are an error. */
  readonly maxSeries: number
  /** Its span may be narrower than the windows. */
  readonly rows: RowSet
}

/** The statement that counts rows and bytes by stream, level, metadata and run of windows. */
export function countStatement({ node, grid, columns, rows }: CountRequest): string {
  const windows = windowColumns(grid, node.range.rangeNs, node.range.offsetNs)
  const keys = keyColumns(columns)
  if (windows.end) keys.push(`${windows.end} AS window_end`)
  if (typeof windows.first === 'string') keys.push(`${windows.first} AS window_first`)
  const values = ['count()']
  if (countsBytes(node)) values.push('sum(length(line))')
  // An error that came as metadata fails a metric query; the evaluator says how.
  values.push(`max(${MAY_HAVE_ERROR})`)
  return `SELECT ${[...keys, ...values].join(', ')} ${fromRows(rows)} GROUP BY ${namesOf(keys)}`
}

/** What rows of one window are told apart by. */
export function keyColumns(columns: CountColumns): string[] {
  const metadata = metadataColumn(columns)
  return ['stream', ...(columns.level ? ['level'] : []), ...(metadata ? [`${metadata} AS metadata`] : [])]
}

/** Columns by the names that they are given, as `GROUP BY` has them. */
export function namesOf(columns: readonly string[]): string {
  return columns.map((column) => column.replace(/^.* AS /s, '')).join(', ')
}

/** The answer of the store: series, and how many rows and bytes they are made of (0 bytes when only rows count). */
export interface Counted {
  readonly series: Series[]
  readonly rows: number
  readonly bytes: number
}

/**
 * The series of a counted range aggregation, or undefined when a row carries an error and the evaluator must have its say.
 * Labels are what the pipeline makes of a row with the group's stream and metadata.
 */
export async function countedSeries(
  bytes: Buffer,
  request: CountRequest,
  findStream: FindStream,
  breathe: () => Promise<void> | undefined,
): Promise<Counted | undefined> {
  const { node, grid, columns } = request
  const windows = windowColumns(grid, node.range.rangeNs, node.range.offsetNs)
  const withBytes = countsBytes(node)
  const groups = createGroups(request)
  const cursor = { at: 0 }
  let totalRows = 0
  let totalBytes = 0
  while (cursor.at < bytes.length) {
    const pause = breathe()
    if (pause) await pause
    const key = readKey(bytes, cursor, columns)
    let end = 1
    if (windows.end) end = readUInt32(bytes, cursor)
    const first = typeof windows.first === 'string' ? readUInt32(bytes, cursor) : Math.max(0, end - windows.first)
    const rows = readUInt64(bytes, cursor)
    const value = withBytes ? readUInt64(bytes, cursor) : rows
    if (bytes[cursor.at++] !== 0) return undefined
    totalRows += rows
    if (withBytes) totalBytes += value
    groups.add(key, findStream, { first, last: Math.min(end, grid.count), rows, value })
  }
  return { series: groups.series(), rows: totalRows, bytes: totalBytes }
}

/** What a row of the answer is told apart by, and how to read it. */
export interface CountKey {
  readonly text: string
  source(findStream: FindStream): GroupSource | undefined
}

/** Reads the columns of {@link keyColumns}. */
export function readKey(bytes: Buffer, cursor: { at: number }, columns: CountColumns): CountKey {
  const start = cursor.at
  cursor.at += 8
  const levelAt = cursor.at
  if (columns.level) skipText(bytes, cursor)
  const metadataAt = cursor.at
  const withMetadata = metadataColumn(columns) !== undefined
  if (withMetadata) {
    for (let texts = 2 * readVarint(bytes, cursor); texts > 0; texts--) skipText(bytes, cursor)
  }
  return {
    text: bytes.toString('latin1', start, cursor.at),
    source(findStream) {
      const stream = findStream(bytes.readUInt32LE(start), bytes.readUInt32LE(start + 4))
      if (!stream) return undefined
      const level = columns.level ? readText(bytes, { at: levelAt }) : ''
      const metadata = { at: metadataAt }
      const pairs = withMetadata ? readVarint(bytes, metadata) : 0
      return {
        stream: stream.labels,
        metadata: pairs === 0 ? levelMetadata(level) : readMetadata(bytes, metadata, pairs, level),
      }
    },
  }
}

/** Per-second rates divide by the range. */
function scaleOf({ op, range }: RangeAggregation): number {
  return op === 'rate' || op === 'bytes_rate' ? Number(range.rangeNs) / 1e9 : 1
}

/** Whether lengths of lines are summed, not rows counted. */
export function countsBytes({ op }: RangeAggregation): boolean {
  return op === 'bytes_over_time' || op === 'bytes_rate'
}

export interface GroupSource {
  readonly stream: Labels
  readonly metadata: readonly (readonly [string, string])[]
}

/** Differences from window to window: a run of windows is two entries, however long it is. */
interface Group {
  readonly labels: Labels
  readonly rows: Float64Array
  readonly values: Float64Array
}

/** Rows of one key in the windows from `first` to before `last`. */
interface CountedRows {
  readonly first: number
  readonly last: number
  readonly rows: number
  readonly value: number
}

/** Series that counted rows are added to. */
export interface CountGroups {
  /** Rows of streams that `findStream` does not know are none of the query's. */
  add(key: CountKey, findStream: FindStream, counted: CountedRows): void
  series(): Series[]
}

export function createGroups({ node, grid, sumGrouping, maxSeries }: CountRequest): CountGroups {
  const points = grid.count
  const labelsOf = labelsAfter(node.range.log)
  const byKey = new Map<string, Group | undefined>()
  const byLabels = new Map<string, Group>()

  function find({ text, source }: CountKey, findStream: FindStream): Group | undefined {
    const known = byKey.get(text)
    if (known || byKey.has(text)) return known
    const row = source(findStream)
    const group = row && groupOf(row)
    byKey.set(text, group)
    return group
  }

  function groupOf(row: GroupSource): Group {
    const labels = grouped(labelsOf(row), sumGrouping)
    const text = labelsOrder(labels)
    let group = byLabels.get(text)
    if (!group) {
      checkSeries(byLabels.size + 1, maxSeries)
      group = { labels, rows: new Float64Array(points + 1), values: new Float64Array(points + 1) }
      byLabels.set(text, group)
    }
    return group
  }

  return {
    add(key, findStream, { first, last, rows, value }) {
      if (first >= last) return
      const group = find(key, findStream)
      if (!group) return
      group.rows[first] = (group.rows[first] as number) + rows
      group.rows[last] = (group.rows[last] as number) - rows
      group.values[first] = (group.values[first] as number) + value
      group.values[last] = (group.values[last] as number) - value
    },
    series: () => [...byLabels.values()].map((group) => summed(group, points, scaleOf(node))),
  }
}

function summed({ labels, rows, values }: Group, points: number, scale: number): Series {
  const present = new Uint8Array(points)
  const totals = new Float64Array(points)
  let rowsNow = 0
  let valueNow = 0
  for (let k = 0; k < points; k++) {
    rowsNow += rows[k] as number
    valueNow += values[k] as number
    if (rowsNow > 0) {
      present[k] = 1
      totals[k] = valueNow / scale
    }
  }
  return { labels, values: totals, present }
}

/** What is left of a group's labels after the stages that take labels away. */
function labelsAfter(log: LogExpr): (source: GroupSource) => Labels {
  const stages = log.stages.filter(({ kind }) => kind === 'drop' || kind === 'keep')
  const pipeline = compilePipeline({ ...log, stages })
  return ({ stream, metadata }) => {
    const entry = pipeline.process({ timeNs: 0n, stream, metadata, line: '' })
    if (!entry) throw new Error('a pipeline of drop and keep dropped a row')
    if (entry.metadata.size === 0 && entry.parsed.size === 0) return entry.stream
    return new Map([...entry.stream, ...entry.metadata, ...entry.parsed])
  }
}

function grouped(labels: Labels, grouping: Grouping | undefined): Labels {
  if (!grouping) return labels
  const names = new Set(grouping.labels)
  return new Map([...labels].filter(([name]) => names.has(name) !== grouping.without))
}

function skipText(bytes: Buffer, cursor: { at: number }): void {
  const length = readVarint(bytes, cursor)
  cursor.at += length
}

function readUInt32(bytes: Buffer, cursor: { at: number }): number {
  cursor.at += 4
  return bytes.readUInt32LE(cursor.at - 4)
}

/** Of numbers that a double holds. */
export function readUInt64(bytes: Buffer, cursor: { at: number }): number {
  cursor.at += 8
  return bytes.readUInt32LE(cursor.at - 8) + bytes.readUInt32LE(cursor.at - 4) * 2 ** 32
}
