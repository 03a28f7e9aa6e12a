import type { MetricDescription, MetricType, Sample } from './sink.ts'
import type { Labels } from './source.ts'

/** A metric family that this agent measures itself. */
export interface Family extends MetricDescription {
  /** Labels of its series besides `__name__` and those of the input; values are given in this order. */
  readonly labelNames: readonly string[]
}

export function family(type: MetricType, metric: string, help: string, labelNames: readonly string[] = []): Family {
  return { metric, type, help, unit: '', labelNames }
}

interface Series {
  readonly labels: Labels
  round: number
}

/**
 * Gathers what was measured together. Label maps last as long as their series, and a series that the next round does not
 * have is ended by a stale marker: a disk that was taken out does not stand in graphs for minutes with its last value.
 */
export class Readings {
  readonly #fixed: Labels
  readonly #series = new Map<string, Series>()
  readonly #described = new Set<string>()
  #values: [series: Series, value: number][] = []
  #descriptions: MetricDescription[] = []
  #round = 0

  /** @param fixed labels of all series, such as `job` and `instance` */
  constructor(fixed: Labels) {
    this.#fixed = fixed
  }

  /** Takes one value of this round; of a series that is given twice the last counts. Values that are no number are none. */
  set(of: Family, value: number | undefined, labelValues: readonly string[] = []): void {
    if (value === undefined || Number.isNaN(value)) return
    const key = labelValues.length === 0 ? of.metric : `${of.metric}\0${labelValues.join('\0')}`
    let series = this.#series.get(key)
    if (series === undefined) {
      series = { labels: this.#labelsOf(of, labelValues), round: -1 }
      this.#series.set(key, series)
    }
    if (series.round === this.#round) this.#values = this.#values.filter(([other]) => other !== series)
    series.round = this.#round
    this.#values.push([series, value])
    if (this.#described.has(of.metric)) return
    this.#described.add(of.metric)
    const { metric, type, help, unit } = of
    this.#descriptions.push({ metric, type, help, unit })
  }

  /** Ends the round: its samples, stale markers of series it did not have, and descriptions that were not given before. */
  finish(timeMs: number): { readonly samples: readonly Sample[]; readonly descriptions: readonly MetricDescription[] } {
    const samples: Sample[] = this.#values.map(([{ labels }, value]) => ({ labels, value, timeMs }))
    for (const [key, series] of this.#series) {
      if (series.round === this.#round) continue
      samples.push({ labels: series.labels, value: 0, timeMs, stale: true })
      this.#series.delete(key)
    }
    const descriptions = this.#descriptions
    this.#values = []
    this.#descriptions = []
    this.#round++
    return { samples, descriptions }
  }

  #labelsOf(of: Family, values: readonly string[]): Labels {
    const labels = new Map(this.#fixed)
    for (const [i, name] of of.labelNames.entries()) {
      // An empty label is no label.
      if (values[i]) labels.set(name, values[i])
    }
    return labels.set('__name__', of.metric)
  }
}
