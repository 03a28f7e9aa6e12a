import type { LabelFilter, Stage } from '@girok/query'
import type { Condition, MatcherRow, ParserName, StageRow } from './model.ts'
import { isLabelName, readComparison } from './values.ts'

export const nowhere = { start: 0, end: 0 }

/** True when a row of the selector can stand in a query. */
export function isCompleteMatcher(row: MatcherRow): row is MatcherRow & { readonly value: string } {
  return row.value !== undefined && isLabelName(row.name)
}

/** The filter of one condition; undefined while it is not complete. */
export function conditionFilter({ name, op, value }: Condition): LabelFilter | undefined {
  if (value === undefined || !isLabelName(name)) return undefined
  if (op === '=' || op === '!=' || op === '=~' || op === '!~') {
    return { kind: 'string', matcher: { name, op, value, at: nowhere }, at: nowhere }
  }
  const filter = readComparison(`${name} ${op.slice(1)} ${value}`)
  return filter === undefined ? undefined : { ...filter, at: nowhere }
}

/** The filter of conditions in a row, `and` before `or`; undefined when none is complete. */
export function conditionsFilter(conditions: readonly Condition[]): LabelFilter | undefined {
  let all: LabelFilter | undefined
  let group: LabelFilter | undefined
  const close = (): void => {
    if (group !== undefined) all = all === undefined ? group : { kind: 'or', left: all, right: group, at: nowhere }
    group = undefined
  }
  for (const condition of conditions) {
    const filter = conditionFilter(condition)
    if (condition.join === 'or') close()
    if (filter === undefined) continue
    group = group === undefined ? filter : { kind: 'and', left: group, right: filter, at: nowhere }
  }
  close()
  return all
}

/** The stage of a row; undefined while it is not complete. */
export function buildStage(row: StageRow): Stage | undefined {
  switch (row.kind) {
    case 'line': {
      const values = row.values
      if (values.length === 0) return undefined
      const operands = values.map((value) => ({ kind: 'text' as const, value, at: nowhere }))
      return { kind: 'lineFilter', op: row.op, operands, at: nowhere }
    }
    case 'parser':
      return buildParser(row.parser, row.pattern)
    case 'fields': {
      const filter = conditionsFilter(row.conditions)
      return filter === undefined ? undefined : { kind: 'labelFilter', filter, at: nowhere }
    }
    case 'kept':
      return row.stage
  }
}

function buildParser(parser: ParserName, pattern: string): Stage | undefined {
  switch (parser) {
    case 'json':
      return { kind: 'json', extractions: [], at: nowhere }
    case 'logfmt':
      return { kind: 'logfmt', strict: false, keepEmpty: false, extractions: [], at: nowhere }
    case 'unpack':
      return { kind: 'unpack', at: nowhere }
    case 'regexp':
    case 'pattern':
      return pattern === '' ? undefined : { kind: parser, pattern, at: nowhere }
  }
}
