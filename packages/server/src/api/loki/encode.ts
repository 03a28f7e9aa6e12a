import { setImmediate } from 'node:timers/promises'
import { formatSampleValue, type Labels, labelsKey, type MetricValue } from '@girok/query'
import type { QueryStats, ResultEntry } from '../../query/engine.ts'
import { inOrderOfLabels } from '../../query/label-order.ts'
import { encodeStats } from './stats.ts'

/**
 * Loki's response bodies. JSON is written by hand where results are large: values are strings in Go's notation, times are
 * nanosecond strings (logs) or float seconds (samples), and `<`, `>`, `&` are escaped as Go's encoder does.
 */

const HTML = /[<>&\u2028\u2029]/
const HTML_ALL = /[<>&\u2028\u2029]/g

/** A JSON string literal with Go's HTML escapes. */
export function jsonString(value: string): string {
  const quoted = JSON.stringify(value)
  return HTML.test(quoted)
    ? quoted.replace(HTML_ALL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : quoted
}

export function jsonLabels(labels: Labels): string {
  const names = [...labels.keys()].sort()
  return `{${names.map((name) => `${jsonString(name)}:${jsonString(labels.get(name) ?? '')}`).join(',')}}`
}

interface StreamGroup {
  readonly labels: Labels
  readonly values: string[]
}

/**
 * The `result` of a log query. Entries that share their labels become one stream, streams are sorted by labels, entries
 * keep their order. With `categorize`, the stream holds the stream's own labels and each entry carries the rest.
 */
export function encodeStreams(entries: readonly ResultEntry[], categorize: boolean): string {
  const groups = new Map<string, StreamGroup>()
  const byIdentity = new Map<Labels, StreamGroup>()
  for (const entry of entries) {
    const plain = categorize || (entry.metadata.size === 0 && entry.parsed.size === 0)
    let group = plain ? byIdentity.get(entry.stream) : undefined
    if (!group) {
      const labels = plain ? entry.stream : mergeLabels(entry)
      const key = labelsKey(labels)
      group = groups.get(key)
      if (!group) {
        group = { labels, values: [] }
        groups.set(key, group)
      }
      if (plain) byIdentity.set(entry.stream, group)
    }
    group.values.push(encodeEntry(entry, categorize))
  }
  const streams = [...groups.values()].map(({ labels, values }) => ({ labels: jsonLabels(labels), values }))
  streams.sort((a, b) => (a.labels < b.labels ? -1 : 1))
  return `[${streams.map(({ labels, values }) => `{"stream":${labels},"values":[${values.join(',')}]}`).join(',')}]`
}

/** `["<ns>","line"]`, with the labels that are not the stream's as a third item where they are told apart. */
export function encodeEntry(entry: ResultEntry, categorize: boolean): string {
  const third = categorize ? `,${encodeCategories(entry)}` : ''
  return `["${entry.timeNs}",${jsonString(entry.line)}${third}]`
}

/** All labels of an entry; where names collide the parsed one is the newest. */
export function mergeLabels(entry: Pick<ResultEntry, 'stream' | 'metadata' | 'parsed'>): Labels {
  return new Map([...entry.stream, ...entry.metadata, ...entry.parsed])
}

function encodeCategories(entry: ResultEntry): string {
  const parts: string[] = []
  if (entry.metadata.size > 0) parts.push(`"structuredMetadata":${jsonLabels(entry.metadata)}`)
  if (entry.parsed.size > 0) parts.push(`"parsed":${jsonLabels(entry.parsed)}`)
  return `{${parts.join(',')}}`
}

interface Timeline {
  readonly startNs: bigint
  readonly stepNs: bigint
}

/** How long writing an answer may hold the event loop: five million points take a second. */
const STRETCH_MS = 4

/** `resultType` and `result` of a range query; a scalar becomes one series without labels. Gives way to others. */
export async function encodeMatrix(value: MetricValue, time: Timeline): Promise<{ type: string; result: string }> {
  const starts: string[] = []
  const start = (step: number) => {
    starts[step] ??= `[${sampleTime(time.startNs + BigInt(step) * time.stepNs)},"`
    return starts[step]
  }
  if (value.kind === 'scalar') {
    const points = Array.from(value.values, (sample, step) => `${start(step)}${formatSampleValue(sample)}"]`)
    return { type: 'matrix', result: `[{"metric":{},"values":[${points.join(',')}]}]` }
  }
  const rows: string[] = []
  let stretchEnd = performance.now() + STRETCH_MS
  for (const series of inOrderOfLabels(value.series)) {
    if (performance.now() > stretchEnd) {
      await setImmediate()
      stretchEnd = performance.now() + STRETCH_MS
    }
    const points: string[] = []
    for (let step = 0; step < series.values.length; step++) {
      if (series.present[step]) points.push(`${start(step)}${formatSampleValue(series.values[step] ?? 0)}"]`)
    }
    if (points.length > 0) rows.push(`{"metric":${jsonLabels(series.labels)},"values":[${points.join(',')}]}`)
  }
  return { type: 'matrix', result: `[${rows.join(',')}]` }
}

/** `resultType` and `result` of an instant query. */
export function encodeInstant(value: MetricValue, timeNs: bigint): { type: string; result: string } {
  const seconds = sampleTime(timeNs)
  if (value.kind === 'scalar') {
    return { type: 'scalar', result: `[${seconds},"${formatSampleValue(value.values[0] ?? Number.NaN)}"]` }
  }
  const series = value.ordered ? value.series : inOrderOfLabels(value.series)
  const rows = series
    .filter((one) => one.present[0])
    .map(
      (one) => `{"metric":${jsonLabels(one.labels)},"value":[${seconds},"${formatSampleValue(one.values[0] ?? 0)}"]}`,
    )
  return { type: 'vector', result: `[${rows.join(',')}]` }
}

/** Float seconds with millisecond precision. */
export function sampleTime(timeNs: bigint): number {
  return Number(timeNs / 1_000_000n) / 1e3
}

/** What goes around the result of query and query_range. */
export interface Envelope {
  readonly resultType: string
  /** JSON text. */
  readonly result: string
  readonly stats: QueryStats
  /** Echoed with streams, as Loki does. */
  readonly flags?: readonly string[]
  readonly warnings?: readonly string[] | undefined
}

/** The body of query and query_range. */
export function envelope({ resultType, result, stats, flags = [], warnings = [] }: Envelope): string {
  const encodingFlags = flags.length > 0 && resultType === 'streams' ? `"encodingFlags":${JSON.stringify(flags)},` : ''
  const warned = warnings.length > 0 ? `"warnings":${JSON.stringify(warnings)},` : ''
  return `{"status":"success",${warned}"data":{"resultType":"${resultType}",${encodingFlags}"result":${result},"stats":${encodeStats(stats)}}}\n`
}
