import type { CompareResponse } from '@girok/server/contract'
import type { ComparedField, ComparedPattern, ComparedValue } from './compare-data.ts'

/** What became of a pattern: `more` and `less` are the two ways of having changed. */
export type Difference = 'new' | 'gone' | 'more' | 'less' | 'same'
export type Filter = 'different' | 'new' | 'gone' | 'changed' | 'all'

export interface Totals {
  readonly lines: number
  readonly baseLines: number
}

export function totalsOf(answer: CompareResponse): Totals {
  return { lines: Math.max(1, answer.totalLines), baseLines: Math.max(1, answer.baseTotalLines) }
}

/** Counts say little when the ranges hold different numbers of lines: the shares decide. */
export function differenceOf(pattern: ComparedPattern, totals: Totals): Difference {
  if (pattern.change !== 'changed') return pattern.change
  return pattern.count / totals.lines >= pattern.baseCount / totals.baseLines ? 'more' : 'less'
}

export function passes(pattern: ComparedPattern, filter: Filter): boolean {
  return filter === 'all' || (filter === 'different' ? pattern.change !== 'same' : pattern.change === filter)
}

export function countsOf(patterns: readonly ComparedPattern[]): Readonly<Record<Filter, number>> {
  const count = (filter: Filter): number => patterns.filter((one) => passes(one, filter)).length
  return {
    different: count('different'),
    new: count('new'),
    gone: count('gone'),
    changed: count('changed'),
    all: patterns.length,
  }
}

/** Lifts nearer to 1 are no difference that anybody would look at: 0.81 to 1.23. */
export const leastStrength = 0.3

/** How telling a lift is: twice as frequent weighs as much as half as frequent. */
export function strengthOf(value: ComparedValue): number {
  return Math.abs(Math.log2(Math.max(value.lift, 1e-9)))
}

/** The value that tells the ranges apart best; undefined when none stands out. */
export function mostTelling(
  fields: readonly ComparedField[],
): { readonly field: string; readonly value: ComparedValue } | undefined {
  let best: { readonly field: string; readonly value: ComparedValue } | undefined
  for (const { name, values } of fields) {
    for (const value of values) {
      if (best === undefined || strengthOf(value) > strengthOf(best.value)) best = { field: name, value }
    }
  }
  return best !== undefined && strengthOf(best.value) >= 0.5 ? best : undefined
}

/** `×3.2` for a value that became more frequent, `÷3.2` for one that became rarer. */
export function liftText(lift: number, number: (value: number, digits: number) => string): string {
  const factor = lift >= 1 ? lift : 1 / Math.max(lift, 1e-9)
  return `${lift >= 1 ? '×' : '÷'}${number(Math.min(factor, 9999), factor < 10 ? 1 : 0)}`
}
