import { around, metersOf, type Random, type Stage } from './workload.ts'

const CARDS = 4
const MEMORY_MIB = 31_744
const MIB = 2 ** 20
const NAME = 'Tesla V100-SXM2-32GB'
/** The card that stands where the air is warm. */
const HOT = 3

/** One look at a card, as nvidia-smi tells it and the SDK's GPUMonitor logs it. */
export interface CardReading {
  readonly gpu_id: number
  readonly gpu_memory_used: number
  readonly gpu_memory_total: number
  readonly gpu_memory_percent: number
  readonly gpu_utilization: number
  readonly temperature: number
  readonly power_watts: number
  readonly gpu_name: string
}

/** Cards that are not there. Each reading is near the one before: load wanders, heat and power follow it. */
export function createCards(
  host: string,
  { random, meters }: Pick<Stage, 'random' | 'meters'>,
): { read(): CardReading[] } {
  const measure = cardMeters(host, { meters })
  const loads = Array.from({ length: CARDS }, () => around(random, 65, 20, 1))
  return {
    read() {
      const readings = loads.map((load, gpu_id) => {
        const next = wander(random, load)
        loads[gpu_id] = next
        const percent = around(random, 55 + gpu_id * 10, 2, 1)
        return {
          gpu_id,
          gpu_memory_used: Math.round((MEMORY_MIB * percent) / 100),
          gpu_memory_total: MEMORY_MIB,
          gpu_memory_percent: percent,
          gpu_utilization: next,
          temperature: Math.round(around(random, (gpu_id === HOT ? 62 : 48) + next / 4, 1, 0)),
          power_watts: around(random, 60 + next * 2.6, 6, 1),
          gpu_name: NAME,
        }
      })
      measure(readings)
      return readings
    },
  }
}

function wander(random: Random, load: number): number {
  // Now and then a job ends and another begins.
  const next = random() < 0.02 ? 5 + random() * 90 : load + around(random, 0, 6, 1)
  return Number(Math.min(100, Math.max(2, next)).toFixed(1))
}

/** By the names of the agent's input `gpu`. */
function cardMeters(host: string, stage: Pick<Stage, 'meters'>): (readings: readonly CardReading[]) => void {
  const meters = metersOf(stage, { job: 'gpu', instance: host })
  const used = meters.gauge('gpu_memory_used_bytes', 'Memory of the card that is taken')
  const total = meters.gauge('gpu_memory_total_bytes', 'Memory of the card')
  const percent = meters.gauge('gpu_memory_used_percent', 'Part of the memory that is taken, 0 to 100')
  const utilization = meters.gauge('gpu_utilization_percent', 'Part of the time in which something ran, 0 to 100')
  const temperature = meters.gauge('gpu_temperature_celsius', 'Temperature of the chip')
  const power = meters.gauge('gpu_power_watts', 'Power that the card draws')
  return (readings) => {
    for (const reading of readings) {
      const { gpu_id, gpu_name } = reading
      const labels = { gpu_id: String(gpu_id), gpu_uuid: `GPU-${host}-${gpu_id}`, gpu_name }
      used.set(labels, reading.gpu_memory_used * MIB)
      total.set(labels, reading.gpu_memory_total * MIB)
      percent.set(labels, reading.gpu_memory_percent)
      utilization.set(labels, reading.gpu_utilization)
      temperature.set(labels, reading.temperature)
      power.set(labels, reading.power_watts)
    }
  }
}
