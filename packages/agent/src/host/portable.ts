import { cpus, freemem, hostname, loadavg, machine, release, totalmem, type, uptime, version } from 'node:os'
import { family } from '../model/readings.ts'
import { defineCollector } from './collector.ts'
import { LOADS } from './loadavg.ts'
import { BOOT_TIME } from './stat.ts'
import { UNAME } from './uname.ts'

const SECONDS = family('counter', 'node_cpu_seconds_total', 'Seconds each processor spent in each mode.', [
  'cpu',
  'mode',
])
const TOTAL = family('gauge', 'node_memory_total_bytes', 'Memory of the machine.')
const FREE = family('gauge', 'node_memory_free_bytes', 'Memory that is free.')

/** What Node tells of every system; for those that have no /proc. */
export const portable = defineCollector({
  name: 'portable',
  summary: 'Processors, memory, load and boot time on systems other than Linux',
  open: () => (readings) => {
    for (const [i, { times }] of cpus().entries()) {
      const modes = { user: times.user, nice: times.nice, system: times.sys, idle: times.idle, irq: times.irq }
      for (const [mode, ms] of Object.entries(modes)) readings.set(SECONDS, ms / 1000, [String(i), mode])
    }
    readings.set(TOTAL, totalmem())
    readings.set(FREE, freemem())
    for (const [i, value] of loadavg().entries()) readings.set(LOADS[i as 0 | 1 | 2], value)
    readings.set(BOOT_TIME, Math.round(Date.now() / 1000 - uptime()))
    readings.set(UNAME, 1, [type(), release(), version(), machine(), hostname(), ''])
  },
})
