import { engineQueries, noVector, nsOf } from '../alerting/rules/engine-queries.ts'
import type { RuleQuery } from '../alerting/rules/rule.ts'
import type { RuleGrid, RuleQueries, WantedAnswer } from '../alerting/rules/rule-answer.ts'
import { ruleSeries, ruleValues } from '../alerting/rules/rule-samples.ts'
import type { QueryEngine } from '../query/engine.ts'
import { SharedReadings } from '../query/metric/readings.ts'
import type { PromAnswer, PromEngine, PromTimedQuery } from '../query/promql/prom-engine.ts'

export interface Engines {
  readonly prom: PromEngine
  readonly engine: QueryEngine
}

/** What PromQL gives at a time or on a grid; undefined when it was not read with the others. */
type KnownAnswer = (query: RuleQuery, at: number | RuleGrid) => Promise<PromAnswer> | undefined

/**
 * Opens the answers of one evaluation of rules: what the PromQL among the wanted ones needs is read at once, and as much of
 * the LogQL as can be counted at once. Rejects only when `signal` is aborted.
 */
export async function openRuleQueries(
  { prom, engine }: Engines,
  tenant: string,
  wanted: readonly WantedAnswer[],
  signal: AbortSignal,
): Promise<RuleQueries> {
  const known = await readTogether(prom, tenant, wanted, signal)
  const alone = engineQueries({ prom, engine }, tenant, signal, await readLines(engine, tenant, wanted, signal))
  return {
    async instant(query, timeMs) {
      const answer = known(query, timeMs)
      return answer ? (ruleValues((await answer).value) ?? noVector()) : alone.instant(query, timeMs)
    },
    async range(query, grid) {
      const answer = known(query, grid)
      return answer ? (ruleSeries((await answer).value, grid) ?? noVector()) : alone.range(query, grid)
    },
  }
}

/** A fault of the reading is told to each that asks for an answer. */
async function readTogether(
  prom: PromEngine,
  tenant: string,
  wanted: readonly WantedAnswer[],
  signal: AbortSignal,
): Promise<KnownAnswer> {
  const queries = wanted.flatMap(promQuery)
  if (queries.length < 2) return () => undefined
  const times = new Map(queries.map((query) => [query.query, timesOf(query)]))
  const reading = await prom.together({ tenant, queries, signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    return { answer: () => Promise.reject(error) }
  })
  return (query, at) => {
    if (query.language !== 'promql') return undefined
    const asked = typeof at === 'number' ? { timeMs: at } : at
    // Templates ask for other times.
    return times.get(query.tree) === timesOf(asked) ? reading.answer(query.tree) : undefined
  }
}

/** A fault of the reading is told when each query is read by itself. */
async function readLines(
  engine: QueryEngine,
  tenant: string,
  wanted: readonly WantedAnswer[],
  signal: AbortSignal,
): Promise<SharedReadings> {
  const queries = wanted.flatMap((one) =>
    one.query.language === 'logql' && 'timeMs' in one ? [{ query: one.query.text, timeNs: nsOf(one.timeMs) }] : [],
  )
  if (queries.length === 0) return new SharedReadings()
  return engine.metricReadings({ tenant, queries, signal }).catch(() => {
    signal.throwIfAborted()
    return new SharedReadings()
  })
}

function promQuery(wanted: WantedAnswer): PromTimedQuery[] {
  if (wanted.query.language !== 'promql') return []
  const query = wanted.query.tree
  return ['grid' in wanted ? { query, ...wanted.grid } : { query, timeMs: wanted.timeMs }]
}

function timesOf(asked: { readonly timeMs: number } | RuleGrid): string {
  return 'timeMs' in asked ? `${asked.timeMs}` : `${asked.startMs} ${asked.endMs} ${asked.stepMs}`
}
