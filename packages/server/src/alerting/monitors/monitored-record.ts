import type { LogEntry, LogRow } from '@girok/query'
import type { MonitoredRecord } from './monitor.ts'

const LEVEL = 'detected_level'
const NS_PER_MS = 1_000_000n

/** A record as a monitor sees it. The line is parsed as JSON when a monitor first asks for its fields. */
export function monitoredRecord({ timeNs, stream, metadata, line }: LogEntry | LogRow): MonitoredRecord {
  const attributes = new Map(metadata)
  let fields: MonitoredRecord['fields']
  let parsed = false
  return {
    timeMs: Number(timeNs / NS_PER_MS),
    line,
    labels: stream,
    attributes,
    level: attributes.get(LEVEL) ?? '',
    get fields() {
      if (!parsed) {
        fields = fieldsOf(line)
        parsed = true
      }
      return fields
    },
  }
}

function fieldsOf(line: string): MonitoredRecord['fields'] {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch {
    // A line that only begins like JSON has no fields.
    return undefined
  }
}
