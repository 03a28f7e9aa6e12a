import type { MetricValue } from '@girok/query'
import type { PromValue } from '@girok/query/promql'
import { type LabelSet, labelSet, labelsText } from '../../model/labels.ts'
import {
  bitsOf,
  METRIC_NAME,
  makeSeries,
  type SampleBatch,
  type SampleSeries,
  setStaleMarker,
} from '../../model/sample-batch.ts'
import type { RecordingRule } from './rule.ts'
import type { RangeValues, RuleGrid, RuleValue } from './rule-value.ts'

export type { RuleValue } from './rule-value.ts'

/** The values of an instant answer of either language; undefined when it is neither a vector nor a scalar. */
export function ruleValues(answer: MetricValue | PromValue): RuleValue[] | undefined {
  if (answer.kind === 'scalar') return [{ labels: new Map(), value: answer.values[0] as number }]
  if (answer.kind !== 'vector') return undefined
  return answer.series.map(({ labels, values }) => ({ labels, value: values[0] as number }))
}

/** The series of a range answer of either language; undefined when it is neither of vectors nor of scalars. */
export function ruleSeries(answer: MetricValue | PromValue, grid: RuleGrid): RangeValues[] | undefined {
  if (answer.kind === 'scalar') return [{ labels: new Map(), ...pointsOf(answer.values, undefined, grid) }]
  if (answer.kind !== 'vector') return undefined
  return answer.series.map(({ labels, values, present }) => ({ labels, ...pointsOf(values, present, grid) }))
}

function pointsOf(column: Float64Array, present: Uint8Array | undefined, { startMs, stepMs }: RuleGrid) {
  const times: number[] = []
  const values: number[] = []
  for (const [step, value] of column.entries()) {
    if (present?.[step] === 0) continue
    times.push(startMs + step * stepMs)
    values.push(value)
  }
  return { times, values }
}

/** A value on its way to the store; undefined is the marker that the series has ended. */
export interface RuleSample {
  readonly labels: LabelSet
  /** Canonical text of the labels, by which series are told apart. */
  readonly key: string
  readonly value: number | undefined
}

/** A fault of a rule's answer, to be told as the rule's last error. */
export class RuleFault extends Error {
  override readonly name = 'RuleFault'
}

/**
 * The series that a recording rule writes: the answer's labels without the metric's name, then the group's labels and the
 * rule's own over them (an empty value takes a label away), under the rule's name. Throws `RuleFault` when two are the
 * same or there are more than `limit` (0: any number).
 */
export function recorded(
  rule: RecordingRule,
  groupLabels: ReadonlyMap<string, string>,
  limit: number,
  values: readonly RuleValue[],
): RuleSample[] {
  if (limit > 0 && values.length > limit) throw new RuleFault(`exceeded limit of ${limit} with ${values.length} series`)
  const keys = new Set<string>()
  return values.map(({ labels, value }) => {
    const set = labelSet(new Map([...labels, ...groupLabels, ...rule.labels, [METRIC_NAME, rule.name]]))
    const key = labelsText(set)
    if (keys.has(key)) throw new RuleFault('vector contains metrics with the same labelset after applying rule labels')
    keys.add(key)
    return { labels: set, key, value }
  })
}

/** Markers for series that the rule wrote at its last evaluation, and does not any more. */
export function ended(before: ReadonlyMap<string, LabelSet>, now: ReadonlyMap<string, LabelSet>): RuleSample[] {
  const gone: RuleSample[] = []
  for (const [key, labels] of before) if (!now.has(key)) gone.push({ labels, key, value: undefined })
  return gone
}

/** Remembers the series of rules, because making one hashes: rules write the same ones again and again. */
export class RuleSeries {
  #known = new Map<string, SampleSeries>()
  readonly #tenant: string

  constructor(tenant: string) {
    this.#tenant = tenant
  }

  /** The batch of samples at one time. */
  batch(samples: readonly RuleSample[], timeMs: number): SampleBatch {
    const count = samples.length
    const value = new Float64Array(count)
    const bits = bitsOf(value)
    const seriesList = samples.map((sample, i) => {
      if (sample.value === undefined) setStaleMarker(bits, i)
      else value[i] = sample.value
      return this.#series(sample)
    })
    return {
      tenant: this.#tenant,
      receiver: RULES_RECEIVER,
      count,
      seriesList,
      series: Uint32Array.from({ length: count }, (_, i) => i),
      timeMs: new Float64Array(count).fill(timeMs),
      value,
    }
  }

  #series({ key, labels }: RuleSample): SampleSeries {
    let series = this.#known.get(key)
    if (series === undefined) {
      // Series that come and go would fill the memory: forgetting them costs a hash each.
      if (this.#known.size >= MOST_KNOWN) this.#known = new Map()
      series = makeSeries(this.#tenant, labels)
      this.#known.set(key, series)
    }
    return series
  }
}

/** As the counters call what rules write. */
export const RULES_RECEIVER = 'rules'
const MOST_KNOWN = 100_000
