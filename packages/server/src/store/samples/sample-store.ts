import type { MetricMetadata, WriteSamples } from '../../model/sample-batch.ts'
import type { StreamIndex } from '../stream-index.ts'
import type { StoredExemplar } from './exemplars.ts'
import type { SampleRange } from './reader.ts'
import type { SeriesSamples } from './statement.ts'

/** The metric samples of the store, as the rest of the server sees them. */
export interface SampleStore {
  readonly write: WriteSamples
  /** All series of all tenants; `list` can be narrowed to a metric. */
  readonly series: SeriesIndex
  /** Whole series, one after the other; see reader.ts. */
  stream(range: SampleRange): AsyncGenerator<SeriesSamples>
  /** Whole series by id, those without samples in the range left out. */
  read(range: SampleRange): Promise<Map<string, SeriesSamples>>
  /** Exemplars of some series in a range, by series and time. */
  exemplars(range: SampleRange): Promise<StoredExemplar[]>
  /** What the metrics of a tenant are, by name. */
  metadata(tenant: string): ReadonlyMap<string, MetricMetadata>
  /**
   * Removes samples and exemplars of series in a range, both ends inclusive, of what was acknowledged before the call;
   * series without any left are forgotten. Resolves when no query sees them.
   */
  deleteSeries(tenant: string, ids: readonly string[], startMs: number, endMs: number): Promise<void>
  /** Removes the whole series with a label value, as `deleteSeries` does. */
  deleteByLabel(tenant: string, name: string, value: string): Promise<void>
}

/** As the index of streams, by hours, with the series of one metric quickly at hand. */
export interface SeriesIndex extends StreamIndex {
  /** @param metric exact value of `__name__`; all metrics when left out */
  list(tenant: string, startNs: bigint, endNs: bigint, metric?: string): ReturnType<StreamIndex['list']>
  /** Names of a tenant's metrics, in no order; the empty one for series without a name. */
  metrics(tenant: string): Iterable<string>
}
