import { labelsKey } from '../../../eval/labels.ts'
import { compileMatcher } from '../../../eval/matcher.ts'
import type { Labels } from '../../../eval/types.ts'
import type { PromExpr, VectorSelector } from '../../ast.ts'
import { resolveDurations } from '../../duration/resolve.ts'
import { evaluatePromQL } from '../evaluate.ts'
import { selectorReads } from '../reads.ts'
import { markStale } from '../stale.ts'
import type { PromGrid, PromOptions, PromResult, SampleSeries } from '../types.ts'
import type { ScriptPoint } from './script.ts'

export const TEST_OPTIONS: PromOptions = {
  lookbackMs: 300_000,
  defaultStepMs: 60_000,
  maxSamples: 10_000,
  delayedNameRemoval: true,
}

interface Stored {
  readonly labels: Labels
  readonly samples: Map<number, number | 'stale'>
}

/** Samples in memory, to evaluate queries over. */
export class MemoryStore {
  private readonly stored = new Map<string, Stored>()
  private columns: SampleSeries[] | undefined

  add(labels: Labels, stepMs: number, points: readonly ScriptPoint[]): void {
    const key = labelsKey(labels)
    let series = this.stored.get(key)
    if (series === undefined) {
      series = { labels, samples: new Map() }
      this.stored.set(key, series)
    }
    for (const [i, point] of points.entries()) if (point !== undefined) series.samples.set(i * stepMs, point)
    this.columns = undefined
  }

  /** Evaluates over exactly the samples that the selectors ask for, so that a window beyond them would be seen. */
  evaluate(expr: PromExpr, grid: PromGrid, options: PromOptions): PromResult {
    const rangeMs = grid.count === 1 ? 0 : (grid.count - 1) * grid.stepMs
    const resolved = resolveDurations(expr, { stepMs: grid.count === 1 ? 0 : grid.stepMs, rangeMs })
    const data = new Map<VectorSelector, readonly SampleSeries[]>()
    for (const { selector, startMs, endMs } of selectorReads(resolved, grid, options)) {
      data.set(selector, this.select(selector, startMs, endMs))
    }
    return evaluatePromQL(resolved, grid, options, data)
  }

  private select(selector: VectorSelector, startMs: number, endMs: number): SampleSeries[] {
    const tests = selector.matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }))
    this.columns ??= [...this.stored.values()].map(columnsOf)
    return this.columns
      .filter(({ labels }) => tests.every(({ name, test }) => test(labels.get(name) ?? '')))
      .map(({ labels, times, values }) => {
        const from = times.findIndex((time) => time > startMs)
        const after = times.findIndex((time) => time > endMs)
        const to = after < 0 ? times.length : after
        if (from < 0 || from >= to) return { labels, times: new Float64Array(0), values: new Float64Array(0) }
        return { labels, times: times.subarray(from, to), values: values.subarray(from, to) }
      })
      .filter(({ times }) => times.length > 0)
  }
}

function columnsOf({ labels, samples }: Stored): SampleSeries {
  const sorted = [...samples].sort(([a], [b]) => a - b)
  const values = Float64Array.from(sorted, ([, value]) => (value === 'stale' ? 0 : value))
  for (const [i, [, value]] of sorted.entries()) if (value === 'stale') markStale(values, i)
  return { labels, times: Float64Array.from(sorted, ([time]) => time), values }
}
