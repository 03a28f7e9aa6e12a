import { METRIC_NAME } from '../../model/sample-batch.ts'
import type { Driver } from '../driver.ts'
import type { GroupOptions } from '../group-commit.ts'
import type { StoreHealth } from '../health.ts'
import { forgetStreamsBefore, StreamTable } from '../streams.ts'
import { deleteSeries, deleteSeriesByLabel } from './delete.ts'
import { readExemplars } from './exemplars.ts'
import { MetadataTable } from './metadata.ts'
import { Density } from './pieces.ts'
import { collectSamples, readSamples } from './reader.ts'
import type { SampleStore, SeriesIndex } from './sample-store.ts'
import { SERIES } from './schema.ts'
import { SampleWriter } from './writer.ts'

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
  const tables = { driver, writer, series, metadata }
  const density = new Density()
  return {
    series: byMetric(series),
    write: (batch) => writer.write(batch),
    stream: (range) => readSamples(driver, range, density),
    read: (range) => collectSamples(driver, range, density),
    exemplars: (range) => readExemplars(driver, range),
    metadata: (tenant) => metadata.list(tenant),
    deleteSeries: (tenant, ids, startMs, endMs) => deleteSeries(tables, { tenant, ids, startMs, endMs }),
    deleteByLabel: (tenant, name, value) => deleteSeriesByLabel(tables, { tenant, name, value }),
    health: () => writer.health(),
    close: () => writer.close(),
    async forgetBefore(hour) {
      await writer.exclusive(() => forgetStreamsBefore(driver, series, hour))
    },
  }
}

function byMetric(series: StreamTable): SeriesIndex {
  return {
    list: (tenant, startNs, endNs, metric) => series.list(tenant, startNs, endNs, metric),
    metrics: (tenant) => series.groups(tenant),
    get: (tenant, id) => series.get(tenant, id),
    count: (tenant) => series.count(tenant),
    tenants: () => series.tenants(),
  }
}
