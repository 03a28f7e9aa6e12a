import { compilePipeline, type LogExpr, matchesSelector, parseLogQL } from '@girok/query'
import { tenantsOf } from '../../model/tenant.ts'
import type { DeleteRequest } from '../../store/deletions.ts'
import { sqlTimeNs } from '../../store/literal.ts'
import type { IndexedStream, LogStore } from '../../store/store.ts'
import { allOf, type Condition } from '../pushdown/condition.ts'
import type { TimeSpan } from '../pushdown/time.ts'
import type { StoredRow } from '../read/decode.ts'
import { planRows } from '../row-plan.ts'

/** What delete requests hide of the rows that a query reads. */
export interface Hidden {
  /** Hold for rows that are not hidden, as far as SQL can tell; exact. */
  readonly conditions: readonly Condition[]
  /** Whether a row is hidden by a request that SQL cannot answer; undefined when there is none. */
  readonly hides: ((row: StoredRow) => boolean) | undefined
}

const NOTHING: Hidden = { conditions: [], hides: undefined }

/**
 * What the delete requests of the tenant hide in a span.
 *
 * @param streams those that the query reads: requests that match none of them are of no concern
 */
export function hiddenRows(store: LogStore, tenant: string, span: TimeSpan, streams: readonly IndexedStream[]): Hidden {
  const requests = tenantsOf(tenant).flatMap((one) => store.deletions.hiding(one, span.fromNs, span.toNs))
  if (requests.length === 0) return NOTHING
  const conditions: Condition[] = []
  const tests: ((row: StoredRow) => boolean)[] = []
  for (const request of requests) {
    const log = deletedQuery(request.query)
    const matches = matchesSelector(log.selector)
    const matched = streams.filter(({ labels }) => matches(labels) && isOfTenant(labels, request.tenant))
    if (matched.length === 0) continue
    const condition = hidingCondition(request, log, matched, streams, span)
    if (condition) conditions.push(condition)
    else tests.push(hidingTest(request, log))
  }
  return { conditions, hides: tests.length === 0 ? undefined : (row) => tests.some((test) => test(row)) }
}

/** Streams carry their tenant where a query reads more than one. */
function isOfTenant(labels: ReadonlyMap<string, string>, tenant: string): boolean {
  const own = labels.get('__tenant_id__')
  return own === undefined || own === tenant
}

function hidingCondition(
  { query, startNs, endNs }: DeleteRequest,
  log: LogExpr,
  matched: readonly IndexedStream[],
  streams: readonly IndexedStream[],
  span: TimeSpan,
): Condition | undefined {
  const plan = planRows(log, query, matched, streams, true)
  if (!plan.exact) return undefined
  const parts: Condition[] = [...plan.conditions]
  if (startNs > span.fromNs) parts.push({ sql: `ts >= ${sqlTimeNs(startNs)}`, exact: true })
  if (endNs < span.toNs - 1n) parts.push({ sql: `ts <= ${sqlTimeNs(endNs)}`, exact: true })
  const all = parts.filter(({ sql }) => sql !== '1')
  return { sql: all.length === 0 ? '0' : `NOT ifNull(${allOf(all).sql}, 0)`, exact: true }
}

function hidingTest({ startNs, endNs, tenant }: DeleteRequest, log: LogExpr): (row: StoredRow) => boolean {
  const matches = matchesSelector(log.selector)
  const pipeline = compilePipeline(log)
  const verdicts = new WeakMap<object, boolean>()
  return (row) => {
    if (row.timeNs < startNs || row.timeNs > endNs) return false
    let selected = verdicts.get(row.stream)
    if (selected === undefined) {
      selected = matches(row.stream) && isOfTenant(row.stream, tenant)
      verdicts.set(row.stream, selected)
    }
    return selected && pipeline.process(row) !== undefined
  }
}

const MAX_PARSED = 200
const parsed = new Map<string, LogExpr>()

/** The query of a request, which was checked when it came. */
export function deletedQuery(query: string): LogExpr {
  const known = parsed.get(query)
  if (known) return known
  const expr = parseLogQL(query)
  if (expr.kind !== 'log') throw new Error(`a delete request with a metric query: ${query}`)
  if (parsed.size >= MAX_PARSED) parsed.clear()
  parsed.set(query, expr)
  return expr
}
