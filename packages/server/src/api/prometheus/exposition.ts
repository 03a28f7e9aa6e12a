import { METRIC_NAME } from '../../model/sample-batch.ts'
import type { LastSample } from './last-samples.ts'
import { expositionText } from './number-text.ts'

const LEGACY_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** The type of an answer in this form. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Samples as an exposition with times, for a Prometheus that federates
 * (https://prometheus.io/docs/prometheus/latest/federation/): metrics by name, of type untyped, and `instance=""` where a
 * series has none, so that the reader's `honor_labels` does not make up one. Series without a name are left out.
 */
export function* exposition(samples: readonly LastSample[]): Generator<string> {
  const rows = samples
    .map(({ labels, timeMs, value }) => ({
      name: labels.get(METRIC_NAME) ?? '',
      text: seriesText(labels),
      end: ` ${expositionText(value)} ${timeMs}\n`,
    }))
    .filter(({ name }) => name !== '')
    .sort((a, b) => (a.name === b.name ? (a.text < b.text ? -1 : 1) : a.name < b.name ? -1 : 1))
  let last: string | undefined
  for (const { name, text, end } of rows) {
    yield `${name === last ? '' : `# TYPE ${metricText(name)} untyped\n`}${text}${end}`
    last = name
  }
}

/** `name{a="b"}`, and `{"a name",a="b"}` where the name has other than the usual characters. */
function seriesText(labels: ReadonlyMap<string, string>): string {
  const name = labels.get(METRIC_NAME) ?? ''
  const isUsual = LEGACY_METRIC.test(name)
  const pairs = [...labels].filter(([label]) => label !== METRIC_NAME)
  if (!labels.has('instance')) pairs.push(['instance', ''])
  const parts = pairs.map(([label, value]) => `${LEGACY_LABEL.test(label) ? label : quoted(label)}=${quoted(value)}`)
  return isUsual ? `${name}{${parts.join(',')}}` : `{${[quoted(name), ...parts].join(',')}}`
}

function metricText(name: string): string {
  return LEGACY_METRIC.test(name) ? name : quoted(name)
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }

function quoted(text: string): string {
  return `"${text.replace(/[\\"\n]/g, (char) => ESCAPES[char] as string)}"`
}
