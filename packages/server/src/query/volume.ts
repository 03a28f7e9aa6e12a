import type { Labels } from '@girok/query'
import { labelSet, labelsText } from '../model/labels.ts'
import type { IndexedStream, LogStore } from '../store/store.ts'
import { bareSelector, spanOf } from './catalog.ts'
import type { VolumeEntry, VolumeRequest, VolumeSeries } from './engine.ts'
import type { Run } from './run/runs.ts'
import { selectStreams } from './select.ts'
import { sumsByStream } from './stream-sums.ts'

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
  const span = spanOf(request)
  const { matched, all } = selectStreams(store.streams, tenant, span, selector)
  const selection = { matched: matched.filter(({ labels }) => targetLabels.every((name) => labels.has(name))), all }
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
  const sums = await sumsByStream(store, { tenant, span, selection, values: ['sum(length(line))'], ...by(stepNs) }, run)
  for (const { stream, group, values } of sums) {
    const bytes = values[0] ?? 0
    let known = groups.get(stream.id)
    if (!known) {
      known = groupsOf(stream)
      groups.set(stream.id, known)
    }
    for (const volume of known) {
      volume.bytes += bytes
      if (stepNs !== undefined) volume.byBucket.set(group, (volume.byBucket.get(group) ?? 0) + bytes)
    }
  }
  const sorted = [...volumes].sort(([a, left], [b, right]) => right.bytes - left.bytes || (a < b ? -1 : 1))
  return sorted.slice(0, request.limit).map(([, volume]) => volume)
}

/** Groups by buckets of time, numbered from the epoch. */
function by(stepNs: bigint | undefined): { readonly by?: string } {
  return stepNs === undefined ? {} : { by: `intDiv(toUnixTimestamp64Nano(ts), toInt64(${stepNs}))` }
}
