import type { SampleAssembler } from './sample-assembler.ts'

/** Counts native histograms as refused. */
export function refuseHistograms(assembler: SampleAssembler, count: number): void {
  assembler.refusals.add(
    'native_histogram',
    count,
    () => 'native histograms are not supported: send classic histograms (series with the suffix _bucket)',
  )
}
