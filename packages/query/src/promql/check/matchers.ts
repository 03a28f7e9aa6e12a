import { matchesEmpty } from '../../logql/regex.ts'
import type { Matcher } from '../ast.ts'

/** Whether a matcher holds for a series without the label. */
export function matchesEmptyText({ op, value }: Matcher): boolean {
  switch (op) {
    case '=':
      return value === ''
    case '!=':
      return value !== ''
    case '=~':
      return matchesEmpty(value)
    case '!~':
      return !matchesEmpty(value)
  }
}
