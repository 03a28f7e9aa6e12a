import { LEVELS } from '../../model/level.ts'
import { levelOfText } from '../../model/level-words.ts'
import type { StoredRecord } from './bench-of-receivers.ts'

/** An event of the collector, as a program would build it. */
export interface PlainEvent {
  readonly event: unknown
  /** Milliseconds. */
  readonly timeMs?: number
  readonly host?: string
  readonly source?: string
  readonly sourcetype?: string
  readonly index?: string
  readonly fields?: Readonly<Record<string, string>>
}

/** What is stored of these events, said plainly: the oracle of the decoder. */
export function plainRecords(events: readonly PlainEvent[], nowMs: number): StoredRecord[] {
  return events.map(({ event, timeMs, fields = {}, host, source, sourcetype, index }, place) => {
    const given = Object.entries({ host, index, source, sourcetype }).filter(([, value]) => value)
    const metadata = Object.entries(fields).filter(([, value]) => value !== '')
    const ns = timeMs === undefined ? BigInt(nowMs) * 1_000_000n + BigInt(place) : BigInt(timeMs) * 1_000_000n
    return {
      labels: given.length === 0 ? { service_name: 'unknown_service' } : Object.fromEntries(given),
      ns: String(ns),
      level: fields.level === undefined ? '' : LEVELS[levelOfText(fields.level, 'pino')]!,
      line: typeof event === 'string' ? event : JSON.stringify(event),
      ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
    } as StoredRecord
  })
}
