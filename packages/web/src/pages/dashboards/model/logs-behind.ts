import type { Panel, PanelQuery } from '@girok/server/contract'
import type { Labels } from '../../../api/entry.ts'
import { defaultQuery } from '../../../shell/default-query.ts'
import { logPart } from '../../logs/query/log-part.ts'
import { quote } from '../../logs/query/scan.ts'
import { interpolateQuery, type Scope } from './interpolate.ts'

/** What is known of the streams of records, to find those of a series of metrics. */
export interface KnownStreams {
  /** Labels that streams have. */
  readonly labels: ReadonlySet<string>
  /** Values of `service_name`. */
  readonly services: ReadonlySet<string>
}

/** Labels of metrics that say which service it is, most telling first. */
const serviceLabels = ['service_name', 'service', 'app', 'job']

/**
 * The LogQL query of the records behind a series: the template of the panel; the records that a LogQL query counted, narrowed
 * to the series; else the streams that have the labels of the series.
 */
export function logsBehind(
  panel: Panel,
  query: { readonly language: PanelQuery['language']; readonly expr: string } | undefined,
  labels: Labels,
  scope: Scope,
  streams: KnownStreams,
): string {
  if (panel.logs !== undefined && panel.logs !== '') return interpolateQuery(filledTemplate(panel.logs, labels), scope)
  if (query?.language === 'logql') {
    const part = logPart(query.expr)
    if (part !== undefined) return narrowed(part, labels)
  }
  const matchers = Object.entries(labels).filter(([name, value]) => streams.labels.has(name) && value !== '')
  if (matchers.length === 0) {
    const service = serviceLabels.map((name) => labels[name] ?? '').find((value) => streams.services.has(value))
    return service === undefined ? defaultQuery : `{service_name=${quote(service)}}`
  }
  return `{${matchers.map(([name, value]) => `${name}=${quote(value)}`).join(', ')}}`
}

/** `{{label}}` inside a string; quotes and backslashes of values are escaped as the string needs it. */
function filledTemplate(template: string, labels: Labels): string {
  return template.replace(/\{\{\s*([\w.:-]+)\s*\}\}/g, (_, name: string) =>
    JSON.stringify(labels[name] ?? '').slice(1, -1),
  )
}

/** Conditions behind the stages: they hold for labels of streams and for fields that the stages extract. */
function narrowed(part: string, labels: Labels): string {
  const conditions = Object.entries(labels).filter(([name]) => /^[A-Za-z_]\w*$/.test(name) && name !== '__name__')
  return conditions.reduce((query, [name, value]) => `${query} | ${name}=${quote(value)}`, part)
}
