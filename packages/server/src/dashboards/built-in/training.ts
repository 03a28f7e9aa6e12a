import type { Dashboard } from '../../model/dashboard.ts'
import { atEnd, jobOfRecords, logql, panelsOf, promql, valuesOfMetric } from './layout.ts'

const RUNS = 'run=~"$run"'
const STEPS = '{job="$log_job"} |= "training_step"'

/** Training runs beside one another: metrics of the job, and what the SDK's TrainingLogger writes. */
export const training: Dashboard = {
  title: 'Training runs',
  description: 'Loss, learning rate, throughput and GPU memory of training runs, several compared.',
  tags: ['ml'],
  time: { from: 'now-15m', to: 'now' },
  refresh: '30s',
  variables: [valuesOfMetric('run', 'Run', 'training_loss'), jobOfRecords('training')],
  panels: panelsOf([
    {
      height: 4,
      panels: [
        {
          title: 'Runs',
          kind: 'value',
          queries: [promql(`count(training_loss{${RUNS}})`)],
        },
        {
          title: 'Lowest loss now',
          kind: 'value',
          decimals: 4,
          queries: [promql(`min(training_loss{${RUNS}})`)],
        },
        {
          title: 'Best validation accuracy',
          kind: 'value',
          unit: 'ratio',
          queries: [promql(`max(training_validation_accuracy{${RUNS}})`)],
        },
        {
          title: 'Samples per second',
          kind: 'value',
          unit: 'perSecond',
          queries: [promql(`sum(rate(training_samples_total{${RUNS}}[$__rate_interval]))`)],
        },
        {
          title: 'Gradient overflows',
          description: 'Warnings in the log within the range.',
          kind: 'value',
          reduce: 'sum',
          queries: [logql('sum(count_over_time({job="$log_job"} |= "gradient_overflow" [$__interval])) or vector(0)')],
          logs: '{job="$log_job"} |= "gradient_overflow"',
        },
      ],
    },
    {
      height: 9,
      panels: [
        {
          title: 'Loss',
          kind: 'line',
          queries: [promql(`training_loss{${RUNS}}`, '{{run}}')],
          logs: '{job="$log_job"} |= "training_step" | json | run_id=~"{{run}}.*"',
        },
        {
          title: 'Validation loss',
          kind: 'line',
          queries: [promql(`training_validation_loss{${RUNS}}`, '{{run}}')],
          logs: '{job="$log_job"} |= "training_validation" | json | run_id=~"{{run}}.*"',
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Learning rate',
          kind: 'line',
          min: 0,
          queries: [promql(`training_learning_rate{${RUNS}}`, '{{run}}')],
        },
        {
          title: 'Samples per second',
          kind: 'line',
          unit: 'perSecond',
          min: 0,
          queries: [promql(`sum by (run) (rate(training_samples_total{${RUNS}}[$__rate_interval]))`, '{{run}}')],
        },
        {
          title: 'Epoch',
          kind: 'line',
          min: 0,
          queries: [promql(`training_epoch{${RUNS}}`, '{{run}}')],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'GPU memory of the runs',
          kind: 'line',
          unit: 'bytes',
          min: 0,
          queries: [promql(`training_gpu_memory_used_bytes{${RUNS}}`, '{{run}}')],
        },
        {
          title: 'Loss by run, from the log',
          description: 'Of the records that the SDK writes for each step; works without any metric.',
          kind: 'line',
          queries: [
            logql(
              `avg_over_time(${STEPS} | json loss="loss", run_id="run_id" | run_id=~"$run.*" | unwrap loss [$__rate_interval]) by (run_id)`,
              '{{run_id}}',
            ),
          ],
          logs: '{job="$log_job"} |= "training_step" | json | run_id="{{run_id}}"',
        },
      ],
    },
    {
      height: 7,
      panels: [
        {
          title: 'Runs now',
          kind: 'table',
          unit: 'none',
          queries: [
            atEnd(promql(`max by (run) (training_epoch{${RUNS}})`)),
            atEnd(promql(`max by (run) (training_loss{${RUNS}})`)),
            atEnd(promql(`max by (run) (training_validation_accuracy{${RUNS}})`)),
          ],
          transformations: [
            { kind: 'merge' },
            {
              kind: 'organize',
              exclude: ['Time'],
              order: ['run', 'Value #A', 'Value #B', 'Value #C'],
              rename: { 'Value #A': 'epoch', 'Value #B': 'loss', 'Value #C': 'validation accuracy' },
            },
          ],
        },
        {
          title: 'Epochs, validations and warnings',
          kind: 'logs',
          queries: [logql('{job="$log_job"} != "training_step"')],
        },
      ],
    },
  ]),
}
