import { readFileSync } from 'node:fs'
import { family } from '../model/readings.ts'
import { defineCollector, numberIn } from './collector.ts'

const counter = (name: string, help: string) => family('counter', `node_pressure_${name}_seconds_total`, help)

/** By file of /proc/pressure and first word of its lines. */
const SOURCES = [
  ['cpu', 'some', counter('cpu_waiting', 'Seconds in which some task waited for a processor.')],
  ['io', 'some', counter('io_waiting', 'Seconds in which some task waited for a disk.')],
  ['io', 'full', counter('io_stalled', 'Seconds in which no task got on for waiting for disks.')],
  ['memory', 'some', counter('memory_waiting', 'Seconds in which some task waited for memory.')],
  ['memory', 'full', counter('memory_stalled', 'Seconds in which no task got on for waiting for memory.')],
] as const

export const pressure = defineCollector({
  name: 'pressure',
  summary: 'Pressure stall information: waiting for processors, disks and memory',
  open:
    ({ proc }) =>
    (readings) => {
      const texts = new Map<string, string>()
      for (const [file, kind, of] of SOURCES) {
        let text = texts.get(file)
        if (text === undefined) {
          text = readFileSync(`${proc}/pressure/${file}`, 'latin1')
          texts.set(file, text)
        }
        const line = text.split('\n').find((one) => one.startsWith(`${kind} `))
        const microseconds = /\btotal=(\d+)/.exec(line ?? '')?.[1]
        readings.set(of, numberIn(microseconds, 1e-6))
      }
    },
})
