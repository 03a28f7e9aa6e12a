import { type CompareOp, compileMatcher, type LabelFilter } from '@girok/query'
import { allOf, anyOf, type Condition } from '../condition.ts'
import { labelFilterCondition } from '../label-filter.ts'
import { labelRegexSql } from '../regex.ts'
import type { LabelRule, LabelTest } from '../rule.ts'
import { metadata } from '../rules/metadata.ts'
import type { Scope } from '../scope.ts'
import { EVERY, NONE } from '../streams.ts'
import { holds, isText, type PlainRows } from './fields.ts'
import type { Oddities } from './oddities.ts'

/** What a filter behind a parser is applied to. */
export interface PlainScope extends Scope {
  /** Undefined before the first parser. */
  readonly rows: PlainRows | undefined
  readonly odd: Oddities
  /** The filter stands within an `or`: a row may pass without it. */
  readonly optional?: boolean
}

const ERROR = '__error__'

/**
 * The condition that holds for exactly the plain rows that a label filter lets through; what makes other rows odd is
 * noted in `scope.odd`. Undefined when SQL cannot say.
 */
export function plainFilter(filter: LabelFilter, scope: PlainScope): Condition | undefined {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const inner = filter.kind === 'or' ? { ...scope, optional: true } : scope
    const left = plainFilter(filter.left, inner)
    const right = plainFilter(filter.right, inner)
    if (!left || !right) return undefined
    return filter.kind === 'and' ? allOf([left, right]) : anyOf([left, right])
  }
  if (filter.kind === 'string' && filter.matcher.name === ERROR) {
    // Plain rows have no errors; metadata of that name makes a row odd.
    scope.odd.metadata(ERROR)
    return compileMatcher(filter.matcher)('') ? EVERY : NONE
  }
  const condition = labelFilterCondition(filter as LabelTest, scope, rulesFor(scope))?.condition
  return condition?.exact ? condition : undefined
}

function rulesFor(scope: PlainScope): readonly LabelRule[] {
  const { rows } = scope
  if (!rows) return [metadata]
  return [
    {
      name: 'plain-field',
      summary: 'Filters on fields of plain rows.',
      condition: (test) => fieldTest(test, { ...scope, rows }),
    },
  ]
}

function fieldTest(
  test: LabelTest,
  { rows, odd, streams, optional }: PlainScope & { readonly rows: PlainRows },
): Condition | undefined {
  const name = test.kind === 'string' ? test.matcher.name : test.name
  // A row of a stream that has the label may pass without the field.
  const needed = !optional && !streams.some(({ labels }) => labels.has(name))
  const field = rows.field(name)
  if (!field) return undefined
  odd.stored(field)
  const exactly = (sql: string): Condition => ({ sql, exact: true })
  const compared = (number: string, op: CompareOp, value: number): Condition | undefined => {
    if (!Number.isFinite(value)) return undefined
    odd.unread(field, number, needed)
    return exactly(holds(field, number, op, value))
  }
  odd.metadata(name)
  switch (test.kind) {
    case 'string': {
      const { op, value } = test.matcher
      if (op === '=') return exactly(isText(field, value))
      if (op === '!=') return exactly(`NOT (${isText(field, value)})`)
      const match = labelRegexSql(field.text, value)
      return exactly(op === '=~' ? match : `NOT ${match}`)
    }
    case 'number':
      return compared(field.number, test.op, test.value)
    case 'duration':
      return test.valueNs > -(2n ** 53n) && test.valueNs < 2n ** 53n
        ? compared(field.duration, test.op, Number(test.valueNs))
        : undefined
    case 'bytes':
      return compared(field.size, test.op, test.value)
    case 'ip':
      return undefined
  }
}
