/** One number of the values of a series, oldest first; there is at least one, and none is NaN. */
export type Reducer = (values: readonly number[]) => number

const last: Reducer = (values) => values.at(-1) as number
const first: Reducer = (values) => values[0] as number
const sum: Reducer = (values) => values.reduce((total, value) => total + value, 0)
const avg: Reducer = (values) => sum(values) / values.length
const diff: Reducer = (values) => last(values) - first(values)
const percentDiff: Reducer = (values) => (diff(values) / Math.abs(first(values))) * 100

/** Of an even number of values: the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/** What conditions can reduce by. `diff` is the newest value less the oldest. */
export const REDUCERS: ReadonlyMap<string, Reducer> = new Map(
  Object.entries<Reducer>({
    last,
    first,
    min: (values) => values.reduce((least, value) => Math.min(least, value)),
    max: (values) => values.reduce((most, value) => Math.max(most, value)),
    avg,
    mean: avg,
    sum,
    count: (values) => values.length,
    median,
    diff,
    diff_abs: (values) => Math.abs(diff(values)),
    percent_diff: percentDiff,
    percent_diff_abs: (values) => Math.abs(percentDiff(values)),
  }),
)
