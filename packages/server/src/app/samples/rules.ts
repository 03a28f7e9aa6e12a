import type { RuleFileSource } from '../../alerting/rules/rule-files.ts'

/** What the file of sample rules is called where files are listed. */
const NAME = 'samples'

/**
 * Alerting rules over the sample workloads, so that a first start has alerts to look at: now and then one is pending or
 * fires. They are there while the samples run.
 */
export const sampleRules: readonly RuleFileSource[] = [
  {
    language: 'promql',
    folder: '',
    patterns: [],
    texts: [
      {
        path: `${NAME}: metrics`,
        text: `groups:
  - name: sample API
    interval: 30s
    rules:
      - alert: HighResponseTime
        expr: |
          histogram_quantile(0.95, sum by (le) (rate(api_request_duration_seconds_bucket{girok_sample="true"}[5m]))) > 2
        for: 1m
        labels: {severity: warning}
        annotations:
          summary: High API response time
          description: The 95th percentile of response times is {{ $value | humanizeDuration }}.
      - alert: HighErrorRate
        expr: |
          sum(rate(api_errors_total{girok_sample="true"}[5m])) / sum(rate(api_requests_total{girok_sample="true"}[5m])) > 0.1
        for: 1m
        labels: {severity: critical}
        annotations:
          summary: High error rate
          description: '{{ $value | humanizePercentage }} of requests fail.'
  - name: sample GPUs
    interval: 30s
    rules:
      - alert: GPUHot
        expr: max by (instance, gpu_id) (gpu_temperature_celsius{girok_sample="true"}) > 80
        for: 2m
        labels: {severity: warning}
        annotations:
          summary: GPU {{ $labels.gpu_id }} of {{ $labels.instance }} is at {{ $value }} °C
`,
      },
    ],
  },
  {
    language: 'logql',
    folder: '',
    patterns: [],
    texts: [
      {
        path: `${NAME}: logs`,
        text: `groups:
  - name: sample logs
    interval: 30s
    rules:
      - alert: SlowInference
        expr: |
          avg_over_time({girok_sample="true", job="inference"} | json | unwrap latency_ms [5m]) by (job) > 1000
        labels: {severity: warning}
        annotations:
          summary: Average inference latency is above 1000ms
      - alert: ErrorsInLogs
        expr: |
          sum by (job) (count_over_time({girok_sample="true"} | json | level="ERROR" [5m])) > 20
        labels: {severity: info}
        annotations:
          summary: '{{ $value }} errors of {{ $labels.job }} within five minutes'
`,
      },
    ],
  },
]
