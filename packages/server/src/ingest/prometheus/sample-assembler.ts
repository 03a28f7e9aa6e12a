import { END_OF_TIME_SECONDS } from '../../model/batch.ts'
import { GirokError } from '../../model/errors.ts'
import { labelsText } from '../../model/labels.ts'
import {
  bitsOf,
  type Exemplar,
  type MetricMetadata,
  type SampleBatch,
  type SampleSeries,
  setStaleMarker,
} from '../../model/sample-batch.ts'
import { Refusals } from '../batch/refusals.ts'
import { abbreviate } from '../batch/stream-directory.ts'
import { acceptedTimes, type IngestLimits } from '../limits.ts'
import { ActiveSeries } from './active-series.ts'
import { lastValuesCount } from './last-value.ts'
import type { KnownSeries } from './series-directory.ts'

/** More samples in one request are refused with 413: it bounds what a body of tiny samples makes of memory. */
const MAX_SAMPLES_PER_REQUEST = 1 << 21
const END_OF_TIME_MS = END_OF_TIME_SECONDS * 1000
const MAX_EXEMPLARS = 10_000
/** Characters of a description. */
const MAX_DESCRIPTION = 4096
/** Bytes that a sample counts for: time and value. */
const SAMPLE_BYTES = 16

export interface AssembledSamples {
  readonly batch: SampleBatch
  readonly refusals: Refusals
  readonly bytes: number
}

let batches = 0

/**
 * Builds a batch of samples series by series. A decoder calls `sample` or `sampleBits` for each sample and `endSeries`
 * once the labels are known, which may be after the samples.
 */
export class SampleAssembler {
  readonly refusals = new Refusals()
  /** Samples that were accepted so far. */
  count = 0
  readonly #tenant: string
  readonly #receiver: string
  readonly #active: ActiveSeries
  readonly #hour: number
  readonly #oldestMs: number
  readonly #newestMs: number
  readonly #number = ++batches
  readonly #list: SampleSeries[] = []
  readonly #exemplars: Exemplar[] = []
  readonly #metadata: MetricMetadata[] = []
  #series: Uint32Array
  #timeMs: Float64Array
  #value: Float64Array
  #bits: Uint32Array
  #start = 0
  /** Whether times of a series did not ascend. */
  #mayRepeat = false
  #waitingExemplars: Omit<Exemplar, 'series'>[] = []
  #tooOld = 0
  #tooNew = 0
  #outOfRange = 0
  #faulty = 0

  constructor(
    tenant: string,
    receiver: string,
    capacity: number,
    { limits, active, nowMs }: { readonly limits: IngestLimits; readonly active: ActiveSeries; readonly nowMs: number },
  ) {
    this.#tenant = tenant
    this.#receiver = receiver
    this.#active = active
    this.#hour = ActiveSeries.hourOf(nowMs)
    const { oldestMs, newestMs } = acceptedTimes(limits, nowMs)
    this.#oldestMs = oldestMs
    this.#newestMs = newestMs
    const size = Math.max(16, Math.min(MAX_SAMPLES_PER_REQUEST, Math.ceil(capacity)))
    this.#series = new Uint32Array(size)
    this.#timeMs = new Float64Array(size)
    this.#value = new Float64Array(size)
    this.#bits = bitsOf(this.#value)
  }

  /** Adds a sample to the open series; the value as its two halves, so that a NaN keeps its bits. */
  sampleBits(timeMs: number, low: number, high: number): void {
    const i = this.#place(timeMs)
    if (i < 0) return
    this.#bits[2 * i] = low
    this.#bits[2 * i + 1] = high
  }

  sample(timeMs: number, value: number): void {
    const i = this.#place(timeMs)
    if (i >= 0) this.#value[i] = value
  }

