import type { MetricValue } from '@girok/query'
import type { PromValue } from '@girok/query/promql'
import { GirokError } from '../../model/errors.ts'
import type { QueryEngine } from '../../query/engine.ts'
import type { PromEngine } from '../../query/promql/prom-engine.ts'
import type { RuleQueries } from '../rules/rule-answer.ts'
import { ruleValues } from '../rules/rule-samples.ts'
import type { RuleSeries } from '../rules/rule-value.ts'

export interface Engines {
  readonly prom: Pick<PromEngine, 'instant' | 'range'>
  readonly engine: Pick<QueryEngine, 'metric'>
}

const NS_PER_MS = 1_000_000n

/** Answers the queries of rules over the data of a tenant, each by a query of its own, until `signal` is aborted. */
export function engineQueries({ prom, engine }: Engines, tenant: string, signal: AbortSignal): RuleQueries {
  return {
    async instant(query, timeMs) {
      if (query.language === 'promql') {
        const { value } = await prom.instant({ tenant, query: query.tree, timeMs, signal })
        return ruleValues(value) ?? noVector()
      }
      const timeNs = BigInt(timeMs) * NS_PER_MS
      const times = { startNs: timeNs, endNs: timeNs, stepNs: NS_PER_MS }
      const { value } = await engine.metric({ tenant, query: query.text, ...times, signal })
      return ruleValues(value) ?? noVector()
    },
    async range(query, { startMs, endMs, stepMs }) {
      if (query.language === 'promql') {
        const { value } = await prom.range({ tenant, query: query.tree, startMs, endMs, stepMs, signal })
        return seriesOf(value, startMs, stepMs)
      }
      const times = {
        startNs: BigInt(startMs) * NS_PER_MS,
        endNs: BigInt(endMs) * NS_PER_MS,
        stepNs: BigInt(stepMs) * NS_PER_MS,
      }
      const { value } = await engine.metric({ tenant, query: query.text, ...times, signal })
      return seriesOf(value, startMs, stepMs)
    },
  }
}

/** A range answer of either language as series with the points that there are; a scalar is one series without labels. */
export function seriesOf(answer: MetricValue | PromValue, startMs: number, stepMs: number): RuleSeries[] {
  if (answer.kind === 'scalar') {
    const times = Array.from(answer.values, (_, at) => startMs + at * stepMs)
    return [{ labels: new Map(), times, values: [...answer.values] }]
  }
  if (answer.kind !== 'vector') return noVector()
  return answer.series.map(({ labels, values, present }) => {
    const times: number[] = []
    const numbers: number[] = []
    for (const [at, value] of values.entries()) {
      if (present[at] !== 1) continue
      times.push(startMs + at * stepMs)
      numbers.push(value)
    }
    return { labels, times, values: numbers }
  })
}

function noVector(): never {
  throw new GirokError('bad_request', 'a rule needs a vector or a scalar')
}
