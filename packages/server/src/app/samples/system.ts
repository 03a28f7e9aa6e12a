import { around, defineWorkload } from './workload.ts'

const GPUS = 4
const MEMORY_TOTAL_MIB = 31744

/** GPU readings, card after card; one card runs hot now and then. */
export const system = defineWorkload({
  name: 'system',
  labels: { job: 'system', service: 'mlops', service_name: 'gpu-monitor' },
  share: 3,
  open: (random) => {
    let reading = 0
    return (timestamp) => {
      const gpu = reading++ % GPUS
      const percent = around(random, 55 + gpu * 10, 8, 1)
      const temperature = Math.round(around(random, gpu === 3 ? 78 : 64, 8, 0))
      return JSON.stringify({
        timestamp,
        level: temperature > 83 ? 'WARNING' : 'INFO',
        message: 'gpu_metrics',
        gpu_id: gpu,
        gpu_memory_used: Math.round((MEMORY_TOTAL_MIB * percent) / 100),
        gpu_memory_total: MEMORY_TOTAL_MIB,
        gpu_memory_percent: percent,
        gpu_utilization: around(random, 72, 25, 1),
        temperature,
        power_watts: around(random, 270, 60, 1),
      })
    }
  },
})
