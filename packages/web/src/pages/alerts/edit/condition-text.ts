/** What the values of a series are reduced to. */
export const reducers = [
  'last',
  'avg',
  'min',
  'max',
  'sum',
  'count',
  'median',
  'first',
  'diff',
  'diff_abs',
  'percent_diff',
  'percent_diff_abs',
] as const
export type Reducer = (typeof reducers)[number]

/** What the reduced value is held against. */
export const comparisons = ['>', '>=', '<', '<=', '==', '!=', 'outside', 'within'] as const
export type Comparison = (typeof comparisons)[number]

/** A condition as the form holds it; numbers as they are typed. */
export interface ConditionDraft {
  readonly reducer: Reducer
  readonly comparison: Comparison
  readonly value: string
  /** The other end of `outside` and `within`. */
  readonly upTo: string
}

export const emptyCondition: ConditionDraft = { reducer: 'last', comparison: '>', value: '', upTo: '' }

const number = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`
const written = new RegExp(
  String.raw`^\s*(?:when\s+)?(\w+)\s*\(\s*\)\s*(?:is\s+)?(>=|<=|==|!=|>|<|above|below|outside|within)\s*(${number})(?:\s+to\s+(${number}))?\s*$`,
  'i',
)

/** Reads `WHEN avg() IS OUTSIDE 10 TO 90`, `last() > 90`; undefined for what the form cannot show. */
export function readCondition(text: string): ConditionDraft | undefined {
  const [, name = '', op = '', value = '', upTo = ''] = written.exec(text) ?? []
  const given = name.toLowerCase() === 'mean' ? 'avg' : name.toLowerCase()
  const reducer = reducers.find((one) => one === given)
  const word = op.toLowerCase()
  const comparison = comparisons.find((one) => one === (word === 'above' ? '>' : word === 'below' ? '<' : word))
  if (reducer === undefined || comparison === undefined || isRange(comparison) !== (upTo !== '')) return undefined
  return { reducer, comparison, value, upTo }
}

/** Whether a comparison has two ends. */
export function isRange(comparison: Comparison): boolean {
  return comparison === 'outside' || comparison === 'within'
}

/** The condition as a rule writes it. */
export function conditionText({ reducer, comparison, value, upTo }: ConditionDraft): string {
  const end = isRange(comparison)
    ? `IS ${comparison.toUpperCase()} ${value.trim()} TO ${upTo.trim()}`
    : `${comparison} ${value.trim()}`
  return `${reducer}() ${end}`
}

const isNumber = (text: string): boolean => new RegExp(`^${number}$`, 'i').test(text.trim())

/** Whether all numbers are there. */
export function isWhole({ comparison, value, upTo }: ConditionDraft): boolean {
  return isNumber(value) && (!isRange(comparison) || (isNumber(upTo) && Number(value) <= Number(upTo)))
}
