import { family } from '../model/readings.ts'
import { defineCollector } from './collector.ts'

const SECONDS = family('gauge', 'node_time_seconds', 'Seconds since 1970 by the clock of the machine.')

export const time = defineCollector({
  name: 'time',
  summary: 'The clock of the machine',
  open: () => (readings) => readings.set(SECONDS, Date.now() / 1000),
})
