import type { ValueType } from './ast.ts'
import type { PromFunction } from './function-type.ts'

const VECTOR: readonly ValueType[] = ['vector']
const MATRIX: readonly ValueType[] = ['matrix']

/** Functions of one instant vector. */
const OF_VECTOR = [
  'abs',
  'absent',
  'acos',
  'acosh',
  'asin',
  'asinh',
  'atan',
  'atanh',
  'ceil',
  'cos',
  'cosh',
  'deg',
  'exp',
  'floor',
  'histogram_avg',
  'histogram_count',
  'histogram_stddev',
  'histogram_stdvar',
  'histogram_sum',
  'ln',
  'log10',
  'log2',
  'rad',
  'sgn',
  'sin',
  'sinh',
  'sort',
  'sort_desc',
  'sqrt',
  'tan',
  'tanh',
  'timestamp',
]

/** Functions of one range vector. */
const OF_RANGE = [
  'absent_over_time',
  'avg_over_time',
  'changes',
  'count_over_time',
  'delta',
  'deriv',
  'idelta',
  'increase',
  'irate',
  'last_over_time',
  'max_over_time',
  'min_over_time',
  'present_over_time',
  'rate',
  'resets',
  'stddev_over_time',
  'stdvar_over_time',
  'sum_over_time',
]

/** Functions of one range vector that Prometheus calls experimental. */
const OF_RANGE_EXPERIMENTAL = [
  'first_over_time',
  'mad_over_time',
  'ts_of_first_over_time',
  'ts_of_last_over_time',
  'ts_of_max_over_time',
  'ts_of_min_over_time',
]

/** Parts of a time; without an argument, of the evaluation time. */
const OF_TIME = ['day_of_month', 'day_of_week', 'day_of_year', 'days_in_month', 'hour', 'minute', 'month', 'year']

/** Numbers of the query itself. */
const OF_QUERY_EXPERIMENTAL = ['end', 'range', 'start', 'step']

function define(
  name: string,
  args: readonly ValueType[],
  options: { readonly variadic?: number; readonly returns?: ValueType; readonly experimental?: boolean } = {},
): PromFunction {
  const { variadic = 0, returns = 'vector', experimental = false } = options
  return { name, args, variadic, returns, experimental }
}

const TABLE: readonly PromFunction[] = [
  ...OF_VECTOR.map((name) => define(name, VECTOR)),
  ...OF_RANGE.map((name) => define(name, MATRIX)),
  ...OF_RANGE_EXPERIMENTAL.map((name) => define(name, MATRIX, { experimental: true })),
  ...OF_TIME.map((name) => define(name, VECTOR, { variadic: 1 })),
  ...OF_QUERY_EXPERIMENTAL.map((name) => define(name, [], { returns: 'scalar', experimental: true })),
  define('clamp', ['vector', 'scalar', 'scalar']),
  define('clamp_max', ['vector', 'scalar']),
  define('clamp_min', ['vector', 'scalar']),
  define('double_exponential_smoothing', ['matrix', 'scalar', 'scalar'], { experimental: true }),
  define('histogram_fraction', ['scalar', 'scalar', 'vector']),
  define('histogram_quantile', ['scalar', 'vector']),
  define('histogram_quantiles', ['vector', 'string', 'scalar', 'scalar'], { variadic: 9, experimental: true }),
  define('info', ['vector', 'vector'], { variadic: 1, experimental: true }),
  define('label_join', ['vector', 'string', 'string', 'string'], { variadic: -1 }),
  define('label_replace', ['vector', 'string', 'string', 'string', 'string']),
  define('max_of', ['scalar', 'scalar'], { returns: 'scalar', experimental: true }),
  define('min_of', ['scalar', 'scalar'], { returns: 'scalar', experimental: true }),
  define('pi', [], { returns: 'scalar' }),
  define('predict_linear', ['matrix', 'scalar']),
  define('quantile_over_time', ['scalar', 'matrix']),
  define('round', ['vector', 'scalar'], { variadic: 1 }),
  define('scalar', VECTOR, { returns: 'scalar' }),
  define('sort_by_label', ['vector', 'string'], { variadic: -1, experimental: true }),
  define('sort_by_label_desc', ['vector', 'string'], { variadic: -1, experimental: true }),
  define('time', [], { returns: 'scalar' }),
  define('vector', ['scalar']),
]

/**
 * Every function of PromQL by name, those for native histograms included (they find no samples here). Names are told apart
 * by letter case, as in Prometheus.
 */
export const PROM_FUNCTIONS: ReadonlyMap<string, PromFunction> = new Map(
  TABLE.map((entry): [string, PromFunction] => [entry.name, entry]).sort(([a], [b]) => (a < b ? -1 : 1)),
)
