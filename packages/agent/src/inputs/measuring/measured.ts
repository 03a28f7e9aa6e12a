import { hostname } from 'node:os'
import type { InputContext } from '../../model/input.ts'
import { Readings } from '../../model/readings.ts'

/** Readings of an input whose series carry the configuration's labels, `job` and the machine's name as `instance`. */
export function readingsOf(context: InputContext, job: string, instance = hostname()): Readings {
  return new Readings(new Map([['job', job], ['instance', instance], ...context.labels]))
}

/** Writes a round to the sink; gives how many samples it had, stale markers apart. */
export function writeRound(context: InputContext, readings: Readings, timeMs: number): number {
  const { samples, descriptions } = readings.finish(timeMs)
  if (samples.length > 0) context.samples.write(samples, descriptions)
  return samples.filter(({ stale }) => !stale).length
}
