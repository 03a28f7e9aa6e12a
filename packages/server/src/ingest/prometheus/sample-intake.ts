import type { ReceiverContext } from '../receiver.ts'
import { ActiveSeries } from './active-series.ts'
import { SampleAssembler } from './sample-assembler.ts'
import { SeriesResolver } from './series-resolver.ts'

/** What all receivers of samples of one server share: the series that are known, and those that are active. */
export interface SampleIntake {
  readonly resolver: SeriesResolver
  /** @param capacity how many samples are expected */
  assembler(tenant: string, receiver: string, capacity: number): SampleAssembler
}

/** By the counters, of which a server has one set. */
const intakes = new WeakMap<ReceiverContext['counters'], SampleIntake>()

export function sampleIntakeOf({ counters, limits, now }: ReceiverContext): SampleIntake {
  const known = intakes.get(counters)
  if (known !== undefined) return known
  const active = new ActiveSeries(limits.maxSeriesPerTenant)
  const intake: SampleIntake = {
    resolver: new SeriesResolver(limits),
    assembler: (tenant, receiver, capacity) =>
      new SampleAssembler(tenant, receiver, capacity, { limits, active, nowMs: now() }),
  }
  intakes.set(counters, intake)
  return intake
}
