import type { IngestLimits } from '../limits.ts'
import { ActiveSeries } from './active-series.ts'
import { SampleAssembler } from './sample-assembler.ts'
import { SeriesResolver } from './series-resolver.ts'

/** What all receivers of samples of one server share: the series that are known, and those that are active. */
export interface SampleIntake {
  readonly resolver: SeriesResolver
  /** @param capacity how many samples are expected */
  assembler(tenant: string, receiver: string, capacity: number): SampleAssembler
}

export function createSampleIntake(limits: IngestLimits, now: () => number): SampleIntake {
  const active = new ActiveSeries(limits.maxSeriesPerTenant)
  return {
    resolver: new SeriesResolver(limits),
    assembler: (tenant, receiver, capacity) =>
      new SampleAssembler(tenant, receiver, capacity, { limits, active, nowMs: now() }),
  }
}
