import type { LogExpr, Stage, Unwrap } from '@girok/query'
import type { IndexedStream } from '../../../store/store.ts'
import { allOf, type Condition } from '../condition.ts'
import { LINE_RULES } from '../rules/index.ts'
import { initialScope, scopeAfter } from '../scope.ts'
import { EVERY, streamCondition } from '../streams.ts'
import { PLAIN_JSON_ROWS, PLAIN_LOGFMT_ROWS, type PlainRows } from './fields.ts'
import { type PlainScope, plainFilter } from './filter.ts'
import { createOddities } from './oddities.ts'

/**
 * What SQL knows of the rows of a pipeline: rows that are not odd pass exactly when `filters` hold, have no error, and
 * have exactly these labels. Of odd rows it knows nothing but `base`.
 */
export interface PlainPlan {
  /** Conditions that hold for every row, odd or not, that the pipeline may let through. */
  readonly base: readonly Condition[]
  readonly filters: Condition
  /** SQL, 1 for odd rows; '0' when there are none. */
  readonly odd: string
  /** The same, with some plain rows that give no result; cheaper to tell. */
  readonly suspects: string
  /** Those and all rows with metadata, of which nothing is read then. */
  readonly quickSuspects: string
  readonly labels: readonly PlainLabel[]
  /** Nullable(Float64): the unwrapped value; NULL for rows that give no sample, and for some odd ones. */
  readonly value: string | undefined
  /** The column, Float64, that holds the value in all rows that are not suspect. */
  readonly valueColumn: string | undefined
}

/** A label that the result is grouped by. */
export interface PlainLabel {
  readonly name: string
  /** Some streams have it, and theirs is what counts. */
  readonly ofStream: boolean
  /** SQL for the rows of the other streams, '' when they do not have it; undefined when there are no such streams. */
  readonly text: string | undefined
  /** The column whose cells are those texts, but for `unquoted` of stored-fields.ts; quicker to group by. */
  readonly column: string | undefined
}

/**
 * Plans a pipeline over plain rows. Undefined when a stage, a filter or a label is beyond SQL.
 *
 * @param streams those that the query reads
 * @param names the labels that the caller looks at
 */
export function planPlain(
  log: LogExpr,
  streams: readonly IndexedStream[],
  names: readonly string[],
  unwrap?: Unwrap,
): PlainPlan | undefined {
  const odd = createOddities()
  odd.metadata('__error__')
  const base: Condition[] = []
  const filters: Condition[] = []
  const removed = new Set<string>()
  const involved = unwrap ? [...names, unwrap.label] : names
  let scope: PlainScope = { ...initialScope(streams), rows: undefined, odd }
  for (const [index, stage] of log.stages.entries()) {
    let { rows } = scope
    switch (stage.kind) {
      case 'lineFilter': {
        const condition = lineCondition(stage, scope)
        if (!condition) return undefined
        base.push(condition)
        break
      }
      case 'labelFilter': {
        const condition = plainFilter(stage.filter, scope)
        if (!condition) return undefined
        filters.push(condition)
        break
      }
      case 'json':
      case 'logfmt':
        if (rows) return undefined
        rows = rowsAfter(stage)
        if (!rows) return undefined
        odd.parsedBy(rows)
        break
      case 'drop':
      case 'keep':
        if (!takesAway(stage, involved, rows !== undefined, removed)) return undefined
        break
      case 'lineFormat':
        if (log.stages.slice(index).some(({ kind }) => READS_LINE.has(kind))) return undefined
        break
      default:
        return undefined
    }
    scope = { ...scopeAfter(scope, stage), rows, odd }
  }
  let value: UnwrappedValue | undefined
  if (unwrap) {
    value = unwrapped(unwrap, scope)
    if (value === undefined || removed.has(unwrap.label)) return undefined
    for (const filter of unwrap.filters) {
      const condition = plainFilter(filter, scope)
      if (!condition) return undefined
      filters.push(condition)
    }
  }
  const labels = labelsOf(
    names.filter((name) => !removed.has(name)),
    scope,
  )
  return (
    labels && {
      base,
      filters: filters.length > 0 ? allOf(filters) : EVERY,
      odd: odd.sql(),
      suspects: odd.suspects(),
      quickSuspects: odd.quickSuspects(),
      labels,
      value: value?.sql,
      valueColumn: value?.column,
    }
  )
}

