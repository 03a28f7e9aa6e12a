import type { Expr } from '@girok/query'
import type { LogStore } from '../store/store.ts'
import type { Explanation, QueryStats } from './engine.ts'
import type { QueryPlan } from './plan.ts'

/** The statements of a query, and what answering them took. */
export interface ExplainedRun {
  readonly sql: readonly string[]
  readonly stats: QueryStats
}

/**
 * Runs a query and notes what the store is asked. When `live` it is answered, and the figures are real; otherwise the store
 * seems to be empty: a search that would have stopped early shows how it would have gone on, and nothing is read.
 */
export async function statementsOf(
  store: LogStore,
  live: boolean,
  run: (store: LogStore) => Promise<QueryStats>,
): Promise<ExplainedRun> {
  const sql: string[] = []
  const { driver } = store
  const query: typeof driver.query = (text, format, options) => {
    sql.push(text)
    return live ? driver.query(text, format, options) : Promise.resolve(Buffer.alloc(0))
  }
  const stats = await run({ ...store, driver: { ...driver, query } })
  return { sql, stats }
}

/** Puts an explanation together. @param text the text that the tree was parsed from */
export function explanation(
  expr: Expr,
  text: string,
  plan: QueryPlan,
  { sql, stats }: ExplainedRun,
  analyzed: boolean,
): Explanation {
  const figures = {
    rowsRead: stats.linesScanned,
    bytesRead: stats.bytesScanned,
    results: stats.entriesReturned,
    tookMs: stats.execMs,
  }
  return { ast: plainTree(expr), plan, sql, ran: partsOf(expr, text, plan), ...(analyzed ? figures : {}) }
}

function partsOf(expr: Expr, text: string, plan: QueryPlan): Explanation['ran'] {
  if (plan.kind === 'metric') {
    const leaves = plan.leaves.map(({ text: part, answeredBy }) => ({ part, where: answeredBy }))
    if (expr.kind === 'rangeAggregation') return leaves
    return [...leaves, { part: 'everything around the range aggregations', where: 'evaluator' }]
  }
  if (expr.kind !== 'log') return []
  const exact = new Set(plan.pushed.filter((filter) => filter.exact).map((filter) => filter.text))
  const inSql = plan.pushed.filter(({ rule }) => rule === 'time' || rule === 'streams' || rule === 'deleted')
  const fields = plan.pushed.filter(({ rule }) => rule === 'selector-field')
  return [
    ...inSql.map(({ text: part }) => ({ part, where: 'sql' as const })),
    ...fields.map(({ text: part }) => ({ part, where: 'evaluator' as const })),
    ...expr.stages.map(({ at }) => {
      const part = text.slice(at.start, at.end)
      return { part, where: exact.has(part) ? ('sql' as const) : ('evaluator' as const) }
    }),
  ]
}

/** The tree without places, durations as decimal nanoseconds: JSON has no integers of that size. */
function plainTree(node: unknown): unknown {
  if (typeof node === 'bigint') return node.toString()
  if (Array.isArray(node)) return node.map(plainTree)
  if (node === null || typeof node !== 'object') return node
  const entries = Object.entries(node).filter(([key]) => key !== 'at')
  return Object.fromEntries(entries.map(([key, value]) => [key, plainTree(value)]))
}
