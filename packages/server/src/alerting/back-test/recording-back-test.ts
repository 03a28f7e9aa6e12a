import { GirokError } from '../../model/errors.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { RecordingRule } from '../rules/rule.ts'
import type { RuleQueries } from '../rules/rule-answer.ts'
import { RuleFault, type RuleSample, recorded } from '../rules/rule-samples.ts'
import { type DrawnSeries, drawnTimes, MOST_DRAWN, pointsAt } from './drawn-values.ts'
import { eachAnswer } from './each-answer.ts'
import { type FailedEvaluation, Failures } from './failures.ts'
import type { EvaluationTimes } from './piecewise-answers.ts'
import { type BackTestRequest, evaluationTimes } from './request.ts'

/** A series that a recording rule would have written. */
export interface RecordedSeries {
  readonly labels: LabelSet
  readonly samples: number
  /** Of its numbers, `NaN` left out; undefined without one. */
  readonly min: number | undefined
  readonly max: number | undefined
  readonly mean: number | undefined
  readonly last: number
}

export interface RecordingBackTestResult {
  readonly kind: 'recording'
  /** Of evaluation: samples stand `query_offset` before. */
  readonly times: EvaluationTimes
  /** Those with the most samples first, then in order of their labels. */
  readonly series: readonly RecordedSeries[]
  /** Of all series together. */
  readonly samples: number
  readonly failures: readonly FailedEvaluation[]
  /** The first of them, to draw. */
  readonly drawn: readonly DrawnSeries[]
}

/** Distinct series. */
const MOST_SERIES = 20_000
/** Series whose values are kept for a drawing until it is known which of them have the most samples. */
const MOST_REMEMBERED = 500

/**
 * What a recording rule would have written, had it been evaluated at these times. Rejects with `limit_exceeded` for too many
 * evaluations or series, with `bad_request` for a rule that fails again and again, and as `queries` do.
 */
export async function backTestRecording(
  request: BackTestRequest<RecordingRule>,
  queries: RuleQueries,
  signal?: AbortSignal,
): Promise<RecordingBackTestResult> {
  const { rule, group, startMs } = request
  const times = evaluationTimes(request)
  const failures = new Failures()
  const series = new RecordedSeriesBook(times)
  await eachAnswer(
    { rule, queryOffsetMs: group.queryOffsetMs },
    times,
    queries,
    ({ timeMs, answer }) => {
      if ('fault' in answer) return failures.add(timeMs, answer.fault)
      try {
        series.add(timeMs, recorded(rule, group.labels, group.limit, answer.values))
      } catch (error) {
        if (!(error instanceof RuleFault)) throw error
        failures.add(timeMs, error.message)
      }
    },
    signal,
  )
  return { kind: 'recording', times, ...series.result(), failures: failures.from(startMs) }
}

interface GrowingSeries {
  readonly key: string
  readonly labels: LabelSet
  /** By time; undefined for those that are not remembered. */
  readonly drawn: Map<number, number> | undefined
  samples: number
  numbers: number
  sum: number
  min: number
  max: number
  last: number
}

/** Adds up what is written. */
class RecordedSeriesBook {
  readonly #series = new Map<string, GrowingSeries>()
  readonly #drawnTimes: EvaluationTimes

  constructor(times: EvaluationTimes) {
    this.#drawnTimes = drawnTimes(times)
  }

  add(timeMs: number, samples: readonly RuleSample[]): void {
    const { startMs, intervalMs } = this.#drawnTimes
    const isDrawn = (timeMs - startMs) % intervalMs === 0
    for (const { key, labels, value = Number.NaN } of samples) {
      const one = this.#series.get(key) ?? this.#begun(key, labels)
      one.samples++
      one.last = value
      if (isDrawn) one.drawn?.set(timeMs, value)
      if (Number.isNaN(value)) continue
      one.numbers++
      one.sum += value
      one.min = Math.min(one.min, value)
      one.max = Math.max(one.max, value)
    }
  }

  #begun(key: string, labels: LabelSet): GrowingSeries {
    if (this.#series.size >= MOST_SERIES) {
      throw new GirokError(
        'limit_exceeded',
        `the rule gives more than ${MOST_SERIES.toLocaleString('en')} different series: aggregate by fewer labels`,
      )
    }
    const one: GrowingSeries = {
      key,
      labels,
      drawn: this.#series.size < MOST_REMEMBERED ? new Map() : undefined,
      samples: 0,
      numbers: 0,
      sum: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
      last: Number.NaN,
    }
    this.#series.set(key, one)
    return one
  }

  result(): Pick<RecordingBackTestResult, 'series' | 'samples' | 'drawn'> {
    const all = [...this.#series.values()].sort((a, b) => b.samples - a.samples || (a.key < b.key ? -1 : 1))
    return {
      series: all.map(({ labels, samples, numbers, sum, min, max, last }) => ({
        labels,
        samples,
        last,
        ...(numbers === 0 ? { min: undefined, max: undefined, mean: undefined } : { min, max, mean: sum / numbers }),
      })),
      samples: all.reduce((sum, one) => sum + one.samples, 0),
      drawn: all
        .flatMap(({ labels, drawn }) =>
          drawn === undefined ? [] : [{ labels, points: pointsAt(this.#drawnTimes, drawn) }],
        )
        .slice(0, MOST_DRAWN),
    }
  }
}
