import type { IngestLimits } from '../limits.ts'
import { readLabelBlock } from './label-block.ts'
import { type KnownSeries, SeriesDirectory } from './series-directory.ts'
import { resolveSeries } from './series-labels.ts'

/** Tenants whose series are remembered; ids of tenants come from outside. */
const MAX_TENANTS = 200

/** Finds the series of label blocks, for all tenants. Shared by all requests of a receiver. */
export class SeriesResolver {
  readonly #limits: IngestLimits
  readonly #tenants = new Map<string, SeriesDirectory>()

  constructor(limits: IngestLimits) {
    this.#limits = limits
  }

  /** @param bytes a label block (see label-block.ts) from `start` to `end`; throws `bad_request` when it is not one */
  find(tenant: string, bytes: Buffer, start: number, end: number): KnownSeries {
    let directory = this.#tenants.get(tenant)
    if (directory === undefined) {
      if (this.#tenants.size >= MAX_TENANTS) this.#tenants.clear()
      directory = new SeriesDirectory()
      this.#tenants.set(tenant, directory)
    }
    const known = directory.get(bytes, start, end)
    if (known !== undefined) return known
    return directory.set(bytes, start, end, resolveSeries(tenant, readLabelBlock(bytes, start, end), this.#limits))
  }
}
