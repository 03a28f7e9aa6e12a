import type { Labels } from '@girok/query'
import { labelSet, labelsText } from '../model/labels.ts'
import type { IndexedStream, LogStore } from '../store/store.ts'
import { bareSelector, spanOf } from './catalog.ts'
import { hiddenRows } from './deletions/hidden.ts'
import type { VolumeEntry, VolumeRequest, VolumeSeries } from './engine.ts'
import { streamCondition } from './pushdown/streams.ts'
import { fromRows } from './read/statement.ts'
import type { Run } from './run/runs.ts'
import { narrowSpan, selectStreams } from './select.ts'

/** Bytes of lines by label set or label name, largest first. */
export async function logVolume(store: LogStore, request: VolumeRequest, run: Run): Promise<VolumeEntry[]> {
  const volumes = await volumesByLabels(store, request, undefined, run)
  return volumes.map(({ labels, bytes }) => ({ labels, bytes }))
}

/** As {@link logVolume}, by buckets of time. */
export async function logVolumeRange(
  store: LogStore,
  request: VolumeRequest & { readonly stepNs: bigint },
  run: Run,
): Promise<VolumeSeries[]> {
  const { stepNs, endNs } = request
  const volumes = await volumesByLabels(store, request, stepNs, run)
  return volumes.map(({ labels, byBucket }) => ({
    labels,
    buckets: [...byBucket]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([bucket, bytes]) => {
        const lastNs = (bucket + 1n) * stepNs - 1n
        return { endNs: lastNs < endNs ? lastNs : endNs, bytes }
      }),
  }))
}

interface Volume {
  readonly labels: Labels
  bytes: number
  readonly byBucket: Map<bigint, number>
}

async function volumesByLabels(
  store: LogStore,
  request: VolumeRequest,
  stepNs: bigint | undefined,
  run: Run,
): Promise<Volume[]> {
  const { tenant, targetLabels, aggregateBy } = request
  const selector = bareSelector(request.query)
  const { matched, all } = selectStreams(store.streams, tenant, spanOf(request), selector)
  const counted = matched.filter(({ labels }) => targetLabels.every((name) => labels.has(name)))
  // Series are told apart by the labels asked for, or else by those that the selector names; label names by all.
  const named =
    targetLabels.length > 0
      ? targetLabels
      : aggregateBy === 'series'
        ? (selector?.matchers ?? []).map(({ name }) => name)
        : []
  const names = new Set(named)
  const volumes = new Map<string, Volume>()
  const groupsOf = (stream: IndexedStream): Volume[] => {
    const kept = [...stream.labels].filter(([name]) => names.size === 0 || names.has(name))
    const sets = aggregateBy === 'series' ? [labelSet(kept)] : kept.map(([name]) => new Map([[name, '']]))
    return sets.map((labels) => {
      const text = labelsText(labels)
      const known = volumes.get(text)
      if (known) return known
      const volume = { labels, bytes: 0, byBucket: new Map<bigint, number>() }
      volumes.set(text, volume)
      return volume
    })
  }
  const groups = new Map<string, Volume[]>()
  for (const { stream, bucket, bytes } of await bytesByStream(store, request, counted, all, stepNs, run)) {
    let known = groups.get(stream.id)
    if (!known) {
      known = groupsOf(stream)
      groups.set(stream.id, known)
    }
    for (const volume of known) {
      volume.bytes += bytes
      if (stepNs !== undefined) volume.byBucket.set(bucket, (volume.byBucket.get(bucket) ?? 0) + bytes)
    }
  }
  const sorted = [...volumes].sort(([a, left], [b, right]) => right.bytes - left.bytes || (a < b ? -1 : 1))
  return sorted.slice(0, request.limit).map(([, volume]) => volume)
}

interface StreamBytes {
  readonly stream: IndexedStream
  readonly bucket: bigint
  readonly bytes: number
}

/** One row per stream and bucket that has lines: what comes back does not grow with the lines. */
async function bytesByStream(
  store: LogStore,
  request: VolumeRequest,
  matched: readonly IndexedStream[],
  all: readonly IndexedStream[],
  stepNs: bigint | undefined,
  run: Run,
): Promise<StreamBytes[]> {
  const span = narrowSpan(spanOf(request), matched)
  if (span.fromNs >= span.toNs) return []
  const chosen = streamCondition(matched, all)
  const hidden = hiddenRows(store, request.tenant, span, matched).conditions
  const conditions = chosen ? [chosen, ...hidden] : hidden
  const bucket = stepNs === undefined ? 'toInt64(0)' : `intDiv(toUnixTimestamp64Nano(ts), toInt64(${stepNs}))`
  const sql =
    `SELECT stream, ${bucket} AS bucket, count(), sum(length(line)) ` +
    `${fromRows({ tenant: request.tenant, span, conditions })} GROUP BY stream, bucket`
  const answer = await store.driver.query(sql, 'RowBinary', {
    lane: run.lane,
    signal: run.signal,
    timeoutMs: run.remainingMs(),
  })
  run.rested()
  const byId = new Map(matched.map((stream) => [stream.id, stream]))
  const found: StreamBytes[] = []
  for (let at = 0; at < answer.length; at += 32) {
    const pause = run.breathe()
    if (pause) await pause
    const stream = byId.get(answer.readBigUInt64LE(at).toString())
    if (!stream) continue
    const bytes = Number(answer.readBigUInt64LE(at + 24))
    run.countRead(Number(answer.readBigUInt64LE(at + 16)), bytes)
    found.push({ stream, bucket: answer.readBigInt64LE(at + 8), bytes })
  }
  return found
}
