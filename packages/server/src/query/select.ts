import { type LogExpr, matchesSelector, type Selector } from '@girok/query'
import { labelSet, labelsText } from '../model/labels.ts'
import { TENANT_LABEL, tenantsOf } from '../model/tenant.ts'
import type { IndexedStream, StreamIndex } from '../store/store.ts'
import type { TimeSpan } from './pushdown/time.ts'
import type { FindStream, RowStream } from './read/decode.ts'

/** The streams of a tenant with records in a span of time, and those of them that a selector matches. */
export interface Selection {
  readonly matched: readonly IndexedStream[]
  readonly all: readonly IndexedStream[]
}

/** @param selector undefined matches every stream */
export function selectStreams(
  index: StreamIndex,
  tenant: string,
  span: TimeSpan,
  selector: Selector | LogExpr['selector'] | undefined,
): Selection {
  const all = span.fromNs < span.toNs ? streamsWithin(index, tenant, span) : []
  if (!selector || selector.matchers.length === 0) return { matched: all, all }
  const matches = matchesSelector(selector)
  return { matched: all.filter((stream) => matches(stream.labels)), all }
}

/** With more than one tenant, a label tells whose a stream is. */
function streamsWithin(index: StreamIndex, tenant: string, span: TimeSpan): IndexedStream[] {
  const of = (one: string): IndexedStream[] => [...index.list(one, span.fromNs, span.toNs - 1n)]
  const tenants = tenantsOf(tenant)
  if (tenants.length === 1) return of(tenant)
  return tenants.flatMap((one) =>
    of(one).map((stream) => ({ ...stream, labels: labelSet([...stream.labels, [TENANT_LABEL, one]]) })),
  )
}

const HOUR_NS = 3_600_000_000_000n

/** The span without what lies before the first and after the last record of the streams, to the hour. */
export function narrowSpan(span: TimeSpan, streams: readonly IndexedStream[]): TimeSpan {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { firstHour, lastHour } of streams) {
    if (firstHour < first) first = firstHour
    if (lastHour > last) last = lastHour
  }
  if (first > last) return { fromNs: span.fromNs, toNs: span.fromNs }
  const firstNs = BigInt(first) * HOUR_NS
  const endNs = BigInt(last + 1) * HOUR_NS
  return {
    fromNs: firstNs > span.fromNs ? firstNs : span.fromNs,
    toNs: endNs < span.toNs ? endNs : span.toNs,
  }
}

/** Finds the selected streams by id as rows carry it. */
export function streamFinder(streams: readonly IndexedStream[]): FindStream {
  const texts = streams.map((stream) => ({ stream, text: labelsText(stream.labels) }))
  texts.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
  const byHalves = new Map<number, Map<number, RowStream>>()
  texts.forEach(({ stream }, rank) => {
    const id = BigInt(stream.id)
    const high = Number(id >> 32n)
    const low = Number(id & 0xffff_ffffn)
    let byLow = byHalves.get(high)
    if (!byLow) {
      byLow = new Map()
      byHalves.set(high, byLow)
    }
    byLow.set(low, { labels: stream.labels, rank })
  })
  return (low, high) => byHalves.get(high)?.get(low)
}
