import { readFileSync } from 'node:fs'
import { family } from '../model/readings.ts'
import { defineCollector, numberIn } from './collector.ts'

/** Of 1, 5 and 15 minutes, in this order. */
export const LOADS = [
  family('gauge', 'node_load1', 'Mean number of runnable tasks over 1 minute.'),
  family('gauge', 'node_load5', 'Mean number of runnable tasks over 5 minutes.'),
  family('gauge', 'node_load15', 'Mean number of runnable tasks over 15 minutes.'),
] as const

export const loadavg = defineCollector({
  name: 'loadavg',
  summary: 'Load averages',
  open:
    ({ proc }) =>
    (readings) => {
      const values = readFileSync(`${proc}/loadavg`, 'latin1').split(' ')
      for (const [i, load] of LOADS.entries()) readings.set(load, numberIn(values[i]))
    },
})
