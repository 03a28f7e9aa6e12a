import type { Dashboard } from '../../model/dashboard.ts'
import { atEnd, fullness, goodBelow, jobOfRecords, logql, panelsOf, promql, valuesOfMetric } from './layout.ts'

const CARDS = 'instance=~"$instance"'
const CARD = '{{instance}} {{gpu_id}}'
const READINGS = '{job="$log_job"} |= "gpu_metrics" | json | gpu_id="{{gpu_id}}"'

/** GPUs of many hosts, by the names of the agent's input `gpu`. */
export const gpu: Dashboard = {
  title: 'GPU fleet',
  description: 'Utilisation, memory, temperature and power of all GPUs.',
  tags: ['ml', 'hosts'],
  time: { from: 'now-15m', to: 'now' },
  refresh: '30s',
  variables: [valuesOfMetric('instance', 'Host', 'gpu_utilization_percent'), jobOfRecords('system')],
  panels: panelsOf([
    {
      height: 4,
      panels: [
        { title: 'GPUs', kind: 'value', queries: [promql(`count(gpu_utilization_percent{${CARDS}})`)] },
        {
          title: 'Utilisation',
          kind: 'gauge',
          unit: 'percent',
          min: 0,
          max: 100,
          queries: [promql(`avg(gpu_utilization_percent{${CARDS}})`)],
        },
        fullness(
          'Memory in use',
          `sum(gpu_memory_used_bytes{${CARDS}}) / sum(gpu_memory_total_bytes{${CARDS}})`,
          0.9,
          0.97,
        ),
        {
          title: 'Hottest',
          kind: 'value',
          unit: 'celsius',
          thresholds: goodBelow(80, 90),
          queries: [promql(`max(gpu_temperature_celsius{${CARDS}})`)],
        },
        {
          title: 'Power',
          kind: 'value',
          unit: 'watts',
          queries: [promql(`sum(gpu_power_watts{${CARDS}})`)],
        },
      ],
    },
    {
      height: 9,
      panels: [
        {
          title: 'Utilisation by GPU',
          kind: 'heatmap',
          unit: 'percent',
          min: 0,
          max: 100,
          queries: [promql(`gpu_utilization_percent{${CARDS}}`, CARD)],
          logs: READINGS,
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Memory in use by GPU',
          kind: 'line',
          unit: 'percent',
          min: 0,
          max: 100,
          queries: [promql(`gpu_memory_used_percent{${CARDS}}`, CARD)],
          logs: READINGS,
        },
        {
          title: 'Temperature by GPU',
          kind: 'line',
          unit: 'celsius',
          thresholds: [{ value: 85, colour: 'warn' }],
          queries: [promql(`gpu_temperature_celsius{${CARDS}}`, CARD)],
          logs: READINGS,
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Power by host',
          kind: 'stacked',
          unit: 'watts',
          queries: [promql(`sum by (instance) (gpu_power_watts{${CARDS}})`, '{{instance}}')],
        },
        {
          title: 'Utilisation by GPU, from the log',
          description: 'Of the records that the SDK and the agent write; works without any metric.',
          kind: 'line',
          unit: 'percent',
          min: 0,
          max: 100,
          queries: [
            logql(
              'avg_over_time({job="$log_job"} |= "gpu_metrics" | json gpu_id="gpu_id", gpu_utilization="gpu_utilization" | unwrap gpu_utilization [$__rate_interval]) by (gpu_id)',
              'GPU {{gpu_id}}',
            ),
          ],
          logs: READINGS,
        },
      ],
    },
    {
      height: 9,
      panels: [
        {
          title: 'GPUs now',
          kind: 'table',
          unit: 'none',
          decimals: 1,
          queries: [
            atEnd(promql(`max by (instance, gpu_id, gpu_name) (gpu_utilization_percent{${CARDS}})`)),
            atEnd(promql(`max by (instance, gpu_id, gpu_name) (gpu_memory_used_percent{${CARDS}})`)),
            atEnd(promql(`max by (instance, gpu_id, gpu_name) (gpu_temperature_celsius{${CARDS}})`)),
            atEnd(promql(`max by (instance, gpu_id, gpu_name) (gpu_power_watts{${CARDS}})`)),
          ],
          transformations: [
            { kind: 'merge' },
            {
              kind: 'organize',
              exclude: ['Time'],
              order: ['instance', 'gpu_id', 'gpu_name', 'Value #A', 'Value #B', 'Value #C', 'Value #D'],
              rename: {
                'Value #A': 'utilisation %',
                'Value #B': 'memory %',
                'Value #C': 'temperature °C',
                'Value #D': 'power W',
              },
            },
            { kind: 'sortBy', field: 'utilisation %', descending: true },
          ],
        },
      ],
    },
  ]),
}
