import type { LogEntry } from '@girok/query'
import { labelSet, labelsText } from '../../model/labels.ts'
import { encodeEntry, jsonLabels, jsonString, mergeLabels } from '../loki/encode.ts'
import { rfc3339 } from '../loki/legacy-time.ts'
import type { EncodeFrame } from './session.ts'

/** Frames of Loki's tail: one stream object per entry, dropped entries named by time and labels. */
export function lokiFrames(flags: readonly string[]): EncodeFrame {
  const categorize = flags.includes('categorize-labels')
  const echoed = flags.length > 0 ? `,"encodingFlags":${JSON.stringify(flags)}` : ''
  const labelsOf = (entry: LogEntry): string => jsonLabels(categorize ? entry.stream : mergeLabels(entry))
  return (entries, dropped) => {
    const streams = inOrder(entries).map(
      (entry) => `{"stream":${labelsOf(entry)},"values":[${encodeEntry(entry, categorize)}]}`,
    )
    const lost = dropped.map((entry) => `{"timestamp":"${entry.timeNs}","labels":${labelsOf(entry)}}`)
    return `{"streams":[${streams.join(',')}]${lost.length > 0 ? `,"dropped_entries":[${lost.join(',')}]` : ''}${echoed}}`
  }
}

/** Frames of the tail of Loki's first API: labels as text, times as RFC 3339. */
export const legacyFrames: EncodeFrame = (entries, dropped) => {
  const labelsOf = (entry: LogEntry): string => jsonString(labelsText(labelSet(mergeLabels(entry))))
  const streams = inOrder(entries).map(
    (entry) =>
      `{"labels":${labelsOf(entry)},"entries":[{"ts":"${rfc3339(entry.timeNs)}","line":${jsonString(entry.line)}}]}`,
  )
  const lost = dropped.map((entry) => `{"Timestamp":"${rfc3339(entry.timeNs)}","Labels":${labelsOf(entry)}}`)
  return `{"streams":[${streams.join(',')}],"dropped_entries":${lost.length > 0 ? `[${lost.join(',')}]` : 'null'}}`
}

/** By time; what was stored together keeps its order. */
function inOrder(entries: readonly LogEntry[]): readonly LogEntry[] {
  for (let i = 1; i < entries.length; i++) {
    if ((entries[i] as LogEntry).timeNs < (entries[i - 1] as LogEntry).timeNs) {
      return [...entries].sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0))
    }
  }
  return entries
}
