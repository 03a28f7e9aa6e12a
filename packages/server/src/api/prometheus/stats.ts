import type { PromAnswer } from '../../query/promql/prom-engine.ts'

/** JSON of what a query took, under the names of Prometheus: seconds and numbers of samples. */
export function statsJson({ timings, samplesRead, samplesPeak }: PromAnswer): string {
  const { queueMs, prepareMs, evalMs, totalMs } = timings
  return JSON.stringify({
    timings: {
      evalTotalTime: evalMs / 1000,
      // Sorting is part of writing the answer here.
      resultSortTime: 0,
      queryPreparationTime: prepareMs / 1000,
      innerEvalTime: evalMs / 1000,
      execQueueTime: queueMs / 1000,
      execTotalTime: totalMs / 1000,
    },
    samples: { totalQueryableSamples: samplesRead, peakSamples: samplesPeak },
  })
}
