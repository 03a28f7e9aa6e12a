import { levelOfWord } from '../../model/level-words.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { abbreviate, type StreamDirectory } from '../batch/stream-directory.ts'
import { instantOf } from '../decode/instant.ts'
import type { IngestLimits } from '../limits.ts'
import type { FrameBatch } from '../listen/frame-queue.ts'
import { parseRecord } from './parse-event.ts'

export interface RecordOptions {
  readonly tenant: string
  readonly receiver: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  readonly nowMs: number
}

/** Makes log records of events and service checks, one a frame. */
export function decodeRecords(frames: FrameBatch, options: RecordOptions): Assembled {
  const { tenant, receiver, limits, directory, nowMs } = options
  const assembler = new Assembler(tenant, receiver, Buffer.alloc(0), limits, nowMs)
  for (let i = 0; i < frames.count; i++) {
    const text = frames.bytes.toString('utf8', frames.start[i], frames.end[i])
    const record = parseRecord(text)
    if (typeof record === 'string') {
      assembler.refusals.add('malformed_record', 1, () => `the line ${JSON.stringify(abbreviate(text, 120))} ${record}`)
      continue
    }
    const key = `${record.kind} ${record.service ?? ''}`
    const outcome = directory.outcome(tenant, key, limits, () => [
      ['service_name', record.service ?? ''],
      ['kind', record.kind],
    ])
    const line = Buffer.from(record.line)
    const start = assembler.foreignText(line)
    const { seconds, nanos } = instantOf(record.timeMs ?? frames.receivedMs[i]!)
    const level = record.level === 'unknown' ? 0 : levelOfWord(record.level)
    assembler.entry(seconds, nanos, start, start + line.length, level)
    assembler.endStream(outcome)
  }
  return assembler.finish()
}
