import type { AggregationOp } from '../ast.ts'
import { AGGREGATIONS } from '../operators.ts'
import type { PromDocEntry } from './doc.ts'

function define(op: AggregationOp, text: string, example: string, param?: string): PromDocEntry {
  const argument = param === undefined ? '' : `${param}, `
  const signature = `${op} [by|without (label, …)] (${argument}v: instant vector): instant vector`
  return [
    op,
    { kind: 'aggregation', signature, text, example, experimental: AGGREGATIONS.get(op)?.experimental === true },
  ]
}

/** An aggregation without a parameter. */
function plain(op: AggregationOp, text: string): PromDocEntry {
  return define(op, text, `${op} by (job) (up)`)
}

export const AGGREGATION_DOCS: readonly PromDocEntry[] = [
  define('sum', 'Sum of the series of each group.', 'sum by (route) (rate(http_requests_total[5m]))'),
  plain('avg', 'Mean of the series of each group.'),
  plain('min', 'Smallest value of each group.'),
  plain('max', 'Largest value of each group.'),
  plain('count', 'Number of series of each group.'),
  plain('group', '1 for each group.'),
  plain('stddev', 'Population standard deviation over the series of each group.'),
  plain('stdvar', 'Population variance over the series of each group.'),
  define(
    'topk',
    'The k series of each group with the largest values, with all their labels.',
    'topk(5, sum by (route) (rate(http_requests_total[5m])))',
    'k: scalar',
  ),
  define(
    'bottomk',
    'The k series of each group with the smallest values, with all their labels.',
    'bottomk(3, free_slots)',
    'k: scalar',
  ),
  define(
    'quantile',
    'Quantile φ (0 to 1) over the series of each group, interpolated.',
    'quantile by (job) (0.9, queue_length)',
    'φ: scalar',
  ),
  define(
    'count_values',
    'How many series of each group have which value; the label takes the value.',
    'count_values("version", build_version)',
    'label: string',
  ),
  define('limitk', 'Any k series of each group, with all their labels.', 'limitk by (job) (2, up)', 'k: scalar'),
  define(
    'limit_ratio',
    'About that share of the series (0 to 1), chosen by their labels; a negative one takes the others.',
    'limit_ratio(0.1, up)',
    'ratio: scalar',
  ),
]
