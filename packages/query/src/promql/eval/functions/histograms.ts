import { labelsKey } from '../../../eval/labels.ts'
import { hasPoints } from '../../../eval/vector/columns.ts'
import { float64Of } from '../../../text/quantity.ts'
import { formatGeneral } from '../annotations.ts'
import type { CallContext } from '../context.ts'
import { NAME_LABEL, withLabel, withoutLabels } from '../labels.ts'
import {
  type Evaluated,
  joinEqual,
  type PromColumn,
  type PromSeries,
  promColumn,
  renamed,
  vectorOf,
} from '../series.ts'
import { type Bucket, bucketFraction, bucketQuantile } from './buckets.ts'
import type { CallFunction } from './member.ts'

const BUCKET_LABEL = 'le'

interface ClassicHistogram {
  /** Without the bound, with the metric's name. */
  readonly labels: PromSeries['labels']
  readonly buckets: { readonly bound: number; readonly series: PromSeries }[]
}

/** The classic histograms among the series of an argument; a series without a bound that is a number is told of. */
function histogramsOf(call: CallContext, at: number): ClassicHistogram[] {
  const histograms = new Map<string, ClassicHistogram>()
  for (const series of call.vector(at)) {
    const text = series.labels.get(BUCKET_LABEL) ?? ''
    const bound = float64Of(text)
    if (bound === undefined) {
      const metric = series.labels.get(NAME_LABEL) ?? ''
      call.shared.annotations.badBucketLabel(metric, text, call.argument(at))
      continue
    }
    const labels = withoutLabels(series.labels, [BUCKET_LABEL])
    const key = labelsKey(labels)
    const known = histograms.get(key)
    if (known === undefined) histograms.set(key, { labels, buckets: [{ bound, series }] })
    else known.buckets.push({ bound, series })
  }
  return [...histograms.values()]
}

/** One series of each histogram, with a point at each step that any of its buckets has one at. */
function ofEachHistogram(
  call: CallContext,
  histograms: readonly ClassicHistogram[],
  quantityOf: (buckets: readonly Bucket[], k: number, metric: string) => number,
): PromColumn[] {
  const found: PromColumn[] = []
  for (const { labels, buckets } of histograms) {
    const named = renamed(labels, call.delayed)
    const out = promColumn(named.labels, call.count, named.dropName)
    const metric = call.delayed ? (labels.get(NAME_LABEL) ?? '') : ''
    for (let k = 0; k < call.count; k++) {
      const here: Bucket[] = []
      for (const { bound, series } of buckets) {
        if (series.present[k] === 1) here.push({ bound, count: series.values[k] as number })
      }
      if (here.length === 0) continue
      out.values[k] = quantityOf(here, k, metric)
      out.present[k] = 1
    }
    if (hasPoints(out)) found.push(out)
  }
  return found
}

function quantilesOf(
  call: CallContext,
  histograms: readonly ClassicHistogram[],
  quantiles: Float64Array,
  at: { readonly vector: number; readonly quantile: number },
): PromColumn[] {
  const { annotations } = call.shared
  const warned = new Set<number>()
  for (const q of quantiles) {
    if ((q >= 0 && q <= 1) || warned.has(q)) continue
    warned.add(q)
    annotations.invalidQuantile(q, call.argument(at.quantile))
  }
  return ofEachHistogram(call, histograms, (buckets, k, metric) => {
    const { value, fix } = bucketQuantile(quantiles[k] as number, buckets)
    if (fix !== undefined) annotations.forcedMonotonicity(metric, call.argument(at.vector), call.timeAt(k), fix)
    return value
  })
}

/** A quantile as OpenMetrics writes label values of numbers: whole ones with `.0`. */
function formatQuantile(q: number): string {
  const text = formatGeneral(q)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** What asks for native histograms finds none among float samples. */
function ofNativeHistograms(name: string): CallFunction {
  return {
    name,
    evaluate(call): Evaluated {
      call.vector(0)
      return vectorOf([])
    },
  }
}

export const HISTOGRAM_FUNCTIONS: readonly CallFunction[] = [
  {
    name: 'histogram_quantile',
    evaluate(call) {
      const quantiles = call.scalar(0)
      const found = quantilesOf(call, histogramsOf(call, 1), quantiles, { vector: 1, quantile: 0 })
      return vectorOf(joinEqual(found))
    },
  },
  {
    name: 'histogram_quantiles',
    evaluate(call) {
      const histograms = histogramsOf(call, 0)
      const label = call.text(1)
      const found: PromSeries[] = []
      for (let i = 2; i < call.call.args.length; i++) {
        const quantiles = call.scalar(i)
        for (const one of quantilesOf(call, histograms, quantiles, { vector: 0, quantile: i })) {
          found.push(...labelledByQuantile(one, label, quantiles))
        }
      }
      return vectorOf(joinEqual(found))
    },
  },
  {
    name: 'histogram_fraction',
    evaluate(call) {
      const [lower, upper] = [call.scalar(0), call.scalar(1)]
      const found = ofEachHistogram(call, histogramsOf(call, 2), (buckets, k) =>
        bucketFraction(lower[k] as number, upper[k] as number, buckets),
      )
      return vectorOf(joinEqual(found))
    },
  },
  ...['histogram_avg', 'histogram_count', 'histogram_sum', 'histogram_stddev', 'histogram_stdvar'].map(
    ofNativeHistograms,
  ),
]

/** A series for each value that the quantile takes on over the steps. */
function labelledByQuantile(series: PromColumn, label: string, quantiles: Float64Array): PromSeries[] {
  const byText = new Map<string, PromColumn>()
  for (let k = 0; k < quantiles.length; k++) {
    if (series.present[k] !== 1) continue
    const text = formatQuantile(quantiles[k] as number)
    let out = byText.get(text)
    if (out === undefined) {
      out = promColumn(withLabel(series.labels, label, text), quantiles.length, series.dropName)
      byText.set(text, out)
    }
    out.values[k] = series.values[k] as number
    out.present[k] = 1
  }
  return [...byText.values()]
}
