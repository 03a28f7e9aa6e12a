/** `text`: Prometheus' text format 0.0.4 and 1.0; `openmetrics`: OpenMetrics 0.0.1 and 1.0. */
export type ExpositionFormat = 'text' | 'openmetrics'

/** Protocols of `scrape_protocols` in Prometheus' words, with what asks a target for them. */
export const SCRAPE_PROTOCOLS: ReadonlyMap<string, { readonly format: ExpositionFormat; readonly type: string }> =
  new Map([
    [
      'OpenMetricsText1.0.0',
      { format: 'openmetrics', type: 'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8' },
    ],
    ['OpenMetricsText0.0.1', { format: 'openmetrics', type: 'application/openmetrics-text;version=0.0.1' }],
    ['PrometheusText1.0.0', { format: 'text', type: 'text/plain;version=1.0.0;escaping=allow-utf-8' }],
    ['PrometheusText0.0.4', { format: 'text', type: 'text/plain;version=0.0.4' }],
  ])

export const DEFAULT_PROTOCOLS: readonly string[] = [...SCRAPE_PROTOCOLS.keys()]

/** The header `Accept` that asks for these protocols, the first one first. */
export function acceptHeader(protocols: readonly string[]): string {
  const types = protocols.flatMap((name) => SCRAPE_PROTOCOLS.get(name)?.type ?? [])
  const weighted = types.map((type, index) => `${type};q=0.${types.length + 1 - index}`)
  return [...weighted, '*/*;q=0.1'].join(',')
}

/**
 * In which format a body is, by its `Content-Type`. Targets that name none, or another text, are taken for the text
 * format, as Prometheus 2 did, unless `fallback` says otherwise.
 * @throws Error when it is protobuf, which nobody asked for
 */
export function formatOf(contentType: string | undefined, fallback: ExpositionFormat = 'text'): ExpositionFormat {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/openmetrics-text') return 'openmetrics'
  if (type === 'text/plain') return 'text'
  if (type === 'application/vnd.google.protobuf') {
    throw new Error('the target answered with protobuf, though text was asked for; let it answer with text')
  }
  return fallback
}
