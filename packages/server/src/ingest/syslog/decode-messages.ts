import { isAscii } from 'node:buffer'
import { END_OF_TIME_SECONDS } from '../../model/batch.ts'
import { levelOfNumber } from '../../model/level-words.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { lineRange } from '../batch/line-range.ts'
import type { StreamOutcome } from '../batch/stream-directory.ts'
import { instantOf } from '../decode/instant.ts'
import { acceptedTimes, type IngestLimits } from '../limits.ts'
import type { FrameBatch } from '../listen/frame-queue.ts'
import { SyslogMessage } from './message.ts'
import { MessageMetadata } from './message-metadata.ts'
import type { MessageStreams } from './message-streams.ts'
import { readMessage } from './read-message.ts'
import { SenderZone } from './time-zone.ts'

export interface DecodeOptions {
  /** Zone of times without one: `local`, `UTC`, `+09:00`, `Asia/Seoul`. */
  readonly timeZone: string
  /** Which time a record gets. */
  readonly time: 'message' | 'receipt'
  /** Stores the whole message as the line, not only its text. */
  readonly wholeMessage: boolean
}

const NAME = 'syslog'
const LEVEL_OF_SEVERITY = Array.from({ length: 8 }, (_, severity) => levelOfNumber(severity, 'syslog'))

/** What became of a batch of messages, and how many of them were no syslog. */
export interface Decoded {
  readonly assembled: Assembled
  readonly unparsed: number
}

/** Makes records of syslog messages. Whatever a message holds, it becomes a record: only limits refuse. */
export class MessageDecoder {
  readonly #options: DecodeOptions
  readonly #limits: IngestLimits
  readonly #zone: SenderZone
  readonly #message = new SyslogMessage()
  readonly #metadata: MessageMetadata

  constructor(options: DecodeOptions, limits: IngestLimits) {
    this.#options = options
    this.#limits = limits
    this.#zone = new SenderZone(options.timeZone)
    this.#metadata = new MessageMetadata(limits)
  }

  /** `streams`: those of the tenant. `nowMs`: the time at which the batch is made, by which limits hold. */
  decode(frames: FrameBatch, tenant: string, streams: MessageStreams, nowMs: number): Decoded {
    const { bytes, count } = frames
    const limits = this.#limits
    const message = this.#message
    const assembler = new Assembler(tenant, NAME, bytes, limits, nowMs)
    const { oldestMs, newestMs } = acceptedTimes(limits, nowMs)
    // Checked once for all: a check for each line costs more than reading it.
    const ascii = isAscii(bytes)
    let open: StreamOutcome | undefined
    let unparsed = 0
    for (let i = 0; i < count; i++) {
      const start = frames.start[i]!
      const end = withoutEnding(bytes, start, frames.end[i]!)
      if (start === end) continue
      readMessage(bytes, start, end, message)
      if (message.format === 'none') unparsed++
      const receivedMs = frames.receivedMs[i]!
      let seconds = Number.NaN
      let nanos = 0
      if (message.hasTime && this.#options.time === 'message') {
        seconds = this.#zone.resolve(message.time, receivedMs)
        nanos = message.time.nanos
        const ms = seconds * 1000 + nanos / 1e6
        if (!(ms >= oldestMs && ms <= newestMs && seconds < END_OF_TIME_SECONDS)) seconds = Number.NaN
      }
      const timed = !Number.isNaN(seconds)
      if (!timed) ({ seconds, nanos } = instantOf(receivedMs))
      const { outcome, labelled } = streams.of(bytes, message, frames.from[i]!, nowMs)
      if (outcome !== open) {
        if (open !== undefined) assembler.endStream(open)
        open = outcome
      }
      let lineStart = this.#options.wholeMessage ? start : message.textStart
      let lineEnd = end
      if (!ascii) [lineStart, lineEnd] = lineRange(bytes, lineStart, end, assembler, limits)
      const level = message.priority < 0 ? 0 : LEVEL_OF_SEVERITY[message.priority & 7]!
      const metadata = this.#metadata.of(bytes, message, labelled, timed, ascii)
      if (metadata.length === 0) assembler.entry(seconds, nanos, lineStart, lineEnd, level)
      else assembler.entryWithMetadata(seconds, nanos, lineStart, lineEnd, metadata, level)
    }
    if (open !== undefined) assembler.endStream(open)
    return { assembled: assembler.finish(), unparsed }
  }
}

/** End of a message without the line feed and the NUL that senders put behind it. */
function withoutEnding(bytes: Buffer, start: number, end: number): number {
  let to = end
  if (to > start && bytes[to - 1] === 0x0a) to--
  if (to > start && bytes[to - 1] === 0) to--
  return to
}
