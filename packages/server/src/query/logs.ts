import { compilePipeline, type LogExpr } from '@girok/query'
import { GirokError } from '../model/errors.ts'
import type { LogStore } from '../store/store.ts'
import { hiddenRows } from './deletions/hidden.ts'
import type { ResultEntry } from './engine.ts'
import type { QueryLimits } from './limits.ts'
import { metadataHint } from './metadata-hint.ts'
import type { Condition } from './pushdown/condition.ts'
import type { TimeSpan } from './pushdown/time.ts'
import type { StoredRow } from './read/decode.ts'
import { firstLookNs } from './read/first-look.ts'
import { MAX_PAGE_ROWS, type RowSource } from './read/page.ts'
import { walkRows } from './read/walk.ts'
import { planRows, type RowPlan } from './row-plan.ts'
import type { Run } from './run/runs.ts'
import { narrowSpan, selectStreams, streamFinder } from './select.ts'

/** A log query, parsed, and what it is asked over. */
export interface LogsTask {
  readonly tenant: string
  readonly log: LogExpr
  /** The text that `log` was parsed from. */
  readonly text: string
  readonly span: TimeSpan
  readonly direction: 'forward' | 'backward'
  readonly pushdown: boolean
}

/** Rows of a log query, ready to be read. */
export interface OpenedRows {
  readonly plan: RowPlan
  readonly source: RowSource
  readonly span: TimeSpan
}

/** Chooses the streams and plans the rows of a log query. */
export function openRows(store: LogStore, task: LogsTask): OpenedRows {
  const { tenant, log, text, direction, pushdown } = task
  const { matched, all } = selectStreams(store.streams, tenant, task.span, log.selector)
  const span = narrowSpan(task.span, matched)
  const { conditions, hides } = hiddenRows(store, tenant, span, matched)
  const plan = withHidden(planRows(log, text, matched, all, pushdown), conditions, hides !== undefined)
  return {
    plan,
    span,
    source: {
      driver: store.driver,
      rows: { tenant, conditions: plan.conditions },
      findStream: streamFinder(matched),
      direction,
      ...(hides ? { hides } : {}),
    },
  }
}

/** Where delete requests hide rows that SQL cannot name, no answer is SQL's alone. */
function withHidden(plan: RowPlan, hidden: readonly Condition[], more: boolean): RowPlan {
  if (hidden.length === 0 && !more) return plan
  const { quickConditions } = plan
  return {
    ...plan,
    conditions: [...plan.conditions, ...hidden],
    ...(quickConditions ? { quickConditions: [...quickConditions, ...hidden] } : {}),
    pushed: [...plan.pushed, ...hidden.map(() => ({ rule: 'deleted', text: 'delete request', exact: true }))],
    exact: plan.exact && !more,
    reevaluated: plan.reevaluated || more,
  }
}

/** Rows read at once where a filter may leave out some of them. */
const FILTERED_PAGE_ROWS = 1000

/**
 * The first `limit` entries of a log query in its direction, `intervalNs` apart at least. Rows pass through the whole
 * pipeline here unless SQL's filters are exact and there is nothing else to do.
 */
export async function readLogs(
  store: LogStore,
  task: LogsTask,
  bounds: { readonly limit: number; readonly intervalNs: bigint; readonly limits: QueryLimits },
  run: Run,
): Promise<ResultEntry[]> {
  const { limit, intervalNs, limits } = bounds
  const entries: ResultEntry[] = []
  const opened = openRows(store, task)
  run.countStreams(opened.plan.streams.length)
  const thinned = thinner(intervalNs)
  const certain = opened.plan.exact && intervalNs === 0n
  const quick = quickLook(opened)
  const wanted = (): number =>
    certain || (quick.isOn() && intervalNs === 0n)
      ? limit - entries.length
      : Math.min(MAX_PAGE_ROWS, Math.max(FILTERED_PAGE_ROWS, 2 * (limit - entries.length)))
  let bytes = 0
  const toEntry = entryMaker(task.log, opened.plan)
  const first = firstLookNs(task.log, opened.span, quick.isOn(), wanted())
  for await (const rows of walkRows(quick.source, opened.span, { pageRows: wanted, firstLookNs: first }, run)) {
    const before = entries.length
    for (const row of rows) {
      const pause = run.breathe()
      if (pause) await pause
      const entry = toEntry(row)
      if (!entry) continue
      run.countMatched(1)
      if (!thinned(entry.timeNs)) continue
      entries.push(entry)
      bytes += row.lineBytes
      if (limits.maxResultBytes > 0 && bytes > limits.maxResultBytes) throw tooManyBytes(limits.maxResultBytes)
      if (entries.length >= limit) return entries
    }
    quick.judge(entries.length - before, rows.length)
  }
  return entries
}

/** Rows that pass of those that a quick look gives: below this they are looked at more closely by the store. */
const QUICK_SHARE = 0.5

/**
 * Reads rows by conditions on columns alone, as long as they say who passes: where many lines are not plain, or many rows
 * have metadata, the rows that they give are for the evaluator to refuse, and the full conditions take over.
 */
function quickLook({ source, plan }: OpenedRows): {
  readonly source: RowSource
  isOn(): boolean
  judge(passed: number, given: number): void
} {
  const { quickConditions } = plan
  const { tenant } = source.rows
  let isOn = quickConditions !== undefined && !metadataHint.expects(tenant)
  return {
    source: {
      ...source,
      get rows() {
        return isOn && quickConditions ? { tenant, conditions: quickConditions } : source.rows
      },
    },
    isOn: () => isOn,
    judge(passed, given) {
      if (!isOn || passed >= given * QUICK_SHARE) return
      isOn = false
      metadataHint.note(tenant)
    },
  }
}

const ALL_ROWS = { pageRows: () => MAX_PAGE_ROWS }

/** All entries of a log query, oldest first, in pages as they are read. */
export async function* readAllLogs(store: LogStore, task: LogsTask, run: Run): AsyncGenerator<readonly ResultEntry[]> {
  const opened = openRows(store, { ...task, direction: 'forward' })
  const toEntry = entryMaker(task.log, opened.plan)
  for await (const rows of walkRows(opened.source, opened.span, ALL_ROWS, run)) {
    const entries: ResultEntry[] = []
    for (const row of rows) {
      const pause = run.breathe()
      if (pause) await pause
      const entry = toEntry(row)
      if (entry) entries.push(entry)
    }
    if (entries.length > 0) yield entries
  }
}

/** The pipeline, without the stages that SQL has already answered. */
export function entryMaker(log: LogExpr, plan: RowPlan): (row: StoredRow) => ResultEntry | undefined {
  const pipeline = compilePipeline(plan.reevaluated ? log : { ...log, stages: [] })
  return (row) => pipeline.process(row)
}

/** Lets a time through when it is far enough from the last one let through, in either direction. */
function thinner(intervalNs: bigint): (timeNs: bigint) => boolean {
  if (intervalNs <= 0n) return () => true
  let last: bigint | undefined
  return (timeNs) => {
    if (last !== undefined) {
      const apart = timeNs > last ? timeNs - last : last - timeNs
      if (apart < intervalNs) return false
    }
    last = timeNs
    return true
  }
}

function tooManyBytes(max: number): GirokError {
  return new GirokError(
    'limit_exceeded',
    `the lines of the answer have more than ${max} bytes; ask for fewer lines or narrow the query`,
  )
}
