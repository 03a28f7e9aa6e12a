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
  const keys = ['stream']
  if (columns.level) keys.push('level')
  const metadata = metadataColumn(columns)
  if (metadata) keys.push(`${metadata} AS metadata`)
  if (windows.end) keys.push(`${windows.end} AS window_end`)
  if (typeof windows.first === 'string') keys.push(`${windows.first} AS window_first`)
  const values = ['count()']
  if (countsBytes(node)) values.push('sum(length(line))')
  // An error that came as metadata fails a metric query; the evaluator says how.
  values.push(`max(${MAY_HAVE_ERROR})`)
  const groups = keys.map((key) => key.replace(/^.* AS /s, ''))
  return `SELECT ${[...keys, ...values].join(', ')} ${fromRows(rows)} GROUP BY ${groups.join(', ')}`
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
  const withMetadata = metadataColumn(columns) !== undefined
  const groups = createGroups(request)
  const cursor = { at: 0 }
  let totalRows = 0
  let totalBytes = 0
  while (cursor.at < bytes.length) {
    const pause = breathe()
    if (pause) await pause
    const start = cursor.at
    cursor.at += 8
    const levelAt = cursor.at
    if (columns.level) skipText(bytes, cursor)
    const metadataAt = cursor.at
    if (withMetadata) {
      for (let texts = 2 * readVarint(bytes, cursor); texts > 0; texts--) skipText(bytes, cursor)
    }
    const keyEnd = cursor.at
    let end = 1
    if (windows.end) end = readUInt32(bytes, cursor)
    const first = typeof windows.first === 'string' ? readUInt32(bytes, cursor) : Math.max(0, end - windows.first)
    const rows = readUInt64(bytes, cursor)
    const value = withBytes ? readUInt64(bytes, cursor) : rows
    if (bytes[cursor.at++] !== 0) return undefined
    totalRows += rows
    if (withBytes) totalBytes += value
    const last = Math.min(end, grid.count)
    if (first >= last) continue
    const group = groups.find(bytes.toString('latin1', start, keyEnd), () => {
      const stream = findStream(bytes.readUInt32LE(start), bytes.readUInt32LE(start + 4))
      if (!stream) return undefined
      const level = columns.level ? readText(bytes, { at: levelAt }) : ''
      const metadata = { at: metadataAt }
      const pairs = withMetadata ? readVarint(bytes, metadata) : 0
      return {
        stream: stream.labels,
        metadata: pairs === 0 ? levelMetadata(level) : readMetadata(bytes, metadata, pairs, level),
      }
    })
    if (!group) continue
    group.rows[first] = (group.rows[first] as number) + rows
    group.rows[last] = (group.rows[last] as number) - rows
    group.values[first] = (group.values[first] as number) + value
    group.values[last] = (group.values[last] as number) - value
  }
  return { series: groups.series(scaleOf(node)), rows: totalRows, bytes: totalBytes }
}

/** Per-second rates divide by the range. */
function scaleOf({ op, range }: RangeAggregation): number {
  return op === 'rate' || op === 'bytes_rate' ? Number(range.rangeNs) / 1e9 : 1
}

function countsBytes({ op }: RangeAggregation): boolean {
  return op === 'bytes_over_time' || op === 'bytes_rate'
}

interface GroupSource {
  readonly stream: Labels
  readonly metadata: readonly (readonly [string, string])[]
}

/** Differences from window to window: a run of windows is two entries, however long it is. */
interface Group {
  readonly labels: Labels
  readonly rows: Float64Array
  readonly values: Float64Array
}

interface Groups {
  /** The group of a key; `source` is asked once per key and answers undefined for rows that are not the query's. */
  find(key: string, source: () => GroupSource | undefined): Group | undefined
  series(scale: number): Series[]
}

function createGroups({ node, grid, sumGrouping, maxSeries }: CountRequest): Groups {
  const points = grid.count
  const labelsOf = labelsAfter(node.range.log)
  const byKey = new Map<string, Group | undefined>()
  const byLabels = new Map<string, Group>()
  return {
    find(key, source) {
      const known = byKey.get(key)
      if (known || byKey.has(key)) return known
      const row = source()
      let group: Group | undefined
      if (row) {
        const labels = grouped(labelsOf(row), sumGrouping)
        const text = labelsOrder(labels)
        group = byLabels.get(text)
        if (!group) {
          checkSeries(byLabels.size + 1, maxSeries)
          group = { labels, rows: new Float64Array(points + 1), values: new Float64Array(points + 1) }
          byLabels.set(text, group)
        }
      }
      byKey.set(key, group)
      return group
    },
    series: (scale) => [...byLabels.values()].map((group) => summed(group, points, scale)),
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

function readUInt64(bytes: Buffer, cursor: { at: number }): number {
  cursor.at += 8
  return bytes.readUInt32LE(cursor.at - 8) + bytes.readUInt32LE(cursor.at - 4) * 2 ** 32
}