const READS_LINE: ReadonlySet<Stage['kind']> = new Set(['lineFilter', 'json', 'logfmt', 'labelFormat', 'lineFormat'])

function lineCondition(stage: Extract<Stage, { kind: 'lineFilter' }>, scope: PlainScope): Condition | undefined {
  for (const rule of LINE_RULES) {
    const condition = rule.condition(stage, scope)
    if (condition) return condition.exact ? condition : undefined
  }
  return undefined
}

function rowsAfter(stage: Extract<Stage, { kind: 'json' | 'logfmt' }>): PlainRows | undefined {
  if (stage.extractions.length > 0) return undefined
  if (stage.kind === 'json') return PLAIN_JSON_ROWS
  return stage.keepEmpty ? undefined : PLAIN_LOGFMT_ROWS
}

const ERRORS: ReadonlySet<string> = new Set(['__error__', '__error_details__'])

/** Notes what a stage removes of the labels that matter; false when that depends on the row. */
function takesAway(
  stage: Extract<Stage, { kind: 'drop' | 'keep' }>,
  names: readonly string[],
  parsed: boolean,
  removed: Set<string>,
): boolean {
  for (const name of names) {
    const targets = stage.targets.filter((target) => target.name === name)
    const always = targets.some(({ matcher }) => matcher === undefined)
    const gone = stage.kind === 'drop' ? always : targets.length === 0
    if (!always && targets.length > 0) return false
    // What is removed before the parser may be set by it again, or not: that depends on the stream.
    if (gone && !parsed) return false
    if (gone) removed.add(name)
  }
  return parsed || stage.kind === 'drop' || stage.targets.every(({ name }) => ERRORS.has(name) || names.includes(name))
}

interface UnwrappedValue {
  readonly sql: string
  readonly column: string | undefined
}

/** The samples of an unwrapped label. Streams that have it themselves are left to the evaluator. */
function unwrapped(
  { label, conversion }: Unwrap,
  { rows, odd, streams, touched }: PlainScope,
): UnwrappedValue | undefined {
  const field = nameIsPlain(label) && !touched(label) ? rows?.field(label) : undefined
  if (!field) return undefined
  const having = streams.filter((stream) => stream.labels.has(label))
  if (having.length > 0) {
    const condition = having.length < streams.length ? streamCondition(having, streams) : undefined
    if (!condition) return undefined
    odd.streams(condition.sql)
  }
  odd.metadata(label)
  odd.stored(field)
  const value =
    conversion === 'bytes' ? field.size : conversion === undefined ? field.number : `(${field.duration} / 1e9)`
  odd.unread(field, value, true)
  return {
    sql: value,
    column: field.stored?.kind === 'number' && value === field.number ? field.stored.column : undefined,
  }
}

function nameIsPlain(name: string): boolean {
  return !name.startsWith('__') && !name.endsWith('_extracted')
}

function labelsOf(names: readonly string[], scope: PlainScope): PlainLabel[] | undefined {
  const labels: PlainLabel[] = []
  for (const name of new Set(names)) {
    if (!nameIsPlain(name)) return undefined
    const having = scope.streams.filter((stream) => stream.labels.has(name))
    if (having.length === scope.streams.length) {
      labels.push({ name, ofStream: true, text: undefined, column: undefined })
      continue
    }
    const field = scope.rows?.field(name)
    if (!field) return undefined
    scope.odd.metadata(name)
    scope.odd.stored(field)
    scope.odd.ambiguous(field)
    const column = field.stored?.kind === 'text' ? field.stored.column : undefined
    if (having.length === 0) labels.push({ name, ofStream: false, text: field.text, column })
    else {
      const own = streamCondition(having, scope.streams)
      if (!own) return undefined
      labels.push({ name, ofStream: true, text: `if(${own.sql}, '', ${field.text})`, column: undefined })
    }
  }
  return labels
}
