import type { Aggregation, BinaryExpr, FunctionCall, PromExpr, VectorSelector } from '@girok/query/promql'
import type { MetricMeta } from '../api/prometheus.ts'
import type { Unit } from '../charts/unit.ts'
import type { Measure } from '../charts/unit-of-query.ts'
import { kindOf, metaOf } from './metric-kind.ts'

type Meta = ReadonlyMap<string, MetricMeta>

const plain: Measure = { unit: 'none', factor: 1 }

/** Words at the end of metric names, and units told with samples, that say what is measured. */
const words: Readonly<Record<string, Measure>> = {
  seconds: { unit: 'seconds', factor: 1 },
  second: { unit: 'seconds', factor: 1 },
  s: { unit: 'seconds', factor: 1 },
  milliseconds: { unit: 'seconds', factor: 1e-3 },
  ms: { unit: 'seconds', factor: 1e-3 },
  microseconds: { unit: 'seconds', factor: 1e-6 },
  us: { unit: 'seconds', factor: 1e-6 },
  nanoseconds: { unit: 'seconds', factor: 1e-9 },
  ns: { unit: 'seconds', factor: 1e-9 },
  minutes: { unit: 'seconds', factor: 60 },
  hours: { unit: 'seconds', factor: 3600 },
  days: { unit: 'seconds', factor: 86_400 },
  bytes: { unit: 'bytes', factor: 1 },
  byte: { unit: 'bytes', factor: 1 },
  kib: { unit: 'bytes', factor: 1024 },
  kilobytes: { unit: 'bytes', factor: 1000 },
  kb: { unit: 'bytes', factor: 1000 },
  mib: { unit: 'bytes', factor: 1024 ** 2 },
  megabytes: { unit: 'bytes', factor: 1e6 },
  mb: { unit: 'bytes', factor: 1e6 },
  gib: { unit: 'bytes', factor: 1024 ** 3 },
  gigabytes: { unit: 'bytes', factor: 1e9 },
  gb: { unit: 'bytes', factor: 1e9 },
  ratio: { unit: 'ratio', factor: 1 },
  percent: { unit: 'percent', factor: 1 },
  percentage: { unit: 'percent', factor: 1 },
  pct: { unit: 'percent', factor: 1 },
}

/** Functions that answer in the unit of what they are given. */
const keepsUnit = new Set([
  ...['abs', 'ceil', 'floor', 'round', 'clamp', 'clamp_max', 'clamp_min', 'sort', 'sort_desc', 'sort_by_label'],
  ...['sort_by_label_desc', 'label_replace', 'label_join', 'delta', 'idelta', 'increase', 'last_over_time', 'scalar'],
  ...['avg_over_time', 'min_over_time', 'max_over_time', 'sum_over_time', 'quantile_over_time', 'stddev_over_time'],
  ...['mad_over_time', 'first_over_time', 'histogram_sum', 'histogram_avg', 'histogram_quantile', 'vector'],
  ...['predict_linear', 'double_exponential_smoothing', 'holt_winters'],
])
const perSecond = new Set(['rate', 'irate', 'deriv'])
const timesOfDay = new Set(['time', 'timestamp'])

/**
 * Guesses what the numbers of a PromQL expression measure, by the endings of metric names, by what was told of the
 * metrics, and by the functions round them. `none` whenever it is not plain.
 */
export function measureOfPromQL(expr: PromExpr, meta: Meta): Measure {
  switch (expr.kind) {
    case 'selector':
      return ofSelector(expr, meta)
    case 'matrix':
      return ofSelector(expr.selector, meta)
    case 'subquery':
    case 'paren':
    case 'unary':
      return measureOfPromQL(expr.expr, meta)
    case 'call':
      return ofCall(expr, meta)
    case 'aggregate':
      return ofAggregation(expr, meta)
    case 'binary':
      return ofBinary(expr, meta)
    default:
      return plain
  }
}

function ofSelector({ name, matchers }: VectorSelector, meta: Meta): Measure {
  const metric = name ?? matchers.find((one) => one.name === '__name__' && one.op === '=')?.value
  if (metric === undefined) return plain
  const told = metaOf(metric, meta)
  // Counts of observations are in no unit, whatever the observations are in.
  if (/_(?:bucket|count)$/.test(metric) && kindOf(metric, told) !== 'gauge') return plain
  const last = metric
    .replace(/_(?:total|sum|created)$/, '')
    .split(/[_.:]/)
    .at(-1)
  return words[last?.toLowerCase() ?? ''] ?? words[told?.unit.toLowerCase() ?? ''] ?? plain
}

