import type { PromExpr, VectorSelector } from '@girok/query/promql'
import { METRIC_NAME } from '../../../model/sample-batch.ts'
import type { SelectedSeries } from '../../samples/select.ts'
import { childrenOnGrid } from './on-grid.ts'

/** A node whose answer for a series depends on that series alone, and the selector below it. */
export interface SeriesLocal {
  readonly node: PromExpr
  readonly selector: VectorSelector
}

/** Functions that make one series of one series, whatever others there are. */
const LOCAL_FUNCTIONS: ReadonlySet<string> = new Set([
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'deriv',
  'predict_linear',
  'double_exponential_smoothing',
  'changes',
  'resets',
  'avg_over_time',
  'count_over_time',
  'first_over_time',
  'last_over_time',
  'mad_over_time',
  'max_over_time',
  'min_over_time',
  'present_over_time',
  'quantile_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'sum_over_time',
  'timestamp',
  'abs',
  'ceil',
  'exp',
  'floor',
  'ln',
  'log10',
  'log2',
  'round',
  'sgn',
  'sqrt',
])

/** Labels that are dropped where the name of a metric is. */
const DROPPED_WITH_NAME: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__'])

/**
 * The largest nodes on the query's grid that can be evaluated some series at a time. Then samples are given up again as
 * soon as their series are done with, and threads evaluate while the engine reads on: what a query may read is not
 * bounded by memory, and its answer comes sooner.
 */
export function seriesLocalNodes(expr: PromExpr): readonly SeriesLocal[] {
  const found: SeriesLocal[] = []
  const visit = (node: PromExpr): void => {
    // What a function makes of ranges is its own affair.
    if (node.kind === 'matrix') return
    const selector = localSelector(node)
    if (selector === undefined) for (const child of childrenOnGrid(node)) visit(child)
    else found.push({ node, selector })
  }
  visit(expr)
  return found
}

/** Whether series stay apart when the metric's name is gone: else they clash, which shows only when they are together. */
export function areDistinctWithoutName(series: readonly SelectedSeries[]): boolean {
  const seen = new Set<string>()
  for (const { labels } of series) {
    let key = ''
    for (const [name, value] of labels) if (!DROPPED_WITH_NAME.has(name)) key += `${name}\0${value}\0`
    seen.add(key)
  }
  return seen.size === series.length
}

/** Whether all series have the same name. */
export function isOfOneMetric(series: readonly SelectedSeries[]): boolean {
  const name = series[0]?.labels.get(METRIC_NAME)
  return series.every(({ labels }) => labels.get(METRIC_NAME) === name)
}

/** The one selector that a node depends on, series by series; undefined when it is of another kind. */
function localSelector(node: PromExpr): VectorSelector | undefined {
  switch (node.kind) {
    case 'selector':
      // What `@` fixes is evaluated once, at a time of its own.
      return node.atTime === undefined ? node : undefined
    case 'matrix':
      return localSelector(node.selector)
    case 'subquery':
      return node.atTime === undefined ? localSelector(node.expr) : undefined
    case 'paren':
    case 'unary':
      return localSelector(node.expr)
    case 'call': {
      if (!LOCAL_FUNCTIONS.has(node.name)) return undefined
      const selectors = node.args.filter((arg) => !isNumber(arg)).map(localSelector)
      return selectors.length === 1 ? selectors[0] : undefined
    }
    default:
      return undefined
  }
}

function isNumber(node: PromExpr): boolean {
  return node.kind === 'number' || ((node.kind === 'unary' || node.kind === 'paren') && isNumber(node.expr))
}
