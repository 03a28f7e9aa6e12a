import { isUtf8 } from 'node:buffer'
import { labelSet, labelsText } from '../../model/labels.ts'
import { METRIC_NAME, makeSeries, type SampleSeries } from '../../model/sample-batch.ts'
import type { RefusalReason } from '../batch/refusals.ts'
import { abbreviate } from '../batch/stream-directory.ts'
import type { IngestLimits } from '../limits.ts'

/** What became of a label set: a series, or the reason why its samples cannot be stored. */
export type SeriesOutcome =
  | { readonly series: SampleSeries; readonly refused?: undefined }
  | { readonly series?: undefined; readonly refused: { readonly reason: RefusalReason; readonly text: string } }

/** A label as it came; bytes may not be UTF-8. */
export type RawLabel = readonly [name: Buffer, value: Buffer]

/**
 * Makes the series of these labels, or says which rule or limit they break. The rules are those of Prometheus 3: names
 * and values are any UTF-8, names are not empty and given once, the name of the metric is among them. Empty values are
 * labels that are not there.
 */
export function resolveSeries(tenant: string, raw: readonly RawLabel[], limits: IngestLimits): SeriesOutcome {
  // A label alone does not tell where it comes from.
  const ofSeries = () => {
    const metric = raw.find(([name]) => name.toString() === METRIC_NAME)?.[1].toString()
    return metric === undefined ? ' of a series without __name__' : ` of ${JSON.stringify(abbreviate(metric))}`
  }
  const names = new Set<string>()
  const pairs: [string, string][] = []
  for (const [nameBytes, valueBytes] of raw) {
    const name = nameBytes.toString()
    const value = valueBytes.toString()
    pairs.push([name, value])
    if (name === '' || !isUtf8(nameBytes)) {
      return refuse(
        'invalid_labels',
        `invalid metric name or labels: label name ${JSON.stringify(abbreviate(name))}${ofSeries()}`,
      )
    }
    if (!isUtf8(valueBytes)) {
      return refuse(
        'invalid_labels',
        `invalid metric name or labels: the value of label ${JSON.stringify(abbreviate(name))}${ofSeries()} is not UTF-8`,
      )
    }
    if (names.has(name)) {
      return refuse(
        'duplicate_label_names',
        `label name ${JSON.stringify(abbreviate(name))}${ofSeries()} is given more than once`,
      )
    }
    names.add(name)
    const { maxLabelNameLength, maxLabelValueLength } = limits
    if (maxLabelNameLength > 0 && nameBytes.length > maxLabelNameLength) {
      return refuse(
        'label_name_too_long',
        `label name '${abbreviate(name)}'${ofSeries()} is longer than ${maxLabelNameLength} bytes (limits.maxLabelNameLength)`,
      )
    }
    if (maxLabelValueLength > 0 && valueBytes.length > maxLabelValueLength) {
      return refuse(
        'label_value_too_long',
        `label ${abbreviate(name)}${ofSeries()} has the value '${abbreviate(value)}', which is longer than ${maxLabelValueLength} bytes (limits.maxLabelValueLength)`,
      )
    }
  }
  const labels = labelSet(pairs)
  if (labels.get(METRIC_NAME) === undefined) {
    const text = `invalid metric name or labels: no label __name__ in ${abbreviate(labelsText(labels))}`
    return refuse(labels.size === 0 ? 'missing_labels' : 'invalid_labels', text)
  }
  if (limits.maxMetricLabels > 0 && labels.size - 1 > limits.maxMetricLabels) {
    return refuse(
      'max_label_names_per_series',
      `series '${abbreviate(labelsText(labels))}' has ${labels.size - 1} labels; limit ${limits.maxMetricLabels} (limits.maxMetricLabels)`,
    )
  }
  return { series: makeSeries(tenant, labels) }
}

function refuse(reason: RefusalReason, text: string): SeriesOutcome {
  return { refused: { reason, text } }
}
