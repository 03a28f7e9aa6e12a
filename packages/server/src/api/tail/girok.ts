import { type LogEntry, labelsKey } from '@girok/query'
import type { TailFrame } from '../contract.ts'
import type { EncodeFrame } from './session.ts'

/** Frames of `/girok/v1/tail`: label sets are announced once and referred to by index, so that a frame is mostly lines. */
export function girokFrames(): EncodeFrame {
  const indexes = new Map<string, number>()
  const byIdentity = new WeakMap<object, number>()
  let seq = 0
  return (entries, _dropped, droppedCount) => {
    const announced: { index: number; labels: Record<string, string> }[] = []
    const indexOf = (entry: LogEntry): number => {
      const known = byIdentity.get(entry.stream)
      if (known !== undefined) return known
      const key = labelsKey(entry.stream)
      let index = indexes.get(key)
      if (index === undefined) {
        index = indexes.size
        indexes.set(key, index)
        announced.push({ index, labels: Object.fromEntries(entry.stream) })
      }
      byIdentity.set(entry.stream, index)
      return index
    }
    const frame: TailFrame = {
      seq: seq++,
      entries: entries.map((entry) => {
        const index = indexOf(entry)
        const time = entry.timeNs.toString()
        if (entry.metadata.size === 0 && entry.parsed.size === 0) return [time, index, entry.line] as const
        return [time, index, entry.line, Object.fromEntries([...entry.metadata, ...entry.parsed])] as const
      }),
      dropped: droppedCount,
      ...(announced.length > 0 ? { streams: announced } : {}),
    }
    return JSON.stringify(frame)
  }
}
