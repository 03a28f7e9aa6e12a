import { METRIC_NAME, type MetricType } from '../../model/sample-batch.ts'
import { LabelBlockWriter } from '../prometheus/label-block.ts'
import type { SampleAssembler } from '../prometheus/sample-assembler.ts'
import type { SeriesResolver } from '../prometheus/series-resolver.ts'
import { DELTA, type MetricSink, NO_RECORDED_VALUE, type OtlpMetric, type OtlpPoint } from './metrics-model.ts'
import { labelName, metricName, unitName } from './metrics-names.ts'
import { type AnyValue, valueText } from './value.ts'

const TYPES: Readonly<Record<OtlpMetric['kind'], MetricType>> = {
  gauge: 'gauge',
  sum: 'counter',
  histogram: 'histogram',
  exponential: 'histogram',
  summary: 'summary',
  none: 'unknown',
}
/** Resource attributes that become `job` and `instance`. */
const IDENTIFYING = new Set(['service.name', 'service.namespace', 'service.instance.id'])

/**
 * Turns OTLP metrics into samples of series, as Prometheus' own OTLP endpoint does by default: names with suffixes,
 * `job` and `instance` of the service, the rest of the resource in `target_info`, histograms and summaries as classic
 * series. Delta temporality and exponential histograms are refused, point by point.
 */
export class MetricsToSamples implements MetricSink {
  readonly #assembler: SampleAssembler
  readonly #resolver: SeriesResolver
  readonly #tenant: string
  readonly #nowMs: number
  readonly #block = new LabelBlockWriter()
  #identity: (readonly [string, string])[] = []
  #info: readonly (readonly [string, string])[] = []
  #newestMs = 0

  constructor(
    assembler: SampleAssembler,
    options: { readonly resolver: SeriesResolver; readonly tenant: string; readonly nowMs: number },
  ) {
    this.#assembler = assembler
    this.#resolver = options.resolver
    this.#tenant = options.tenant
    this.#nowMs = options.nowMs
  }

  startResource(attributes: readonly (readonly [string, AnyValue])[]): void {
    const texts = new Map(attributes.map(([name, value]) => [name, valueText(value)]))
    const service = texts.get('service.name') ?? ''
    const namespace = texts.get('service.namespace') ?? ''
    const job = namespace === '' || service === '' ? service : `${namespace}/${service}`
    const instance = texts.get('service.instance.id') ?? ''
    this.#identity = []
    if (job !== '') this.#identity.push(['job', job])
    if (instance !== '') this.#identity.push(['instance', instance])
    this.#info = labelsOf(attributes.filter(([name]) => !IDENTIFYING.has(name)))
    this.#newestMs = 0
  }

  metric(metric: OtlpMetric): void {
    const { kind, points } = metric
    const { refusals } = this.#assembler
    const shown = JSON.stringify(metric.name.slice(0, 200))
    if (kind === 'exponential') {
      refusals.add('native_histogram', points.length, () => {
        return `metric ${shown}: exponential histograms are not supported: use explicit bucket histograms`
      })
      return
    }
    if (metric.temporality === DELTA) {
      refusals.add('delta_temporality', points.length, () => {
        return `metric ${shown}: delta temporality is not supported: set the exporter's temporality preference to cumulative`
      })
      return
    }
    const name = metricName(metric)
    if (name === '' || kind === 'none') {
      refusals.add('malformed_metric', points.length, () => `metric ${shown} has no name or no known kind of data`)
      return
    }
    for (const point of points) this.#point(name, kind, point)
    this.#assembler.describe({
      metric: name,
      type: kind === 'sum' && !metric.isMonotonic ? 'gauge' : TYPES[kind],
      help: metric.description,
      unit: unitName(metric.unit),
    })
  }

  /** `target_info` tells what else is known of the resource, at the time of its newest point. */
  endResource(): void {
    if (this.#newestMs === 0 || this.#info.length === 0 || this.#identity.length === 0) return
    this.#sample('target_info', this.#info, [], this.#newestMs, 1, false)
  }

  #point(name: string, kind: OtlpMetric['kind'], point: OtlpPoint): void {
    const timeMs = point.timeMs === 0 ? this.#nowMs : point.timeMs
    const labels = labelsOf(point.attributes)
    const isStale = (point.flags & NO_RECORDED_VALUE) !== 0
    this.#newestMs = Math.max(this.#newestMs, timeMs)
    const add = (suffix: string, extra: readonly (readonly [string, string])[], value: number): void =>
      this.#sample(name + suffix, labels, extra, timeMs, value, isStale)
    if (kind === 'gauge' || kind === 'sum') {
      if (point.value === undefined && !isStale) this.#refuse(name, 'has a data point without a value')
      else add('', [], point.value ?? 0)
      return
    }
    if (kind === 'histogram') {
      const { bounds, bucketCounts } = point
      if (bucketCounts.length > 0 && bucketCounts.length !== bounds.length + 1) {
        this.#refuse(name, `has ${bucketCounts.length} buckets and ${bounds.length} bounds`)
        return
      }
      if (point.sum !== undefined || isStale) add('_sum', [], point.sum ?? 0)
      add('_count', [], point.count)
      let below = 0
      for (let i = 0; i < bounds.length; i++) {
        below += bucketCounts[i] ?? 0
        add('_bucket', [['le', plainNumber(bounds[i] as number)]], below)
      }
      add('_bucket', [['le', '+Inf']], point.count)
      return
    }
    add('_sum', [], point.sum ?? 0)
    add('_count', [], point.count)
    for (const [quantile, value] of point.quantiles) add('', [['quantile', plainNumber(quantile)]], value)
  }

  #refuse(name: string, what: string): void {
    this.#assembler.refusals.add('malformed_metric', 1, () => `metric ${name.slice(0, 200)} ${what}`)
  }

  #sample(
    name: string,
    labels: readonly (readonly [string, string])[],
    extra: readonly (readonly [string, string])[],
    timeMs: number,
    value: number,
    isStale: boolean,
  ): void {
    const block = this.#block
    block.start()
    block.addText(METRIC_NAME, name)
    // Later ones win: a point's attribute named job is not the job.
    const all = new Map([...labels, ...this.#identity, ...extra])
    for (const [label, text] of all) block.addText(label, text)
    if (isStale) this.#assembler.staleMarker(timeMs)
    else this.#assembler.sample(timeMs, value)
    this.#assembler.endSeries(this.#resolver.find(this.#tenant, block.bytes, 0, block.length))
  }
}

/** Labels of attributes, in order of the attributes' names; where names become equal, values are joined by `;`. */
function labelsOf(attributes: readonly (readonly [string, AnyValue])[]): (readonly [string, string])[] {
  const sorted = [...attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const labels = new Map<string, string>()
  for (const [attribute, value] of sorted) {
    const name = labelName(attribute)
    if (name === '' || name === METRIC_NAME) continue
    const before = labels.get(name)
    const text = valueText(value)
    labels.set(name, before === undefined ? text : `${before};${text}`)
  }
  return [...labels]
}

/** Shortest digits that give the number back, without an exponent; `+Inf`. */
function plainNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  const text = String(value)
  if (!text.includes('e')) return text
  const [digits = '', exponent = '0'] = text.split('e')
  const negative = digits.startsWith('-')
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.')
  const point = whole.length + Number(exponent)
  const all = whole + fraction
  const plain =
    point <= 0
      ? `0.${'0'.repeat(-point)}${all}`
      : point >= all.length
        ? all.padEnd(point, '0')
        : `${all.slice(0, point)}.${all.slice(point)}`
  return negative ? `-${plain}` : plain
}
