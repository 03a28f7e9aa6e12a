import { Failure } from './failure.ts'
import type { Entry } from './output/entries.ts'
import type { Sample } from './output/samples.ts'

/** The answer of Loki's query API, as far as the command reads it. */
export type Answer = { readonly entries: readonly Entry[] } | { readonly samples: readonly Sample[] }

interface StreamJson {
  readonly stream: Record<string, string>
  readonly values: readonly (readonly [string, string])[]
}

interface SeriesJson {
  readonly metric: Record<string, string>
  readonly value?: readonly [number, string]
  readonly values?: readonly (readonly [number, string])[]
}

/** Reads an answer; entries in order of time, newest first when `newestFirst`, equal times by stream. */
export function readAnswer(json: unknown, newestFirst: boolean): Answer {
  const { data } = (json ?? {}) as { data?: { resultType?: string; result?: unknown } }
  switch (data?.resultType) {
    case 'streams':
      return { entries: entriesOf(data.result as StreamJson[], newestFirst) }
    case 'matrix':
    case 'vector':
      return { samples: (data.result as SeriesJson[]).flatMap(samplesOf) }
    case 'scalar':
      return { samples: samplesOf({ metric: {}, value: data.result as [number, string] }) }
    default:
      throw new Failure('the server gave an answer that is not one of a query: is that a Girok server?')
  }
}

function entriesOf(streams: readonly StreamJson[], newestFirst: boolean): Entry[] {
  const entries = streams
    .toSorted((a, b) => (JSON.stringify(a.stream) < JSON.stringify(b.stream) ? -1 : 1))
    .flatMap(({ stream, values }) => values.map(([ns, line]) => ({ ns: BigInt(ns), labels: stream, line })))
  const sign = newestFirst ? -1 : 1
  // The sort is stable: within one time the order of the server is kept per stream.
  return entries.sort((a, b) => (a.ns === b.ns ? 0 : a.ns < b.ns ? -sign : sign))
}

function samplesOf({ metric, value, values }: SeriesJson): Sample[] {
  const points = values ?? (value ? [value] : [])
  // Times come as seconds with at most three digits behind the point.
  return points.map(([seconds, text]) => ({
    labels: metric,
    ns: BigInt(Math.round(seconds * 1000)) * 1_000_000n,
    value: text,
  }))
}
