import type { Labels } from '@girok/query'

/** One value of a rule's answer. */
export interface RuleValue {
  readonly labels: Labels
  readonly value: number
}
