import type { LogStore, StoreUsage } from '../store/store.ts'
import type { Registry } from '../telemetry/registry.ts'

/** A look at the store is a query: whoever reads the metrics gets the last one, and starts the next when it is so old. */
const LOOK_AGAIN_MS = 10_000

export interface StoreMetrics {
  /** Looks now; leaves the values out while the store cannot tell. */
  refresh(): Promise<void>
}

/** Registers what the store holds. */
export function measureStore(registry: Registry, store: Pick<LogStore, 'streams' | 'samples' | 'usage'>): StoreMetrics {
  let usage: StoreUsage | undefined
  let lookedMs = Number.NEGATIVE_INFINITY
  const refresh = async (): Promise<void> => {
    lookedMs = performance.now()
    // That it cannot be read now is told by `/readyz`, and by gauges without a value.
    usage = await store.usage().catch(() => undefined)
  }
  const lookedAt = (of: (usage: StoreUsage) => number) => () => {
    if (performance.now() - lookedMs >= LOOK_AGAIN_MS) void refresh()
    return usage && of(usage)
  }
  const countAll = (index: LogStore['streams']): number => {
    let sum = 0
    for (const tenant of index.tenants()) sum += index.count(tenant)
    return sum
  }
  const found = (name: string, help: string, of: (usage: StoreUsage) => number): void => {
    registry.gauge(`girok_store_${name}`, help, lookedAt(of))
  }
  found('records', 'Records in the store.', ({ rows }) => rows)
  found('samples', 'Samples in the store; those sent twice may count twice.', ({ samples }) => samples)
  found('size_bytes', 'Bytes that the store takes on disk.', ({ bytesOnDisk }) => bytesOnDisk)
  found('parts', 'Active parts of the records.', ({ activeParts }) => activeParts)
  registry.gauge('girok_store_streams', 'Streams of records that are known.', () => countAll(store.streams))
  registry.gauge('girok_store_series', 'Series of metrics that are known.', () => countAll(store.samples.series))
  return { refresh }
}
