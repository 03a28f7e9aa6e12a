import { labelsKey } from '../eval/labels.ts'
import type { Labels } from '../eval/types.ts'
import type { MetricDefinition, MetricSink, MetricWriter } from './metric.ts'

/** One series as it stands. */
export interface MetricSeries {
  readonly labels: Labels
  /** Sum of all values for histograms. */
  readonly value: number
  /** Histograms: values at most as large as each bound of `buckets`, without those below; the last counts the rest. */
  readonly counts: readonly number[]
}

export interface MetricFamily {
  readonly definition: MetricDefinition
  readonly series: readonly MetricSeries[]
}

/** A number of a series as it is written and shipped: `x_bucket`, `x_sum` and `x_count` are samples of their own. */
export interface MetricSample {
  readonly name: string
  /** Without the name; with `le` for buckets. */
  readonly labels: Labels
  readonly value: number
}

interface Cell {
  readonly labels: Labels
  value: number
  readonly counts: number[]
  lastMs: number
}

interface Family {
  readonly definition: MetricDefinition
  readonly cells: Map<string, Cell>
  readonly writer: MetricWriter
}

const MOST_SERIES = 10_000

/** Metrics made of lines, in memory: the same for all sources of a program. */
export class MetricTable implements MetricSink {
  private readonly families = new Map<string, Family>()
  private readonly now: () => number
  private readonly mostSeries: number
  private size = 0

  /** `now` in milliseconds since the epoch. */
  constructor(now: () => number, mostSeries: number = MOST_SERIES) {
    this.now = now
    this.mostSeries = mostSeries
  }

  metric(definition: MetricDefinition): MetricWriter | undefined {
    const known = this.families.get(definition.name)
    if (known !== undefined) {
      const { kind, buckets } = known.definition
      return kind === definition.kind && buckets.join() === definition.buckets.join() ? known.writer : undefined
    }
    const cells = new Map<string, Cell>()
    const writer: MetricWriter = {
      add: (labels, value) => this.change(definition, cells, labels, (cell) => add(definition, cell, value)),
      set: (labels, value) =>
        this.change(definition, cells, labels, (cell) => {
          cell.value = value
        }),
    }
    this.families.set(definition.name, { definition, cells, writer })
    return writer
  }

  /** All metrics that have series; those that were idle for too long are forgotten. */
  read(): readonly MetricFamily[] {
    this.forgetIdle()
    const found: MetricFamily[] = []
    for (const { definition, cells } of this.families.values()) {
      if (cells.size === 0) continue
      const series = [...cells.values()].map(({ labels, value, counts }) => ({ labels, value, counts: [...counts] }))
      found.push({ definition, series })
    }
    return found
  }

  private change(
    definition: MetricDefinition,
    cells: Map<string, Cell>,
    labels: Labels,
    apply: (cell: Cell) => void,
  ): boolean {
    const key = labelsKey(labels)
    let cell = cells.get(key)
    if (cell === undefined) {
      if (this.size >= this.mostSeries) this.forgetIdle()
      if (this.size >= this.mostSeries) return false
      this.size++
      const bounds = definition.kind === 'histogram' ? definition.buckets.length + 1 : 0
      cell = { labels, value: 0, counts: new Array<number>(bounds).fill(0), lastMs: 0 }
      cells.set(key, cell)
    }
    cell.lastMs = this.now()
    apply(cell)
    return true
  }

  private forgetIdle(): void {
    const nowMs = this.now()
    for (const { definition, cells } of this.families.values()) {
      for (const [key, cell] of cells) {
        if (nowMs - cell.lastMs <= definition.maxIdleMs) continue
        cells.delete(key)
        this.size--
      }
    }
  }
}

function add({ kind, buckets }: MetricDefinition, cell: Cell, value: number): void {
  cell.value += value
  if (kind !== 'histogram') return
  const at = buckets.findIndex((bound) => value <= bound)
  const index = at < 0 ? buckets.length : at
  cell.counts[index] = (cell.counts[index] as number) + 1
}

/** The samples of a family, as Prometheus writes them: buckets count all values up to their bound. */
export function metricSamples({ definition, series }: MetricFamily): readonly MetricSample[] {
  const { name, kind, buckets } = definition
  if (kind !== 'histogram') return series.map(({ labels, value }) => ({ name, labels, value }))
  return series.flatMap(({ labels, value, counts }) => {
    let total = 0
    const samples = counts.map((count, index): MetricSample => {
      total += count
      const bound = buckets[index]
      const le = bound === undefined ? '+Inf' : String(bound)
      return { name: `${name}_bucket`, labels: new Map([...labels, ['le', le]]), value: total }
    })
    return [...samples, { name: `${name}_sum`, labels, value }, { name: `${name}_count`, labels, value: total }]
  })
}
