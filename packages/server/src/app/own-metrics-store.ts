import type { LogStore, StoreUsage } from '../store/store.ts'
import type { Registry } from '../telemetry/registry.ts'

/** Registers what the store holds. What takes a query to know is that of the last `refresh`. */
export function measureStore(
  registry: Registry,
  store: Pick<LogStore, 'streams' | 'samples' | 'usage'>,
): { readonly refresh: () => Promise<void> } {
  let usage: StoreUsage | undefined
  const looked = (of: (usage: StoreUsage) => number) => () => usage && of(usage)
  const countAll = (index: LogStore['streams']): number => {
    let sum = 0
    for (const tenant of index.tenants()) sum += index.count(tenant)
    return sum
  }
  registry.gauge(
    'girok_store_records',
    'Records in the store.',
    looked(({ rows }) => rows),
  )
  registry.gauge(
    'girok_store_samples',
    'Samples in the store; those sent twice may count twice.',
    looked(({ samples }) => samples),
  )
  registry.gauge(
    'girok_store_size_bytes',
    'Bytes that the store takes on disk.',
    looked(({ bytesOnDisk }) => bytesOnDisk),
  )
  registry.gauge(
    'girok_store_parts',
    'Active parts of the records.',
    looked(({ activeParts }) => activeParts),
  )
  registry.gauge('girok_store_streams', 'Streams of records that are known.', () => countAll(store.streams))
  registry.gauge('girok_store_series', 'Series of metrics that are known.', () => countAll(store.samples.series))
  return {
    async refresh() {
      usage = await store.usage()
    },
  }
}