  staleMarker(timeMs: number): void {
    const i = this.#place(timeMs)
    if (i >= 0) setStaleMarker(this.#bits, i)
  }

  /** Adds an exemplar to the open series; those above 10,000 of a request, or of other times, are left out. */
  exemplar(exemplar: Omit<Exemplar, 'series'>): void {
    const { timeMs } = exemplar
    if (this.#exemplars.length + this.#waitingExemplars.length >= MAX_EXEMPLARS) return
    if (timeMs >= this.#oldestMs && timeMs <= this.#newestMs && timeMs < END_OF_TIME_MS) {
      this.#waitingExemplars.push(exemplar)
    }
  }

  /** Notes what a metric is; a longer help is cut, a longer name is none. */
  describe(metadata: MetricMetadata): void {
    const { metric, help } = metadata
    if (metric === '' || metric.length > MAX_DESCRIPTION) return
    this.#metadata.push({ ...metadata, help: help.slice(0, MAX_DESCRIPTION) })
  }

  /** Closes the open series: its samples belong to the series, or are refused with it. */
  endSeries(known: KnownSeries): void {
    const from = this.#start
    const { series, refused } = known.outcome
    if (refused !== undefined) {
      this.#refuse(refused.reason, () => refused.text)
      return
    }
    if (this.#faulty > 0) this.#explain(series)
    if (this.count === from && this.#waitingExemplars.length === 0) return
    if (known.activeHour !== this.#hour) {
      if (!this.#active.admit(this.#tenant, series.id, this.#hour)) {
        this.#refuse(
          'series_limit',
          () =>
            `too many series of tenant ${this.#tenant}: ${abbreviate(labelsText(series.labels))} would be one more than limits.maxSeriesPerTenant allows; use fewer distinct label values or raise it`,
        )
        return
      }
      known.activeHour = this.#hour
    }
    if (known.batch !== this.#number) {
      known.batch = this.#number
      known.index = this.#list.push(series) - 1
      known.lastMs = -1
    }
    const { index } = known
    let lastMs = known.lastMs
    for (let i = from; i < this.count; i++) {
      this.#series[i] = index
      const timeMs = this.#timeMs[i] as number
      if (timeMs <= lastMs) this.#mayRepeat = true
      lastMs = timeMs
    }
    known.lastMs = lastMs
    this.#start = this.count
    if (this.#waitingExemplars.length > 0) {
      for (const exemplar of this.#waitingExemplars) this.#exemplars.push({ ...exemplar, series: index })
      this.#waitingExemplars = []
    }
  }

  get exemplarCount(): number {
    return this.#exemplars.length
  }

  /** The batch; the assembler must not be used afterwards. */
  finish(): AssembledSamples {
    if (this.#mayRepeat) lastValuesCount(this.count, this.#series, this.#timeMs, this.#bits)
    const batch: SampleBatch = {
      tenant: this.#tenant,
      receiver: this.#receiver,
      count: this.count,
      seriesList: this.#list,
      series: this.#series,
      timeMs: this.#timeMs,
      value: this.#value,
      ...(this.#exemplars.length === 0 ? {} : { exemplars: this.#exemplars }),
      ...(this.#metadata.length === 0 ? {} : { metadata: this.#metadata }),
    }
    return { batch, refusals: this.refusals, bytes: this.count * SAMPLE_BYTES }
  }

  /** Where the sample goes; -1 when its time is not acceptable. */
  #place(timeMs: number): number {
    if (!(timeMs >= this.#oldestMs && timeMs <= this.#newestMs && timeMs < END_OF_TIME_MS)) {
      this.#faulty++
      if (!(timeMs >= 0 && timeMs < END_OF_TIME_MS)) this.#outOfRange++
      else if (timeMs < this.#oldestMs) this.#tooOld++
      else this.#tooNew++
      return -1
    }
    const i = this.count
    if (i === this.#timeMs.length) this.#grow()
    this.#timeMs[i] = timeMs
    this.count = i + 1
    return i
  }

  /** Refuses all of the open series. */
  #refuse(reason: Parameters<Refusals['add']>[0], text: () => string): void {
    this.refusals.add(reason, this.count - this.#start + this.#faulty, text)
    this.count = this.#start
    this.#waitingExemplars = []
    this.#clearFaulty()
  }

  #explain(series: SampleSeries): void {
    const shown = (): string => abbreviate(labelsText(series.labels))
    this.refusals.add('timestamp_out_of_range', this.#outOfRange, () => {
      return `series ${shown()} has a sample whose time is out of bounds: times are milliseconds from 1970 to 2106`
    })
    this.refusals.add('greater_than_max_sample_age', this.#tooOld, () => {
      return `out of bounds: series ${shown()} has a sample older than ${rfc3339(this.#oldestMs)} (limits.rejectOldSamplesMaxAgeMs)`
    })
    this.refusals.add('too_far_in_future', this.#tooNew, () => {
      return `out of bounds: series ${shown()} has a sample later than ${rfc3339(this.#newestMs)} (limits.creationGracePeriodMs)`
    })
    this.#clearFaulty()
  }

  #clearFaulty(): void {
    this.#faulty = 0
    this.#tooOld = 0
    this.#tooNew = 0
    this.#outOfRange = 0
  }

  #grow(): void {
    const size = Math.min(MAX_SAMPLES_PER_REQUEST, this.#timeMs.length * 2)
    if (size === this.#timeMs.length) {
      throw new GirokError(
        'body_too_large',
        `request has more than ${MAX_SAMPLES_PER_REQUEST} samples: send smaller ones`,
      )
    }
    const series = new Uint32Array(size)
    const timeMs = new Float64Array(size)
    const value = new Float64Array(size)
    series.set(this.#series)
    timeMs.set(this.#timeMs)
    // Of the same type: copied as bytes.
    value.set(this.#value)
    this.#series = series
    this.#timeMs = timeMs
    this.#value = value
    this.#bits = bitsOf(value)
  }
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString()
}
