import type { Dashboard } from '../../model/dashboard.ts'
import { atEnd, goodBelow, jobOfRecords, logql, panelsOf, promql, valuesOfMetric } from './layout.ts'

const JOBS = 'job=~"$job"'
const ROUTES = `${JOBS}, endpoint=~"$endpoint"`
const RATE = '[$__rate_interval]'
const ANSWERS = '{job="$log_job"} |= "duration_ms" | json route="route", duration_ms="duration_ms" | route=~"$endpoint"'
const OF_ROUTE = '{job="$log_job"} | json | route="{{route}}"'

/** An HTTP API, by the metrics of the SDK's ApiMonitor and the records of its middleware. */
export const api: Dashboard = {
  title: 'API',
  description: 'Requests, errors and durations of an HTTP API.',
  tags: ['web'],
  time: { from: 'now-15m', to: 'now' },
  refresh: '30s',
  variables: [
    valuesOfMetric('job', 'Job', 'api_requests_total'),
    valuesOfMetric('endpoint', 'Endpoint', 'api_requests_total{job=~"$job"}'),
    jobOfRecords('fastapi'),
  ],
  panels: panelsOf([
    {
      height: 4,
      panels: [
        {
          title: 'Requests per second',
          kind: 'value',
          unit: 'perSecond',
          queries: [promql(`sum(rate(api_requests_total{${ROUTES}}${RATE}))`)],
        },
        {
          title: 'Server errors',
          description: 'Part of all requests that was answered with 5xx.',
          kind: 'value',
          unit: 'ratio',
          thresholds: goodBelow(0.01, 0.1),
          queries: [
            promql(
              `(sum(rate(api_requests_total{${ROUTES}, status=~"5.."}${RATE})) or vector(0)) / sum(rate(api_requests_total{${ROUTES}}${RATE}))`,
            ),
          ],
          logs: '{job="$log_job"} | json | status_code >= 500',
        },
        {
          title: 'p95 duration',
          kind: 'value',
          unit: 'seconds',
          thresholds: goodBelow(2),
          queries: [
            promql(`histogram_quantile(0.95, sum by (le) (rate(api_request_duration_seconds_bucket{${JOBS}}${RATE})))`),
          ],
        },
        { title: 'Connections', kind: 'value', queries: [promql(`sum(active_connections{${JOBS}})`)] },
        {
          title: 'Cache hits',
          kind: 'gauge',
          unit: 'percent',
          min: 0,
          max: 100,
          queries: [promql(`avg(cache_hit_rate{${JOBS}})`)],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Requests per second by endpoint',
          kind: 'stacked',
          unit: 'perSecond',
          queries: [promql(`sum by (endpoint) (rate(api_requests_total{${ROUTES}}${RATE}))`, '{{endpoint}}')],
          logs: '{job="$log_job"} | json | route="{{endpoint}}"',
        },
        {
          title: 'Requests per second by status',
          kind: 'stacked',
          unit: 'perSecond',
          queries: [promql(`sum by (status) (rate(api_requests_total{${ROUTES}}${RATE}))`, '{{status}}')],
          logs: '{job="$log_job"} | json | status_code="{{status}}"',
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Duration',
          kind: 'line',
          unit: 'seconds',
          min: 0,
          queries: [
            promql(
              `histogram_quantile(0.5, sum by (le) (rate(api_request_duration_seconds_bucket{${JOBS}}${RATE})))`,
              'p50',
            ),
            promql(
              `histogram_quantile(0.95, sum by (le) (rate(api_request_duration_seconds_bucket{${JOBS}}${RATE})))`,
              'p95',
            ),
            promql(
              `histogram_quantile(0.99, sum by (le) (rate(api_request_duration_seconds_bucket{${JOBS}}${RATE})))`,
              'p99',
            ),
            promql(
              `sum(rate(api_request_duration_seconds_sum{${JOBS}}${RATE})) / sum(rate(api_request_duration_seconds_count{${JOBS}}${RATE}))`,
              'mean',
            ),
          ],
          logs: '{job="$log_job"} | json | duration_ms > 1000',
        },
        {
          title: 'p95 duration by route, from the log',
          description: 'Of the field duration_ms of the records of requests; the histogram has no label for the route.',
          kind: 'line',
          unit: 'milliseconds',
          min: 0,
          queries: [logql(`quantile_over_time(0.95, ${ANSWERS} | unwrap duration_ms ${RATE}) by (route)`, '{{route}}')],
          logs: OF_ROUTE,
        },
      ],
    },
    {
      height: 7,
      panels: [
        {
          title: 'Errors per second by type',
          kind: 'bar',
          unit: 'perSecond',
          queries: [
            promql(
              `sum by (error_type) (rate(api_errors_total{${JOBS}}${RATE})) or on () label_replace(vector(0), "error_type", "none", "", "")`,
              '{{error_type}}',
            ),
          ],
          logs: '{job="$log_job"} |= "{{error_type}}"',
        },
        {
          title: 'Connections',
          kind: 'line',
          min: 0,
          queries: [promql(`sum by (instance) (active_connections{${JOBS}})`, '{{instance}}')],
        },
        {
          title: 'Answers by status and endpoint',
          description: 'Within the range.',
          kind: 'table',
          unit: 'none',
          decimals: 0,
          queries: [
            atEnd(
              promql(
                `sort_desc(sum by (endpoint, method, status) (increase(api_requests_total{${ROUTES}}[$__range])))`,
              ),
            ),
          ],
          transformations: [
            {
              kind: 'organize',
              exclude: ['Time'],
              order: ['method', 'endpoint', 'status', 'Value'],
              rename: { Value: 'requests' },
            },
            { kind: 'sortBy', field: 'requests', descending: true },
          ],
        },
      ],
    },
    {
      height: 9,
      panels: [
        {
          title: 'Failed requests',
          kind: 'logs',
          queries: [logql('{job="$log_job"} | json | status_code >= 400')],
        },
      ],
    },
  ]),
}
