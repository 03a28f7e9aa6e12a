import { GirokError } from '../../model/errors.ts'
import type { QueryEngine } from '../../query/engine.ts'
import type { SharedReadings } from '../../query/metric/readings.ts'
import type { PromEngine } from '../../query/promql/prom-engine.ts'
import type { RuleQueries } from './rule-answer.ts'
import { ruleSeries, ruleValues } from './rule-samples.ts'

export interface Engines {
  readonly prom: Pick<PromEngine, 'instant' | 'range'>
  readonly engine: Pick<QueryEngine, 'metric'>
}

/** Milliseconds as the nanoseconds of queries over logs. */
export function nsOf(ms: number): bigint {
  return BigInt(ms) * 1_000_000n
}

/**
 * Answers the queries of rules over the data of a tenant, each by a query of its own, until `signal` is aborted. Queries of
 * LogQL read the same once where they are given `readings`.
 */
export function engineQueries(
  { prom, engine }: Engines,
  tenant: string,
  signal: AbortSignal,
  readings?: SharedReadings,
): RuleQueries {
  return {
    async instant(query, timeMs) {
      if (query.language === 'promql') {
        const { value } = await prom.instant({ tenant, query: query.tree, timeMs, signal })
        return ruleValues(value) ?? noVector()
      }
      const timeNs = nsOf(timeMs)
      const times = { startNs: timeNs, endNs: timeNs, stepNs: nsOf(1) }
      const { value } = await engine.metric({ tenant, query: query.text, ...times, signal, readings })
      return ruleValues(value) ?? noVector()
    },
    async range(query, grid) {
      const { startMs, endMs, stepMs } = grid
      if (query.language === 'promql') {
        const { value } = await prom.range({ tenant, query: query.tree, ...grid, signal })
        return ruleSeries(value, grid) ?? noVector()
      }
      const times = { startNs: nsOf(startMs), endNs: nsOf(endMs), stepNs: nsOf(stepMs) }
      const { value } = await engine.metric({ tenant, query: query.text, ...times, signal, readings })
      return ruleSeries(value, grid) ?? noVector()
    },
  }
}

/** Throws `bad_request`: the answer is neither a vector nor a scalar. */
export function noVector(): never {
  throw new GirokError('bad_request', 'a rule needs a vector or a scalar')
}
