import type { Snippet } from '../../components/snippet-tabs.tsx'

/** Ways to send metrics to this server, the shortest first. */
export function sendingSnippets(origin: string): readonly Snippet[] {
  return [
    {
      id: 'scrape',
      name: 'girok serve',
      place: 'prometheus.yml',
      text: `# girok serve --prometheus-config prometheus.yml
global:
  scrape_interval: 15s
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ['localhost:9100']
`,
    },
    {
      id: 'write',
      name: 'Prometheus',
      place: 'prometheus.yml',
      text: `remote_write:
  - url: ${origin}/api/v1/write
`,
    },
    {
      id: 'otlp',
      name: 'OpenTelemetry',
      place: 'OTLP',
      text: `OTEL_METRICS_EXPORTER=otlp
OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${origin}/v1/metrics
`,
    },
  ]
}
