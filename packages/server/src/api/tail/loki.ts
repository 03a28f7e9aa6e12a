import type { LogEntry } from '@girok/query'
import { jsonLabels, jsonString, mergeLabels } from '../loki/encode.ts'
import type { EncodeFrame } from './session.ts'

/** Frames of Loki's tail: one stream object per entry, dropped entries named by time and labels. */
export const lokiFrames: EncodeFrame = (entries, dropped) => {
  const streams = entries.map(
    (entry) => `{"stream":${labelsOf(entry)},"values":[["${entry.timeNs}",${jsonString(entry.line)}]]}`,
  )
  const lost = dropped.map((entry) => `{"timestamp":"${entry.timeNs}","labels":${labelsOf(entry)}}`)
  return `{"streams":[${streams.join(',')}]${lost.length > 0 ? `,"dropped_entries":[${lost.join(',')}]` : ''}}`
}

function labelsOf(entry: LogEntry): string {
  return jsonLabels(mergeLabels(entry))
}
