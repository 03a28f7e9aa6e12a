import type { Labels } from '@girok/query'
import type { RuleQuery } from '../alerting/rules/rule.ts'
import type { RuleGrid, RuleQueries, RuleSeries } from '../alerting/rules/rule-answer.ts'
import { type RuleValue, ruleValues } from '../alerting/rules/rule-samples.ts'
import { GirokError } from '../model/errors.ts'
import type { MetricResult, QueryEngine } from '../query/engine.ts'
import type { PromAnswer, PromEngine, PromTogether } from '../query/promql/prom-engine.ts'

export interface Engines {
  readonly prom: PromEngine
  readonly engine: QueryEngine
}

const NS_PER_MS = 1_000_000n

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
  const logs = new Map<string, Promise<MetricResult>>()

  function overLogs(query: string, { startMs, endMs, stepMs }: RuleGrid): Promise<MetricResult> {
    const key = `${startMs} ${endMs} ${stepMs} ${query}`
    let answer = logs.get(key)
    if (answer === undefined) {
      const [startNs, endNs, stepNs] = [startMs, endMs, stepMs].map((ms) => BigInt(ms) * NS_PER_MS) as [
        bigint,
        bigint,
        bigint,
      ]
      answer = engine.metric({ tenant, query, startNs, endNs, stepNs, signal })
      logs.set(key, answer)
    }
    return answer
  }

  return {
    async instant(query, atMs) {
      if (query.language === 'logql') {
        return valuesOf((await overLogs(query.text, { startMs: atMs, endMs: atMs, stepMs: 1 })).value)
      }
      const answer =
        atMs === timeMs
          ? await together(query)
          : await prom.instant({ tenant, query: query.tree, timeMs: atMs, signal })
      return valuesOf(answer.value)
    },
    async range(query, grid) {
      const value =
        query.language === 'logql'
          ? (await overLogs(query.text, grid)).value
          : (await prom.range({ tenant, query: query.tree, ...grid, signal })).value
      return seriesOf(value, grid)
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

type AnswerValue = PromAnswer['value'] | MetricResult['value']

function valuesOf(answer: AnswerValue): RuleValue[] {
  const values = ruleValues(answer)
  if (values === undefined) throw new GirokError('bad_request', 'a rule needs a vector or a scalar')
  return values
}

function seriesOf(answer: AnswerValue, grid: RuleGrid): RuleSeries[] {
  if (answer.kind === 'scalar') return [{ labels: new Map(), ...points(answer.values, undefined, grid) }]
  if (answer.kind !== 'vector') throw new GirokError('bad_request', 'a rule needs a vector or a scalar')
  return answer.series.map(
    ({ labels, values, present }: { labels: Labels; values: Float64Array; present: Uint8Array }) => ({
      labels,
      ...points(values, present, grid),
    }),
  )
}

/** The steps at which there is a value. */
function points(values: Float64Array, present: Uint8Array | undefined, { startMs, stepMs }: RuleGrid) {
  const found = { times: [] as number[], values: [] as number[] }
  for (const [step, value] of values.entries()) {
    if (present !== undefined && present[step] === 0) continue
    found.times.push(startMs + step * stepMs)
    found.values.push(value)
  }
  return found
}
