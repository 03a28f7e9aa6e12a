import type { Dashboard } from '../../model/dashboard.ts'
import { goodBelow, jobOfRecords, logql, panelsOf, promql, valuesOfMetric } from './layout.ts'

const MODELS = 'model=~"$model"'
const SERVED = 'model_name=~"$model"'
const RATE = '[$__rate_interval]'
const RESPONSES = '{job="$log_job"} |= "inference_response"'
const BY_MODEL = `sum by (le, model) (rate(ai_inference_duration_seconds_bucket{${MODELS}}${RATE}))`
const FAILURES = '{job="$log_job"} |= "inference_failure" | json | model_name="{{model}}"'

/** Answers of language models: as the API measures them, as vLLM tells them, and as the SDK's InferenceLogger writes them. */
export const inference: Dashboard = {
  title: 'Inference',
  description: 'Requests per second, latency, tokens and queues by model.',
  tags: ['ml'],
  time: { from: 'now-15m', to: 'now' },
  refresh: '30s',
  variables: [valuesOfMetric('model', 'Model', 'ai_inference_duration_seconds_count'), jobOfRecords('inference')],
  panels: panelsOf([
    {
      height: 4,
      panels: [
        {
          title: 'Requests per second',
          kind: 'value',
          unit: 'perSecond',
          queries: [promql(`sum(rate(ai_inference_duration_seconds_count{${MODELS}}${RATE}))`)],
        },
        {
          title: 'Mean latency',
          kind: 'value',
          unit: 'seconds',
          queries: [
            promql(
              `sum(rate(ai_inference_duration_seconds_sum{${MODELS}}${RATE})) / sum(rate(ai_inference_duration_seconds_count{${MODELS}}${RATE}))`,
            ),
          ],
        },
        {
          title: 'p95 latency',
          kind: 'value',
          unit: 'seconds',
          thresholds: goodBelow(2.5, 5),
          queries: [
            promql(
              `histogram_quantile(0.95, sum by (le) (rate(ai_inference_duration_seconds_bucket{${MODELS}}${RATE})))`,
            ),
          ],
        },
        {
          title: 'Tokens per second',
          kind: 'value',
          unit: 'perSecond',
          queries: [promql(`sum(rate(vllm:generation_tokens_total{${SERVED}}${RATE}))`)],
        },
        {
          title: 'Requests that wait',
          kind: 'value',
          queries: [promql(`sum(vllm:num_requests_waiting{${SERVED}})`)],
        },
        {
          title: 'Failures',
          description: 'Records of failed requests within the range.',
          kind: 'value',
          reduce: 'sum',
          queries: [logql('sum(count_over_time({job="$log_job"} |= "inference_failure" [$__interval])) or vector(0)')],
          logs: '{job="$log_job"} |= "inference_failure"',
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Requests per second by model',
          kind: 'stacked',
          unit: 'perSecond',
          queries: [
            promql(`sum by (model) (rate(ai_inference_duration_seconds_count{${MODELS}}${RATE}))`, '{{model}}'),
          ],
          logs: '{job="$log_job"} | json | model_name="{{model}}"',
        },
        {
          title: 'Tokens per second by model',
          kind: 'stacked',
          unit: 'perSecond',
          queries: [
            promql(`sum by (model_name) (rate(vllm:generation_tokens_total{${SERVED}}${RATE}))`, '{{model_name}}'),
          ],
          logs: '{job="$log_job"} |= "inference_response" | json | model_name="{{model_name}}"',
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Mean latency by model',
          kind: 'line',
          unit: 'seconds',
          min: 0,
          queries: [
            promql(
              `sum by (model) (rate(ai_inference_duration_seconds_sum{${MODELS}}${RATE})) / sum by (model) (rate(ai_inference_duration_seconds_count{${MODELS}}${RATE}))`,
              '{{model}}',
            ),
          ],
          logs: FAILURES,
        },
        {
          title: 'p95 latency by model',
          kind: 'line',
          unit: 'seconds',
          min: 0,
          queries: [promql(`histogram_quantile(0.95, ${BY_MODEL})`, '{{model}}')],
          logs: FAILURES,
        },
        {
          title: 'p99 latency by model',
          kind: 'line',
          unit: 'seconds',
          min: 0,
          queries: [promql(`histogram_quantile(0.99, ${BY_MODEL})`, '{{model}}')],
          logs: FAILURES,
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Requests that run and wait',
          kind: 'line',
          min: 0,
          queries: [
            promql(`sum by (model_name) (vllm:num_requests_running{${SERVED}})`, '{{model_name}} running'),
            promql(`sum by (model_name) (vllm:num_requests_waiting{${SERVED}})`, '{{model_name}} waiting'),
          ],
        },
        {
          title: 'KV cache in use',
          kind: 'line',
          unit: 'ratio',
          min: 0,
          max: 1,
          queries: [promql(`vllm:kv_cache_usage_perc{${SERVED}}`, '{{model_name}}')],
        },
        {
          title: 'Requests by duration',
          description: 'How many requests per second took at most so many seconds.',
          kind: 'heatmap',
          unit: 'perSecond',
          queries: [
            promql(
              `sum by (le) (rate(vllm:e2e_request_latency_seconds_bucket{${SERVED}, le!="+Inf"}${RATE}))`,
              '{{le}}',
            ),
          ],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'p95 latency by model, from the log',
          description: 'Of the field latency_ms of the records; works without any metric.',
          kind: 'line',
          unit: 'milliseconds',
          min: 0,
          queries: [
            logql(
              `quantile_over_time(0.95, ${RESPONSES} | json latency_ms="latency_ms", model_name="model_name" | model_name=~"$model" | unwrap latency_ms ${RATE}) by (model_name)`,
              '{{model_name}}',
            ),
          ],
          logs: '{job="$log_job"} |= "inference_response" | json | model_name="{{model_name}}" | latency_ms > 2000',
        },
        {
          title: 'Tokens per second of a request, from the log',
          kind: 'line',
          unit: 'perSecond',
          min: 0,
          queries: [
            logql(
              `avg_over_time(${RESPONSES} | json tokens_per_second="tokens_per_second", model_name="model_name" | model_name=~"$model" | unwrap tokens_per_second ${RATE}) by (model_name)`,
              '{{model_name}}',
            ),
          ],
        },
      ],
    },
    {
      height: 9,
      panels: [
        {
          title: 'Requests and failures',
          kind: 'logs',
          queries: [logql('{job="$log_job"} | json | model_name=~"$model"')],
        },
      ],
    },
  ]),
}
