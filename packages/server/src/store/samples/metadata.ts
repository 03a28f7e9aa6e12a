import type { MetricMetadata, MetricType, SampleBatch } from '../../model/sample-batch.ts'
import type { Driver } from '../driver.ts'
import { textCell } from '../tab-cell.ts'
import { METADATA } from './schema.ts'

const LOAD_TIMEOUT_MS = 60_000
/** Metrics of one tenant that are described; further ones are stored without a description. */
const MAX_METRICS = 50_000

/** What metrics are, by tenant and name. Held in memory, kept current by the writer. */
export class MetadataTable {
  readonly #tenants = new Map<string, Map<string, MetricMetadata>>()

  /** Reads the `metric_metadata` table. */
  static async load(driver: Driver): Promise<MetadataTable> {
    const table = new MetadataTable()
    const sql = `SELECT tenant, metric, type, help, unit FROM ${METADATA} FINAL`
    let rest = ''
    const decoder = new TextDecoder()
    const read = (text: string): void => {
      const lines = text.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '') continue
        const [tenant, metric, type, help, unit] = JSON.parse(line) as [string, string, MetricType, string, string]
        table.#of(tenant).set(metric, { metric, type, help, unit })
      }
    }
    for await (const chunk of driver.stream(sql, 'JSONCompactEachRow', { lane: 'query', timeoutMs: LOAD_TIMEOUT_MS })) {
      read(rest + decoder.decode(chunk, { stream: true }))
    }
    read(`${rest}${decoder.decode()}\n`)
    return table
  }

  list(tenant: string): ReadonlyMap<string, MetricMetadata> {
    return this.#tenants.get(tenant) ?? new Map()
  }

  /** Descriptions that are new or have changed; the last one of a metric counts. */
  changes(batches: readonly SampleBatch[]): MetadataChange[] {
    const changes = new Map<string, MetadataChange>()
    for (const { tenant, metadata } of batches) {
      const known = this.#tenants.get(tenant)
      for (const entry of metadata ?? []) {
        const before = known?.get(entry.metric)
        if (before === undefined && (known?.size ?? 0) + changes.size >= MAX_METRICS) continue
        if (before !== undefined && isSame(before, entry)) continue
        changes.set(`${tenant} ${entry.metric}`, { tenant, entry })
      }
    }
    return [...changes.values()]
  }

  /** Makes changes visible that the table has taken. */
  apply(changes: readonly MetadataChange[]): void {
    for (const { tenant, entry } of changes) this.#of(tenant).set(entry.metric, entry)
  }

  /** Forgets metrics, in memory only. */
  remove(tenant: string, metrics: Iterable<string>): void {
    const known = this.#tenants.get(tenant)
    for (const metric of metrics) known?.delete(metric)
  }

  #of(tenant: string): Map<string, MetricMetadata> {
    let metrics = this.#tenants.get(tenant)
    if (metrics === undefined) {
      metrics = new Map()
      this.#tenants.set(tenant, metrics)
    }
    return metrics
  }
}

export interface MetadataChange {
  readonly tenant: string
  readonly entry: MetricMetadata
}

function isSame(a: MetricMetadata, b: MetricMetadata): boolean {
  return a.type === b.type && a.help === b.help && a.unit === b.unit
}

/** Rows of METADATA_COLUMNS. */
export function encodeMetadata(changes: readonly MetadataChange[], nowMs: number): Buffer {
  const at = (nowMs / 1000).toFixed(3)
  const rows = changes.map(
    ({ tenant, entry: { metric, type, help, unit } }) =>
      `${tenant}\t${textCell(metric)}\t${type}\t${textCell(help)}\t${textCell(unit)}\t${at}\n`,
  )
  return Buffer.from(rows.join(''))
}
