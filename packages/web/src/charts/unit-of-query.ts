import { type BinaryExpr, type MetricExpr, parseLogQL, QueryError, type RangeAggregation } from '@girok/query'
import type { Unit } from './unit.ts'

/** A number with its unit; `factor` turns what the query gives into the unit (milliseconds into seconds). */
export interface Measure {
  readonly unit: Unit
  readonly factor: number
}

const plain: Measure = { unit: 'none', factor: 1 }

/** Endings of field names that say what the field measures; most telling first. */
const endings: readonly (readonly [RegExp, Measure])[] = [
  [/(?:_|^)(?:ns|nanos(?:econds)?)$/i, { unit: 'seconds', factor: 1e-9 }],
  [/(?:_|^)(?:us|micros(?:econds)?)$/i, { unit: 'seconds', factor: 1e-6 }],
  [/(?:_|^)(?:ms|msec|millis(?:econds)?)$|(?:[a-z])Ms$/, { unit: 'seconds', factor: 1e-3 }],
  [/(?:_|^)(?:s|sec|secs|seconds)$/i, { unit: 'seconds', factor: 1 }],
  [/(?:_|^)(?:kb|kib)$/i, { unit: 'bytes', factor: 1024 }],
  [/(?:_|^)(?:mb|mib)$/i, { unit: 'bytes', factor: 1024 ** 2 }],
  [/(?:_|^)(?:gb|gib)$/i, { unit: 'bytes', factor: 1024 ** 3 }],
  [/(?:_|^)bytes$|Bytes$/, { unit: 'bytes', factor: 1 }],
  [/(?:_|^)(?:pct|percent|percentage)$/i, { unit: 'percent', factor: 1 }],
  [/(?:_|^)ratio$/i, { unit: 'ratio', factor: 1 }],
]

/**
 * Guesses what the numbers of a metric query measure, by its functions and by the name of the field that it unwraps.
 * `none` whenever it is not plain, and for a query that cannot be read.
 */
export function measureOfQuery(query: string): Measure {
  try {
    const expr = parseLogQL(query)
    return expr.kind === 'log' ? plain : measureOf(expr)
  } catch (error) {
    if (error instanceof QueryError) return plain
    throw error
  }
}

function measureOf(expr: MetricExpr): Measure {
  switch (expr.kind) {
    case 'rangeAggregation':
      return ofRange(expr)
    case 'vectorAggregation':
      // A count of series and a spread in squares are no longer in the unit of what goes in.
      return expr.op === 'count' || expr.op === 'stdvar' ? plain : measureOf(expr.inner)
    case 'labelReplace':
      return measureOf(expr.inner)
    case 'binary':
      return ofBinary(expr)
    default:
      return plain
  }
}

function ofRange({ op, range }: RangeAggregation): Measure {
  if (op === 'bytes_over_time') return { unit: 'bytes', factor: 1 }
  if (op === 'bytes_rate') return { unit: 'bytesPerSecond', factor: 1 }
  const { unwrap } = range
  if (unwrap === undefined) return op === 'rate' ? { unit: 'perSecond', factor: 1 } : plain
  if (op === 'count_over_time' || op === 'stdvar_over_time') return plain
  const measured = ofUnwrap(unwrap.label, unwrap.conversion)
  if (op !== 'rate' && op !== 'rate_counter') return measured
  if (measured.unit === 'bytes') return { unit: 'bytesPerSecond', factor: measured.factor }
  return measured.unit === 'none' ? { unit: 'perSecond', factor: 1 } : plain
}

function ofUnwrap(label: string, conversion: string | undefined): Measure {
  if (conversion === 'bytes') return { unit: 'bytes', factor: 1 }
  if (conversion !== undefined) return { unit: 'seconds', factor: 1 }
  return endings.find(([ending]) => ending.test(label))?.[1] ?? plain
}

/** What is multiplied by a hundred. */
function timesHundred(expr: MetricExpr): MetricExpr | undefined {
  if (expr.kind !== 'binary' || expr.op !== '*') return undefined
  const hundred = (one: MetricExpr): boolean => one.kind === 'number' && one.value === 100
  return hundred(expr.left) ? expr.right : hundred(expr.right) ? expr.left : undefined
}

function same(one: Measure, other: Measure): boolean {
  return one.unit === other.unit && one.factor === other.factor
}

function ofBinary(expr: BinaryExpr): Measure {
  const { op, bool, left, right } = expr
  const number = (expr: MetricExpr): number | undefined => (expr.kind === 'number' ? expr.value : undefined)
  if (op === '*') {
    // A share times a hundred is a percentage however the brackets stand.
    const inner = timesHundred(expr)
    return inner !== undefined && measureOf(inner).unit === 'ratio' ? { unit: 'percent', factor: 1 } : plain
  }
  if (op === '/') {
    if (number(left) !== undefined || number(right) !== undefined) return plain
    const under = measureOf(right)
    const share = timesHundred(left)
    if (share !== undefined && same(measureOf(share), under)) return { unit: 'percent', factor: 1 }
    return same(measureOf(left), under) ? { unit: 'ratio', factor: 1 } : plain
  }
  if (op === '%' || op === '^' || bool) return plain
  if (number(left) !== undefined) return op === 'and' || op === 'or' || op === 'unless' ? plain : measureOf(right)
  if (number(right) !== undefined) return measureOf(left)
  const [one, other] = [measureOf(left), measureOf(right)]
  return op === 'and' || op === 'unless' || same(one, other) ? one : plain
}
