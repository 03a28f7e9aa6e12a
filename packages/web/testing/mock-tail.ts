import type { TailFrame } from '@girok/server/contract'
import type { WebSocket } from 'ws'
import { recordAt } from './log-generator.ts'

const frameMs = 50

/** Sends generated lines in frames every 50 ms, at an even rate whatever the timer does. */
export function startTail(client: WebSocket, perSecond: number): void {
  const streams = new Map<string, number>()
  const startedMs = Date.now()
  let sent = 0
  let seq = 0
  const timer = setInterval(() => {
    const due = Math.floor(((Date.now() - startedMs) / 1000) * perSecond)
    if (due === sent) return
    const announced: { index: number; labels: Readonly<Record<string, string>> }[] = []
    const entries: [string, number, string, Readonly<Record<string, string>>][] = []
    const nowNs = BigInt(Date.now()) * 1_000_000n
    for (; sent < due; sent += 1) {
      const record = recordAt(sent, 1n)
      const key = JSON.stringify(record.labels)
      let index = streams.get(key)
      if (index === undefined) {
        index = streams.size
        streams.set(key, index)
        announced.push({ index, labels: record.labels })
      }
      entries.push([String(nowNs + BigInt(sent % 1_000_000)), index, record.line, record.meta])
    }
    seq += 1
    const frame: TailFrame = { seq, entries, dropped: 0, ...(announced.length > 0 ? { streams: announced } : {}) }
    client.send(JSON.stringify(frame))
  }, frameMs)
  client.on('close', () => clearInterval(timer))
}
