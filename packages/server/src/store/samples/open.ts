import { METRIC_NAME, type MetricMetadata, type WriteSamples } from '../../model/sample-batch.ts'
import type { Driver } from '../driver.ts'
import type { GroupOptions } from '../group-commit.ts'
import type { StoreHealth, StreamIndex } from '../store.ts'
import { forgetStreamsBefore, StreamTable } from '../streams.ts'
import { readExemplars, type StoredExemplar } from './exemplars.ts'
import { MetadataTable } from './metadata.ts'
import { collectSamples, readSamples, type SampleRange, type SeriesSamples } from './reader.ts'
import { SERIES } from './schema.ts'
import { SampleWriter } from './writer.ts'

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
}

/** As the index of streams, by hours, with the series of one metric quickly at hand. */
export interface SeriesIndex extends StreamIndex {
  /** @param metric exact value of `__name__`; all metrics when left out */
  list(tenant: string, startNs: bigint, endNs: bigint, metric?: string): ReturnType<StreamIndex['list']>
}

/** What the store itself needs of it. */
export interface OpenedSamples extends SampleStore {
  health(): StoreHealth
  close(): Promise<void>
  /** Forgets series without a sample at or after the hour (whole hours since the epoch). */
  forgetBefore(hour: number): Promise<void>
}

/** Loads the index of series. The tables exist. */
export async function openSamples(driver: Driver, options: GroupOptions): Promise<OpenedSamples> {
  const [series, metadata] = await Promise.all([
    StreamTable.load(driver, { table: SERIES, id: 'series', groupBy: METRIC_NAME }),
    MetadataTable.load(driver),
  ])
  const writer = new SampleWriter(driver, { series, metadata }, options)
  return {
    series,
    write: (batch) => writer.write(batch),
    stream: (range) => readSamples(driver, range),
    read: (range) => collectSamples(driver, range),
    exemplars: (range) => readExemplars(driver, range),
    metadata: (tenant) => metadata.list(tenant),
    health: () => writer.health(),
    close: () => writer.close(),
    async forgetBefore(hour) {
      await writer.exclusive(() => forgetStreamsBefore(driver, series, hour))
    },
  }
}
