import type { z } from 'zod'
import type { RecordBatch } from '../model/batch.ts'

/** Changes a batch between receiver and store. Pure but for its counters; must not write into `bytes` of the batch. */
export type Process = (batch: RecordBatch) => RecordBatch

export interface Processor<Options = unknown> {
  readonly name: string
  readonly summary: string
  readonly options: z.ZodType<Options>
  /** Options for a runnable example; the conformance suite opens every processor with them. */
  readonly example: Options
  readonly open: (options: Options) => Process
}

/** Declares a processor; only there to infer the option type. */
export function defineProcessor<Options>(processor: Processor<Options>): Processor<Options> {
  return processor
}
