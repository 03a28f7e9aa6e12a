import { engineQueries } from '../alerting/rules/engine-queries.ts'
import type { RuleQuery } from '../alerting/rules/rule.ts'
import type { RuleQueries } from '../alerting/rules/rule-answer.ts'
import { ruleValues } from '../alerting/rules/rule-samples.ts'
import { GirokError } from '../model/errors.ts'
import type { QueryEngine } from '../query/engine.ts'
import type { PromAnswer, PromEngine, PromTogether } from '../query/promql/prom-engine.ts'

export interface Engines {
  readonly prom: PromEngine
  readonly engine: QueryEngine
}

/**
 * Opens the answers of one evaluation of rules: what the PromQL among the wanted queries needs is read at once, and equal
 * LogQL queries are asked once. Rejects only when `signal` is aborted.
 */
export async function openRuleQueries(
  { prom, engine }: Engines,
  tenant: string,
  wanted: readonly RuleQuery[],
  timeMs: number,
  signal: AbortSignal,
): Promise<RuleQueries> {
  const together = await readTogether(prom, tenant, wanted, timeMs, signal)
  const plain = engineQueries({ prom, engine }, tenant, signal)
  const logs = new Map<string, Promise<unknown>>()

  /** What was asked before has its answer. */
  function once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const answer = (logs.get(key) as Promise<T> | undefined) ?? ask()
    logs.set(key, answer)
    return answer
  }

  return {
    async instant(query, atMs) {
      if (query.language === 'logql') return once(`${atMs} ${query.text}`, () => plain.instant(query, atMs))
      if (atMs !== timeMs) return plain.instant(query, atMs)
      const values = ruleValues((await together(query)).value)
      if (values === undefined) throw new GirokError('bad_request', 'a rule needs a vector or a scalar')
      return values
    },
    range(query, grid) {
      if (query.language === 'promql') return plain.range(query, grid)
      const { startMs, endMs, stepMs } = grid
      return once(`${startMs} ${endMs} ${stepMs} ${query.text}`, () => plain.range(query, grid))
    },
  }
}

/** A fault of the reading is told to each that asks for an answer. */
async function readTogether(
  prom: PromEngine,
  tenant: string,
  wanted: readonly RuleQuery[],
  timeMs: number,
  signal: AbortSignal,
): Promise<(query: RuleQuery & { readonly language: 'promql' }) => Promise<PromAnswer>> {
  const queries = wanted.flatMap((query) => (query.language === 'promql' ? [query.tree] : []))
  if (queries.length < 2) return ({ tree }) => prom.instant({ tenant, query: tree, timeMs, signal })
  let read: PromTogether
  try {
    read = await prom.together({ tenant, queries, timeMs, signal })
  } catch (error) {
    signal.throwIfAborted()
    return () => Promise.reject(error)
  }
  return ({ tree }) => read.instant(tree)
}
