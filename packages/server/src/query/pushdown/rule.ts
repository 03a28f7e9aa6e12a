import type { LabelFilter, LineFilterStage } from '@girok/query'
import type { Condition } from './condition.ts'
import type { Scope } from './scope.ts'

/** A label filter without `and` and `or`. */
export type LabelTest = Exclude<LabelFilter, { readonly kind: 'and' | 'or' }>

/** Says in SQL which lines a line filter lets through; undefined when it cannot. */
export interface LineRule {
  readonly name: string
  readonly summary: string
  readonly condition: (stage: LineFilterStage, scope: Scope) => Condition | undefined
}

/** Says in SQL which rows a label filter lets through, where the label is not one of the stream; undefined when it cannot. */
export interface LabelRule {
  readonly name: string
  readonly summary: string
  readonly condition: (test: LabelTest, scope: Scope) => Condition | undefined
}
