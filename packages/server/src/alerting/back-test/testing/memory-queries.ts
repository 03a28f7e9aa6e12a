import type { LogRow, MetricValue } from '@girok/query'
import { evaluatePromQL, type PromOptions, type PromValue, resolveDurations, selectorReads } from '@girok/query/promql'
import { labelSet } from '../../../model/labels.ts'
import { MemoryLines } from '../../rule-tests/memory-lines.ts'
import { MemorySeries } from '../../rule-tests/memory-series.ts'
import type { RuleQuery } from '../../rules/rule.ts'
import type { RuleQueries } from '../../rules/rule-answer.ts'
import { ruleSeries, ruleValues } from '../../rules/rule-samples.ts'

const OPTIONS: PromOptions = {
  lookbackMs: 300_000,
  defaultStepMs: 60_000,
  maxSamples: 50_000_000,
  delayedNameRemoval: true,
}

/** What rules are evaluated over in tests: samples and lines in memory, through the reference evaluators. */
export interface MemoryData {
  readonly series?: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly samples: readonly (readonly [timeMs: number, value: number | undefined])[]
  }[]
  readonly rows?: readonly LogRow[]
}

/** Answers queries over data in memory. `asked` counts what was asked for. */
export function memoryQueries({
  series = [],
  rows = [],
}: MemoryData): RuleQueries & { readonly asked: { range: number; instant: number } } {
  const samples = new MemorySeries()
  const lines = new MemoryLines(rows)
  for (const one of series) {
    const labels = labelSet(new Map(Object.entries(one.labels)))
    for (const [timeMs, value] of one.samples) samples.add(labels, timeMs, value)
  }
  const asked = { range: 0, instant: 0 }

  function evaluated(query: RuleQuery, startMs: number, stepMs: number, count: number): MetricValue | PromValue {
    if (query.language === 'logql') {
      const grid = { startNs: BigInt(startMs) * 1_000_000n, stepNs: BigInt(stepMs) * 1_000_000n, count }
      return lines.metric(query.tree, grid)
    }
    const endMs = startMs + (count - 1) * stepMs
    const grid = { startMs, stepMs, count, endMs }
    const tree = resolveDurations(
      query.tree,
      count === 1 ? { stepMs: 0, rangeMs: 0 } : { stepMs, rangeMs: endMs - startMs },
    )
    const data = new Map(selectorReads(tree, grid, OPTIONS).map((read) => [read.selector, samples.read(read)] as const))
    return evaluatePromQL(tree, grid, OPTIONS, data).value
  }

  return {
    asked,
    async instant(query, timeMs) {
      asked.instant++
      return ruleValues(evaluated(query, timeMs, 1, 1)) ?? []
    },
    async range(query, grid) {
      const { startMs, endMs, stepMs } = grid
      asked.range++
      return ruleSeries(evaluated(query, startMs, stepMs, Math.floor((endMs - startMs) / stepMs) + 1), grid) ?? []
    },
  }
}
