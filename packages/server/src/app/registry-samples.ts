import { labelSet } from '../model/labels.ts'
import {
  bitsOf,
  METRIC_NAME,
  type MetricMetadata,
  makeSeries,
  type SampleBatch,
  type SampleSeries,
  setStaleMarker,
} from '../model/sample-batch.ts'
import type { LabelValues, MetricReading, Registry } from '../telemetry/registry.ts'

export interface RegistrySamplesOptions {
  readonly tenant: string
  /** As counters call it. */
  readonly receiver: string
  /** Labels of all series, such as `job` and `instance`; those of a metric win over them. */
  readonly labels: LabelValues
}

/** Turns what registries hold into samples as a scrape would. Series are made once and kept. */
export interface RegistrySamples {
  /** Takes everything that the registry holds, at this time. */
  read(registry: Registry, timeMs: number): void
  /** Ends all series that were ever read, as a scrape does whose target is gone. */
  end(timeMs: number): void
  /** What was read since the last call. */
  finish(): SampleBatch
}

export function createRegistrySamples({ tenant, receiver, labels: common }: RegistrySamplesOptions): RegistrySamples {
  const known = new Map<string, SampleSeries>()
  const described = new Set<string>()
  let batch = new Open()

  const seriesOf = ({ name, labels }: MetricReading): SampleSeries => {
    const key = keyOf(name, labels)
    let series = known.get(key)
    if (series === undefined) {
      series = makeSeries(tenant, labelSet(Object.entries({ ...common, ...labels, [METRIC_NAME]: name })))
      known.set(key, series)
    }
    return series
  }

  return {
    read(registry, timeMs) {
      for (const { name, help, type, readings } of registry.families()) {
        if (!described.has(name)) {
          described.add(name)
          batch.metadata.push({ metric: name, type, help, unit: unitOf(name) })
        }
        for (const reading of readings()) batch.add(seriesOf(reading), timeMs, reading.value)
      }
    },
    end(timeMs) {
      for (const series of known.values()) batch.end(series, timeMs)
    },
    finish() {
      const { places, series, times, values, metadata, stale } = batch
      batch = new Open()
      const value = Float64Array.from(values)
      const bits = bitsOf(value)
      for (const place of stale) setStaleMarker(bits, place)
      return {
        tenant,
        receiver,
        count: times.length,
        seriesList: [...places.keys()],
        series: Uint32Array.from(series),
        timeMs: Float64Array.from(times),
        value,
        metadata,
      }
    },
  }
}

/** Samples on their way into a batch. */
class Open {
  /** Series with their place in the batch. */
  readonly places = new Map<SampleSeries, number>()
  readonly series: number[] = []
  readonly times: number[] = []
  readonly values: number[] = []
  readonly metadata: MetricMetadata[] = []
  /** Places of samples that are stale markers. */
  readonly stale: number[] = []

  end(series: SampleSeries, timeMs: number): void {
    this.stale.push(this.values.length)
    this.add(series, timeMs, Number.NaN)
  }

  add(series: SampleSeries, timeMs: number, value: number): void {
    let place = this.places.get(series)
    if (place === undefined) {
      place = this.places.size
      this.places.set(series, place)
    }
    this.series.push(place)
    this.times.push(timeMs)
    this.values.push(value)
  }
}

function keyOf(name: string, labels: LabelValues): string {
  let key = name
  for (const label in labels) key += `\0${label}\0${labels[label]}`
  return key
}

/** By convention the unit ends the name, before `_total`. */
function unitOf(name: string): string {
  return /_(seconds|bytes|celsius|watts|hertz|percent)(?:_total)?$/.exec(name)?.[1] ?? ''
}
