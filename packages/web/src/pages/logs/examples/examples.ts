import type { MessageKey } from '../../../shell/i18n.ts'

export type ExampleGroup = 'training' | 'inference' | 'gpu' | 'errors'

/** A query to start from, and what it answers. */
export interface Example {
  readonly query: string
  readonly title: MessageKey
  readonly group: ExampleGroup
}

export const exampleGroups: readonly ExampleGroup[] = ['training', 'inference', 'gpu', 'errors']

/** Queries for lines as `@girok/sdk` and the loggers of machine learning write them: JSON, with `job` as a label. */
export const examples: readonly Example[] = [
  {
    group: 'training',
    title: 'example.trainingSteps',
    query: '{job="training"} | json | line_format "Step {{.step}}: Loss {{.loss}}"',
  },
  { group: 'training', title: 'example.lowLoss', query: '{job="training"} | json | loss < 0.1' },
  { group: 'training', title: 'example.epoch', query: '{job="training"} | json | epoch="1"' },
  { group: 'training', title: 'example.trainingErrors', query: '{job="training"} | json | level="ERROR"' },
  {
    group: 'training',
    title: 'example.lossTrend',
    query: 'avg_over_time({job="training"} | json | unwrap loss [1m]) by (job)',
  },
  { group: 'inference', title: 'example.slowRequests', query: '{job="inference"} | json | latency_ms > 1000' },
  { group: 'inference', title: 'example.oneRequest', query: '{job="inference"} | json | request_id="req_abc123"' },
  { group: 'inference', title: 'example.throughput', query: 'sum(rate({job="inference"}[1m]))' },
  {
    group: 'inference',
    title: 'example.latencyMean',
    query: 'avg_over_time({job="inference"} | json | unwrap latency_ms [5m]) by (job)',
  },
  {
    group: 'inference',
    title: 'example.latencyP95',
    query: 'quantile_over_time(0.95, {job="inference"} | json | unwrap latency_ms [5m]) by (job)',
  },
  {
    group: 'inference',
    title: 'example.latencyAlert',
    query: 'avg_over_time({job="inference"} | json | unwrap latency_ms [5m]) by (job) > 1000',
  },
  {
    group: 'gpu',
    title: 'example.gpuMemory',
    query: '{job="system"} | json | line_format "GPU {{.gpu_id}}: {{.gpu_memory_percent}}%"',
  },
  { group: 'gpu', title: 'example.gpuHot', query: '{job="system"} | json | temperature > 70' },
  { group: 'gpu', title: 'example.oneGpu', query: '{job="system"} | json | gpu_id="0"' },
  {
    group: 'gpu',
    title: 'example.gpuUse',
    query: 'avg_over_time({job="system"} | json | unwrap gpu_utilization [1m]) by (gpu_id)',
  },
  {
    group: 'gpu',
    title: 'example.gpuAlert',
    query: 'max_over_time({job="system"} | json | unwrap gpu_memory_percent [1m]) by (gpu_id) > 90',
  },
  { group: 'errors', title: 'example.serviceErrors', query: '{service="mlops"} | json | level="ERROR"' },
  { group: 'errors', title: 'example.outOfMemory', query: '{service=~".+"} | json | level="ERROR" |= "out of memory"' },
]