/** Change per second of something measured. Seconds per second are a share: time spent in a time. */
function rated({ unit, factor }: Measure): Measure {
  const units: Partial<Record<Unit, Unit>> = { none: 'perSecond', bytes: 'bytesPerSecond', seconds: 'ratio' }
  const rate = units[unit]
  return rate === undefined ? plain : { unit: rate, factor }
}

function ofCall({ name, args }: FunctionCall, meta: Meta): Measure {
  if (timesOfDay.has(name)) return plain
  const measured = args.find((one) => one.kind !== 'number' && one.kind !== 'string')
  if (measured === undefined) return plain
  if (name === 'histogram_quantile') return observed(measured, meta)
  if (perSecond.has(name)) return rated(measureOfPromQL(measured, meta))
  return keepsUnit.has(name) ? measureOfPromQL(measured, meta) : plain
}

/** What the observations of a histogram measure, by the name of its buckets, however they are summed and rated. */
function observed(expr: PromExpr, meta: Meta): Measure {
  switch (expr.kind) {
    case 'selector': {
      const name = expr.name?.replace(/_bucket$/, '')
      return name === undefined ? plain : ofSelector({ ...expr, name, matchers: [] }, meta)
    }
    case 'matrix':
      return observed(expr.selector, meta)
    case 'subquery':
    case 'paren':
    case 'aggregate':
      return observed(expr.expr, meta)
    case 'call': {
      const [first] = expr.args
      return first === undefined ? plain : observed(first, meta)
    }
    case 'binary':
      return observed(expr.left, meta)
    default:
      return plain
  }
}

function ofAggregation({ op, expr }: Aggregation, meta: Meta): Measure {
  // Counts of series and spreads in squares are not in the unit of what goes in.
  return ['count', 'count_values', 'group', 'stdvar'].includes(op) ? plain : measureOfPromQL(expr, meta)
}

function same(one: Measure, other: Measure): boolean {
  return one.unit === other.unit && one.factor === other.factor
}

function bare(expr: PromExpr): PromExpr {
  return expr.kind === 'paren' ? bare(expr.expr) : expr
}

function numberIn(expr: PromExpr): number | undefined {
  const inner = bare(expr)
  return inner.kind === 'number' ? inner.value : undefined
}

function ofBinary({ op, bool, left, right }: BinaryExpr, meta: Meta): Measure {
  const [one, other] = [numberIn(left), numberIn(right)]
  if (op === '*') {
    // A share times a hundred is a percentage however the brackets stand.
    const share = other === 100 ? left : one === 100 ? right : undefined
    return share !== undefined && measureOfPromQL(share, meta).unit === 'ratio' ? { unit: 'percent', factor: 1 } : plain
  }
  if (op === '/') {
    if (one !== undefined || other !== undefined) return plain
    return quotient(bare(left), measureOfPromQL(left, meta), measureOfPromQL(right, meta), meta)
  }
  if (bool || op === '%' || op === '^' || op === 'atan2') return plain
  if (one !== undefined) return measureOfPromQL(right, meta)
  if (other !== undefined) return measureOfPromQL(left, meta)
  const [first, second] = [measureOfPromQL(left, meta), measureOfPromQL(right, meta)]
  const leads = op === 'and' || op === 'unless' || op === 'or' || /[<>=]/.test(op)
  // 1 - a share is the other share; of two sides that differ, nothing can be said.
  return leads || same(first, second) ? first : plain
}

function quotient(left: PromExpr, over: Measure, under: Measure, meta: Meta): Measure {
  if (left.kind === 'binary' && left.op === '*') {
    const share = numberIn(left.right) === 100 ? left.left : numberIn(left.left) === 100 ? left.right : undefined
    if (share !== undefined && same(measureOfPromQL(share, meta), under)) return { unit: 'percent', factor: 1 }
  }
  // rate(x_seconds_sum) / rate(x_seconds_count): the average of what was observed.
  if (over.unit === 'ratio' && under.unit === 'perSecond') return { unit: 'seconds', factor: over.factor }
  if (over.unit === 'bytesPerSecond' && under.unit === 'perSecond') return { unit: 'bytes', factor: over.factor }
  if ((over.unit === 'seconds' || over.unit === 'bytes') && under.unit === 'none') return over
  return same(over, under) ? { unit: 'ratio', factor: 1 } : plain
}
