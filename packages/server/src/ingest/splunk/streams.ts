import { type StreamDirectory, type StreamOutcome, UNLABELLED } from '../batch/stream-directory.ts'
import type { IngestLimits } from '../limits.ts'

/** What Splunk knows of where an event comes from; empty when not given. */
export interface Origin {
  host: string
  source: string
  sourcetype: string
  index: string
}

/** The stream of an origin: its members that are given are the labels. */
export function streamOf(
  { host, source, sourcetype, index }: Origin,
  tenant: string,
  limits: IngestLimits,
  directory: StreamDirectory,
): StreamOutcome {
  const key = JSON.stringify([host, source, sourcetype, index])
  return directory.outcome(tenant, key, limits, () => {
    const given = Object.entries({ host, source, sourcetype, index }).filter(([, value]) => value !== '')
    return given.length > 0 ? given : UNLABELLED
  })
}

export function sameOrigin(a: Origin, b: Origin): boolean {
  return a.host === b.host && a.source === b.source && a.sourcetype === b.sourcetype && a.index === b.index
}
