import { readFileSync } from 'node:fs'
import { type Family, family } from '../model/readings.ts'
import { defineCollector, numberIn } from './collector.ts'

export const BOOT_TIME = family('gauge', 'node_boot_time_seconds', 'When the machine was started, seconds since 1970.')

/** By the first word of the line in /proc/stat. */
const FAMILIES: ReadonlyMap<string, Family> = new Map([
  ['intr', family('counter', 'node_intr_total', 'Interrupts that were served.')],
  ['ctxt', family('counter', 'node_context_switches_total', 'Switches from one task to another.')],
  ['processes', family('counter', 'node_forks_total', 'Processes and threads that were made.')],
  ['btime', BOOT_TIME],
  ['procs_running', family('gauge', 'node_procs_running', 'Tasks that run or could run.')],
  ['procs_blocked', family('gauge', 'node_procs_blocked', 'Tasks that wait for a disk.')],
])

export const stat = defineCollector({
  name: 'stat',
  summary: 'Boot time, context switches, forks, interrupts, running and blocked tasks',
  open:
    ({ proc }) =>
    (readings) => {
      for (const line of readFileSync(`${proc}/stat`, 'latin1').split('\n')) {
        const [name = '', value] = line.split(' ', 2)
        const found = FAMILIES.get(name)
        if (found !== undefined) readings.set(found, numberIn(value))
      }
    },
})
