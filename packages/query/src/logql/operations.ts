import type { RangeOp, VectorOp } from './ast.ts'

/** What a range aggregation takes. */
export interface RangeRule {
  /** Whether samples come from `unwrap`, from whole lines, or from either. */
  readonly samples: 'lines' | 'unwrapped' | 'either'
  /** Whether `by (…)` or `without (…)` may follow. */
  readonly grouping: boolean
  /** Whether the first argument is a number. */
  readonly parameter: boolean
}

const lines: RangeRule = { samples: 'lines', grouping: false, parameter: false }
const either: RangeRule = { samples: 'either', grouping: false, parameter: false }
const unwrapped: RangeRule = { samples: 'unwrapped', grouping: false, parameter: false }
const grouped: RangeRule = { samples: 'unwrapped', grouping: true, parameter: false }

export const RANGE_RULES: ReadonlyMap<RangeOp, RangeRule> = new Map([
  ['count_over_time', lines],
  ['bytes_over_time', lines],
  ['bytes_rate', lines],
  ['rate', either],
  ['absent_over_time', either],
  ['present_over_time', either],
  ['rate_counter', unwrapped],
  ['sum_over_time', unwrapped],
  ['avg_over_time', grouped],
  ['min_over_time', grouped],
  ['max_over_time', grouped],
  ['stdvar_over_time', grouped],
  ['stddev_over_time', grouped],
  ['quantile_over_time', { ...grouped, parameter: true }],
  ['first_over_time', grouped],
  ['last_over_time', grouped],
])

/** What a vector aggregation takes. */
export interface VectorRule {
  readonly grouping: boolean
  /** Whether the first argument is how many series to keep. */
  readonly parameter: boolean
  /** Whether the first argument is the name of a label. */
  readonly label?: true
}

const plain: VectorRule = { grouping: true, parameter: false }

export const VECTOR_RULES: ReadonlyMap<VectorOp, VectorRule> = new Map([
  ['sum', plain],
  ['avg', plain],
  ['min', plain],
  ['max', plain],
  ['count', plain],
  ['stddev', plain],
  ['stdvar', plain],
  ['topk', { grouping: true, parameter: true }],
  ['bottomk', { grouping: true, parameter: true }],
  ['approx_topk', { grouping: false, parameter: true }],
  ['count_values', { ...plain, label: true }],
  ['sort', { grouping: false, parameter: false }],
  ['sort_desc', { grouping: false, parameter: false }],
])

/** Every name that calls something in a metric query. */
export const FUNCTION_NAMES: readonly string[] = [
  ...RANGE_RULES.keys(),
  ...VECTOR_RULES.keys(),
  'label_replace',
  'vector',
]

/** The known name nearest to a mistyped one, when it is near enough to be meant. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const name = typed.toLowerCase()
  if (name.length > 40) return undefined
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(name.length / 4)) + 1
  for (const candidate of names) {
    const distance = editDistance(name, candidate)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const cost = Math.min(substitution, (previous[j] as number) + 1, (current[j - 1] as number) + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      current.push(swapped ? Math.min(cost, (beforePrevious[j - 2] as number) + 1) : cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length] as number
}
