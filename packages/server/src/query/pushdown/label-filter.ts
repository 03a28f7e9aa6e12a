import { compilePipeline, type LabelFilter, type LogRow } from '@girok/query'
import type { IndexedStream } from '../../store/store.ts'
import { allOf, anyOf, asSuperset, type Condition } from './condition.ts'
import type { LabelRule, LabelTest } from './rule.ts'
import type { Scope } from './scope.ts'
import { EVERY, NONE, streamCondition } from './streams.ts'

/** What SQL can say about a label filter, and by which rules. */
export interface PushedLabelFilter {
  readonly condition: Condition
  readonly rules: readonly string[]
}

/**
 * Turns a label filter into SQL. Labels of a stream win over metadata and parsed fields of that name, so what the filter
 * makes of a stream that has the label is known before any row is read; `rules` are asked for the other streams.
 */
export function labelFilterCondition(
  filter: LabelFilter,
  scope: Scope,
  rules: readonly LabelRule[],
): PushedLabelFilter | undefined {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const left = labelFilterCondition(filter.left, scope, rules)
    const right = labelFilterCondition(filter.right, scope, rules)
    if (left && right) {
      const both = [left.condition, right.condition]
      return {
        condition: filter.kind === 'and' ? allOf(both) : anyOf(both),
        rules: [...left.rules, ...right.rules],
      }
    }
    const half = left ?? right
    if (filter.kind === 'or' || !half) return undefined
    return { condition: asSuperset(half.condition), rules: half.rules }
  }
  return testCondition(filter as LabelTest, scope, rules)
}

function testCondition(test: LabelTest, scope: Scope, rules: readonly LabelRule[]): PushedLabelFilter | undefined {
  const name = test.kind === 'string' ? test.matcher.name : test.name
  // Errors make labels of the first form; whatever collides with a stream's label is renamed to the second.
  if (name.startsWith('__') || name.endsWith('_extracted') || scope.touched(name)) return undefined

  const verdicts = streamVerdicts(test, name, scope)
  const rowwise = verdicts.open.length > 0 ? rowCondition(test, scope, rules) : undefined
  const used = rowwise ? [rowwise.rule] : []
  const { passing, failing, open, doubtful } = verdicts
  if (passing.length === 0 && failing.length === 0) {
    return rowwise && { condition: rowwise.condition, rules: used }
  }
  const inPassing = streamCondition(passing, scope.streams)
  const inOpen = streamCondition(open, scope.streams)
  if (!inPassing || !inOpen) return undefined
  const alternatives: Condition[] = []
  if (passing.length > 0) alternatives.push(doubtful ? asSuperset(inPassing) : inPassing)
  if (open.length > 0) alternatives.push(rowwise ? narrowed(inOpen, rowwise.condition) : asSuperset(inOpen))
  if (alternatives.length === 0) return { condition: NONE, rules: ['label-of-stream'] }
  return { condition: anyOf(alternatives), rules: ['label-of-stream', ...used] }
}

function narrowed(streams: Condition, rows: Condition): Condition {
  return streams.sql === EVERY.sql ? rows : allOf([streams, rows])
}

function rowCondition(
  test: LabelTest,
  scope: Scope,
  rules: readonly LabelRule[],
): { readonly condition: Condition; readonly rule: string } | undefined {
  for (const rule of rules) {
    const condition = rule.condition(test, scope)
    if (condition) return { condition, rule: rule.name }
  }
  return undefined
}

interface Verdicts {
  readonly passing: readonly IndexedStream[]
  readonly failing: readonly IndexedStream[]
  /** Streams without the label. */
  readonly open: readonly IndexedStream[]
  /** The filter raised an error for some stream, which the evaluator must add to the rows. */
  readonly doubtful: boolean
}

/** Asks the evaluator itself, with a row that has the stream's labels and nothing else. */
function streamVerdicts(test: LabelTest, name: string, scope: Scope): Verdicts {
  const passing: IndexedStream[] = []
  const failing: IndexedStream[] = []
  const open: IndexedStream[] = []
  let doubtful = false
  const at = { start: 0, end: 0 }
  const pipeline = compilePipeline({
    kind: 'log',
    selector: { matchers: [], at },
    stages: [{ kind: 'labelFilter', filter: test, at }],
    at,
  })
  for (const stream of scope.streams) {
    if (!stream.labels.has(name)) {
      open.push(stream)
      continue
    }
    const row: LogRow = { timeNs: 0n, stream: stream.labels, metadata: [], line: '' }
    const entry = pipeline.process(row)
    if (entry) passing.push(stream)
    else failing.push(stream)
    if (entry && entry.parsed.size > 0) doubtful = true
  }
  return { passing, failing, open, doubtful }
}
