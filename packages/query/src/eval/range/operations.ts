import type { RangeOp } from '../../logql/ast.ts'
import { type AccumulatorFactory, Edge, Extreme, FloatSum, Mean, Presence, Spread, WholeSum } from './accumulator.ts'
import { CounterRate } from './counter-rate.ts'
import { Quantile } from './quantile.ts'

/** What a sample of a range is worth: 1 per line, the line's bytes, or the unwrapped label. */
export type SampleKind = 'one' | 'bytes' | 'unwrapped'

export interface RangeOperation {
  readonly sample: SampleKind
  readonly accumulator: AccumulatorFactory
  /** Whether the sum of two series' results is the result of their union, so that a `sum` around may be done early. */
  readonly additive: boolean
}

const UNWRAPPED: readonly [RangeOp, AccumulatorFactory][] = [
  ['avg_over_time', (context) => new Mean(context)],
  ['min_over_time', (context) => new Extreme(context, false)],
  ['max_over_time', (context) => new Extreme(context, true)],
  ['stddev_over_time', (context) => new Spread(context, true)],
  ['stdvar_over_time', (context) => new Spread(context, false)],
  ['first_over_time', (context) => new Edge(context, true)],
  ['last_over_time', (context) => new Edge(context, false)],
  ['quantile_over_time', (context) => new Quantile(context)],
  ['rate_counter', (context) => new CounterRate(context)],
]

const OPERATIONS: ReadonlyMap<RangeOp, RangeOperation> = new Map<RangeOp, RangeOperation>([
  ['count_over_time', { sample: 'one', additive: true, accumulator: (context) => new WholeSum(context, 1, true) }],
  ['rate', { sample: 'one', additive: true, accumulator: (c) => new WholeSum(c, c.rangeSeconds, true) }],
  ['bytes_over_time', { sample: 'bytes', additive: true, accumulator: (context) => new WholeSum(context, 1, false) }],
  ['bytes_rate', { sample: 'bytes', additive: true, accumulator: (c) => new WholeSum(c, c.rangeSeconds, false) }],
  ['absent_over_time', { sample: 'one', additive: false, accumulator: (context) => new WholeSum(context, 1, true) }],
  ['present_over_time', { sample: 'one', additive: false, accumulator: (context) => new Presence(context) }],
  ['sum_over_time', { sample: 'unwrapped', additive: true, accumulator: (context) => new FloatSum(context, 1) }],
  ...UNWRAPPED.map(([op, accumulator]): [RangeOp, RangeOperation] => [
    op,
    { sample: 'unwrapped', additive: false, accumulator },
  ]),
])

const RATE_OF_VALUES: RangeOperation = {
  sample: 'unwrapped',
  additive: true,
  accumulator: (context) => new FloatSum(context, context.rangeSeconds),
}

export function rangeOperation(op: RangeOp, unwrapped: boolean): RangeOperation {
  if (op === 'rate' && unwrapped) return RATE_OF_VALUES
  return OPERATIONS.get(op) as RangeOperation
}
