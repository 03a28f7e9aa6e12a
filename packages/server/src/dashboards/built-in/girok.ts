import type { Dashboard } from '../../model/dashboard.ts'
import { goodBelow, logql, panelsOf, promql, valuesOfMetric } from './layout.ts'

const SERVERS = 'job="girok", instance=~"$instance"'
const RATE = '[$__rate_interval]'

const durations = (metric: string, by: string): readonly [string, string][] =>
  (['0.5', '0.95', '0.99'] as const).map((quantile) => [
    `histogram_quantile(${quantile}, sum by (le, ${by}) (rate(${metric}_bucket{${SERVERS}}${RATE})))`,
    `{{${by}}} p${Number(quantile) * 100}`,
  ])

/** Girok itself: the metrics that it stores of itself every 15 seconds, and its own log. */
export const girok: Dashboard = {
  title: 'Girok itself',
  description: 'What this server receives, answers, stores and needs.',
  tags: ['girok'],
  time: { from: 'now-15m', to: 'now' },
  refresh: '30s',
  variables: [valuesOfMetric('instance', 'Server', 'girok_uptime_seconds')],
  panels: panelsOf([
    {
      height: 4,
      panels: [
        {
          title: 'Received per second',
          description: 'Records and samples.',
          kind: 'value',
          unit: 'perSecond',
          queries: [promql(`sum(rate(girok_records_received_total{${SERVERS}}${RATE}))`)],
        },
        {
          title: 'Rejected per second',
          kind: 'value',
          unit: 'perSecond',
          thresholds: goodBelow(0.001),
          queries: [promql(`sum(rate(girok_records_rejected_total{${SERVERS}}${RATE})) or vector(0)`)],
        },
        {
          title: 'Store on disk',
          kind: 'value',
          unit: 'bytes',
          queries: [promql(`sum(girok_store_size_bytes{${SERVERS}})`)],
        },
        {
          title: 'Memory',
          kind: 'value',
          unit: 'bytes',
          queries: [promql(`sum(process_resident_memory_bytes{${SERVERS}})`)],
        },
        {
          title: 'CPU',
          description: 'Processors in use.',
          kind: 'value',
          unit: 'none',
          decimals: 2,
          queries: [promql(`sum(rate(process_cpu_seconds_total{${SERVERS}}${RATE}))`)],
        },
        {
          title: 'Uptime',
          kind: 'value',
          unit: 'seconds',
          queries: [promql(`min(girok_uptime_seconds{${SERVERS}})`)],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Received per second by receiver',
          kind: 'stacked',
          unit: 'perSecond',
          queries: [
            promql(`sum by (receiver) (rate(girok_records_received_total{${SERVERS}}${RATE}))`, '{{receiver}}'),
          ],
        },
        {
          title: 'Bytes per second by receiver',
          kind: 'stacked',
          unit: 'bytesPerSecond',
          queries: [promql(`sum by (receiver) (rate(girok_bytes_received_total{${SERVERS}}${RATE}))`, '{{receiver}}')],
        },
        {
          title: 'Rejected per second by reason',
          kind: 'bar',
          unit: 'perSecond',
          queries: [
            promql(
              `sum by (reason) (rate(girok_records_rejected_total{${SERVERS}}${RATE})) or on () label_replace(vector(0), "reason", "none", "", "")`,
              '{{reason}}',
            ),
          ],
          logs: '{service_name="girok"}',
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Queries per second by language',
          kind: 'stacked',
          unit: 'perSecond',
          queries: [
            promql(`sum by (language) (rate(girok_query_duration_seconds_count{${SERVERS}}${RATE}))`, '{{language}}'),
          ],
        },
        {
          title: 'Duration of queries',
          kind: 'line',
          unit: 'seconds',
          min: 0,
          queries: durations('girok_query_duration_seconds', 'language').map(([expr, legend]) => promql(expr, legend)),
        },
        {
          title: 'p95 duration of requests by route',
          kind: 'line',
          unit: 'seconds',
          min: 0,
          queries: durations('girok_http_request_duration_seconds', 'route')
            .slice(1, 2)
            .map(([expr]) => promql(expr, '{{route}}')),
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Requests per second by route',
          kind: 'stacked',
          unit: 'perSecond',
          queries: [
            promql(`sum by (route) (rate(girok_http_request_duration_seconds_count{${SERVERS}}${RATE}))`, '{{route}}'),
          ],
        },
        {
          title: 'Size of the store',
          kind: 'line',
          unit: 'bytes',
          min: 0,
          queries: [promql(`girok_store_size_bytes{${SERVERS}}`, '{{instance}}')],
        },
        {
          title: 'Parts, streams and series',
          kind: 'line',
          min: 0,
          queries: [
            promql(`sum(girok_store_parts{${SERVERS}})`, 'parts of records'),
            promql(`sum(girok_store_streams{${SERVERS}})`, 'streams'),
            promql(`sum(girok_store_series{${SERVERS}})`, 'series'),
          ],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Memory',
          kind: 'line',
          unit: 'bytes',
          min: 0,
          queries: [
            promql(`process_resident_memory_bytes{${SERVERS}}`, '{{instance}} resident'),
            promql(`nodejs_heap_size_used_bytes{${SERVERS}}`, '{{instance}} heap'),
            promql(`nodejs_external_memory_bytes{${SERVERS}}`, '{{instance}} external'),
          ],
        },
        {
          title: 'CPU',
          description: 'Processors in use.',
          kind: 'stacked',
          unit: 'none',
          queries: [
            promql(`sum(rate(process_cpu_user_seconds_total{${SERVERS}}${RATE}))`, 'user'),
            promql(`sum(rate(process_cpu_system_seconds_total{${SERVERS}}${RATE}))`, 'system'),
          ],
        },
        {
          title: 'Event loop lag',
          kind: 'line',
          unit: 'seconds',
          min: 0,
          queries: [
            promql(`nodejs_eventloop_lag_p50_seconds{${SERVERS}}`, '{{instance}} p50'),
            promql(`nodejs_eventloop_lag_p99_seconds{${SERVERS}}`, '{{instance}} p99'),
          ],
        },
        {
          title: 'Garbage collection',
          description: 'Part of the time.',
          kind: 'stacked',
          unit: 'ratio',
          queries: [promql(`sum by (kind) (rate(nodejs_gc_duration_seconds_sum{${SERVERS}}${RATE}))`, '{{kind}}')],
        },
      ],
    },
    {
      height: 6,
      panels: [
        {
          title: 'Lines of the log by level',
          kind: 'stacked',
          queries: [
            logql(
              'sum by (detected_level) (count_over_time({service_name="girok"}[$__interval]))',
              '{{detected_level}}',
            ),
          ],
          logs: '{service_name="girok"} | detected_level="{{detected_level}}"',
        },
        { title: 'Log', kind: 'logs', width: 16, queries: [logql('{service_name="girok"}')] },
      ],
    },
  ]),
}
