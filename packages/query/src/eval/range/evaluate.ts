import type { Grouping, RangeAggregation, Selector } from '../../logql/ast.ts'
import { QueryError } from '../../text/error.ts'
import type { Grid, Labels, LogRow, Series } from '../types.ts'
import type { Accumulator, AccumulatorContext } from './accumulator.ts'
import { rangeOperation } from './operations.ts'
import { compileSampler, type Sampler } from './sampler.ts'
import { SeriesIndex } from './series-index.ts'
import { Windows } from './windows.ts'

export interface RangeOptions {
  /**
   * The grouping of a `sum` directly around the node. Where sums may be taken early the series come out grouped by it,
   * and summing them again gives the same answer; otherwise it changes nothing but which labels parsers make.
   */
  readonly sumGrouping?: Grouping | undefined
  /** More series than this are an evaluate-phase `QueryError`. Default: no limit. */
  readonly maxSeries?: number
}

/** A range aggregation that rows are poured into. */
export interface RangeEvaluation {
  /**
   * Rows in order of time, equal times in order of arrival, of streams that the selector matches. Rows outside all windows
   * are ignored. Throws an evaluate-phase `QueryError` for an error in the pipeline that the query does not skip.
   */
  add(row: LogRow): void
  /** The series with at least one point, in no particular order. Call once. */
  finish(): Series[]
}

/** Starts an evaluation. Throws a parse-phase `QueryError` when a stage cannot be compiled. */
export function startRange(node: RangeAggregation, grid: Grid, options: RangeOptions = {}): RangeEvaluation {
  if (node.op === 'absent_over_time') return new AbsentEvaluation(node, grid)
  return new SeriesEvaluation(node, grid, options)
}

/** Evaluates a range aggregation over rows at hand; see `startRange` for what rows must be like. */
export function evaluateRange(
  node: RangeAggregation,
  grid: Grid,
  rows: Iterable<LogRow>,
  options: RangeOptions = {},
): Series[] {
  const evaluation = startRange(node, grid, options)
  for (const row of rows) evaluation.add(row)
  return evaluation.finish()
}

interface GrowingSeries {
  readonly labels: Labels
  readonly accumulator: Accumulator
}

class SeriesEvaluation implements RangeEvaluation {
  private readonly windows: Windows
  private readonly sampler: Sampler
  private readonly index: SeriesIndex<GrowingSeries>
  private readonly all: GrowingSeries[] = []

  constructor(node: RangeAggregation, grid: Grid, options: RangeOptions) {
    const { range, op } = node
    const operation = rangeOperation(op, range.unwrap !== undefined)
    const windows = new Windows(grid, range.rangeNs, range.offsetNs)
    const context: AccumulatorContext = {
      count: grid.count,
      windows,
      rangeSeconds: Number(range.rangeNs) / 1e9,
      parameter: node.parameter ?? Number.NaN,
    }
    const grouping = node.grouping ?? (operation.additive ? options.sumGrouping : undefined)
    const outputs = grouping !== undefined && !grouping.without ? grouping.labels : undefined
    const dropped = range.unwrap === undefined ? [] : [range.unwrap.label]
    const limit = options.maxSeries ?? Number.POSITIVE_INFINITY
    this.windows = windows
    this.sampler = compileSampler(node, operation.sample, outputs)
    this.index = new SeriesIndex(grouping, dropped, (labels) => {
      if (this.all.length >= limit) throw tooManySeries(limit)
      const series = { labels, accumulator: operation.accumulator(context) }
      this.all.push(series)
      return series
    })
  }

  add(row: LogRow): void {
    const { windows, sampler } = this
    windows.locate(row.timeNs)
    if (windows.first > windows.last || !sampler.take(row)) return
    this.index.of(sampler.state).accumulator.add(sampler.value)
  }

  finish(): Series[] {
    return this.all.map(({ labels, accumulator }) => ({ labels, ...accumulator.finish() }))
  }
}

function tooManySeries(limit: number): QueryError {
  return new QueryError(
    `maximum number of series (${limit}) reached for a single query; consider reducing query cardinality by adding more ` +
      'specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()',
    0,
    0,
    'evaluate',
  )
}

/** 1 wherever nothing matched, with the labels that the selector fixes. */
class AbsentEvaluation implements RangeEvaluation {
  private readonly windows: Windows
  private readonly sampler: Sampler
  private readonly errors: SeriesIndex<true>
  private readonly selector: Selector
  private readonly seen: Int32Array

  constructor(node: RangeAggregation, grid: Grid) {
    this.windows = new Windows(grid, node.range.rangeNs, node.range.offsetNs)
    this.sampler = compileSampler(node, 'one', [])
    this.errors = new SeriesIndex<true>({ without: false, labels: [] }, [], () => true)
    this.selector = node.range.log.selector
    this.seen = new Int32Array(grid.count + 1)
  }

  add(row: LogRow): void {
    const { windows, sampler, seen } = this
    windows.locate(row.timeNs)
    if (windows.first > windows.last || !sampler.take(row)) return
    this.errors.of(sampler.state)
    seen[windows.first] = (seen[windows.first] as number) + 1
    seen[windows.last + 1] = (seen[windows.last + 1] as number) - 1
  }

  finish(): Series[] {
    const hasRows = new Uint8Array(this.seen.length - 1)
    let rows = 0
    for (let k = 0; k < hasRows.length; k++) {
      rows += this.seen[k] as number
      if (rows > 0) hasRows[k] = 1
    }
    return absentSeries(this.selector, hasRows)
  }
}

/** What `absent_over_time` gives: 1 for each window without rows, with the labels that the selector says for certain. */
export function absentSeries(selector: Selector, hasRows: Uint8Array): Series[] {
  const present = hasRows.map((has) => 1 - has)
  if (!present.includes(1)) return []
  return [{ labels: labelsFixedBy(selector), values: new Float64Array(present.length).fill(1), present }]
}

/** Labels with exactly one matcher, an `=`. */
function labelsFixedBy(selector: Selector): Labels {
  const labels = new Map<string, string>()
  const unsure = new Set<string>()
  for (const { name, op, value } of selector.matchers) {
    if (op === '=' && !labels.has(name)) labels.set(name, value)
    else unsure.add(name)
  }
  for (const name of unsure) labels.delete(name)
  return labels
}
