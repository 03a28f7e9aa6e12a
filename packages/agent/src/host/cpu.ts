import { readFileSync } from 'node:fs'
import { family } from '../model/readings.ts'
import { defineCollector, numberIn } from './collector.ts'

const SECONDS = family('counter', 'node_cpu_seconds_total', 'Seconds each processor spent in each mode.', [
  'cpu',
  'mode',
])
const GUEST = family(
  'counter',
  'node_cpu_guest_seconds_total',
  'Seconds each processor spent for guests of virtual machines; part of user and nice, too.',
  ['cpu', 'mode'],
)

/** In the order of /proc/stat. */
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const
/** /proc counts in hundredths of a second on every architecture of Linux. */
const SECONDS_PER_TICK = 0.01
/** Idle and iowait of /proc/stat go back by some ticks now and then; further back, a processor was taken out and put in. */
const JITTER_SECONDS = 3

export const cpu = defineCollector({
  name: 'cpu',
  summary: 'Seconds of each processor by mode',
  open: ({ proc }) => {
    const highest = new Map<string, number>()
    const forward = (key: string, seconds: number | undefined) => {
      if (seconds === undefined) return undefined
      const before = highest.get(key)
      if (before !== undefined && seconds < before && seconds > before - JITTER_SECONDS) return before
      highest.set(key, seconds)
      return seconds
    }
    return (readings) => {
      for (const line of readFileSync(`${proc}/stat`, 'latin1').split('\n')) {
        const [name = '', ...ticks] = line.split(' ')
        const number = /^cpu(\d+)$/.exec(name)?.[1]
        if (number === undefined) continue
        for (const [i, mode] of MODES.entries()) {
          const seconds = numberIn(ticks[i], SECONDS_PER_TICK)
          readings.set(SECONDS, forward(`${number} ${mode}`, seconds), [number, mode])
        }
        readings.set(GUEST, numberIn(ticks[8], SECONDS_PER_TICK), [number, 'user'])
        readings.set(GUEST, numberIn(ticks[9], SECONDS_PER_TICK), [number, 'nice'])
      }
    }
  },
})
