import { END_OF_TIME_SECONDS, type Metadata, type RecordBatch } from '../../model/batch.ts'
import { GirokError } from '../../model/errors.ts'
import { labelsText, type Stream } from '../../model/labels.ts'
import { acceptedTimes, type IngestLimits } from '../limits.ts'
import { Refusals } from './refusals.ts'
import { abbreviate, type StreamOutcome } from './stream-directory.ts'

/** More records in one request are refused with 413: it bounds what a body of tiny records makes of memory. */
export const MAX_RECORDS_PER_REQUEST = 1 << 20
const MAX_STREAMS_PER_REQUEST = 1 << 16

/** More records than {@link MAX_RECORDS_PER_REQUEST}, under the name that the protocol has for them. */
export function tooManyRecords(name = 'records'): GirokError {
  return new GirokError(
    'body_too_large',
    `request has more than ${MAX_RECORDS_PER_REQUEST} ${name}: send smaller requests`,
  )
}

export interface Assembled {
  readonly batch: RecordBatch
  readonly refusals: Refusals
  /** Bytes of lines and metadata of the records in the batch, per index of `batch.streams`. */
  readonly streamBytes: readonly number[]
}

/** Refused records of the open stream; the text has to wait for the stream's labels. */
interface Waiting {
  readonly kind: 'old' | 'new' | 'range' | 'long' | 'large' | 'many'
  count: number
  readonly value: number
  readonly other: number
}

/**
 * Builds a batch stream by stream, under the limits that hold for single records. A decoder calls `entry` for each
 * record and `endStream` once the stream's labels are known, which may be after its records. Lines are ranges of the
 * body, or texts given to `foreignText` where the body's bytes cannot be used as they are.
 */
export class Assembler {
  count = 0
  readonly refusals = new Refusals()
  readonly #tenant: string
  readonly #receiver: string
  readonly #body: Buffer
  readonly #limits: IngestLimits
  readonly #oldestMs: number
  readonly #newestMs: number
  readonly #maxLine: number
  #capacity: number
  #stream: Uint32Array
  #seconds: Float64Array
  #nanos: Uint32Array
  #lineStart: Uint32Array
  #lineEnd: Uint32Array
  #level: Uint8Array
  #metadata: (Metadata | undefined)[] | undefined
  readonly #streams: Stream[] = []
  readonly #streamBytes: number[] = []
  readonly #indexOfId = new Map<string, number>()
  readonly #foreign: Buffer[] = []
  #foreignLength = 0
  #streamStart = 0
  /** Of the open stream. */
  #metadataBytes = 0
  #waiting: Waiting[] = []

  constructor(tenant: string, receiver: string, body: Buffer, limits: IngestLimits, nowMs: number) {
    this.#tenant = tenant
    this.#receiver = receiver
    this.#body = body
    this.#limits = limits
    const { oldestMs, newestMs } = acceptedTimes(limits, nowMs)
    this.#oldestMs = oldestMs
    this.#newestMs = newestMs
    this.#maxLine = limits.maxLineSize > 0 ? limits.maxLineSize : Number.POSITIVE_INFINITY
    this.#capacity = Math.min(MAX_RECORDS_PER_REQUEST, 16 + (body.length >>> 7))
    this.#stream = new Uint32Array(this.#capacity)
    this.#seconds = new Float64Array(this.#capacity)
    this.#nanos = new Uint32Array(this.#capacity)
    this.#lineStart = new Uint32Array(this.#capacity)
    this.#lineEnd = new Uint32Array(this.#capacity)
    this.#level = new Uint8Array(this.#capacity)
  }

  /** Adds a record to the open stream, or notes why it cannot be stored. Seconds and nanos as in {@link RecordBatch}. */
  entry(seconds: number, nanos: number, start: number, end: number, level = 0): void {
    const ms = seconds * 1000 + nanos / 1e6
    if (
      !(ms >= this.#oldestMs && ms <= this.#newestMs && end - start <= this.#maxLine && seconds < END_OF_TIME_SECONDS)
    ) {
      this.#refuseEntry(seconds, ms, end - start)
      return
    }
    const i = this.count
    if (i === this.#capacity) this.#grow()
    this.#stream[i] = this.#streams.length
    this.#seconds[i] = seconds
    this.#nanos[i] = nanos
    this.#lineStart[i] = start
    this.#lineEnd[i] = end
    this.#level[i] = level
    this.count = i + 1
  }

  /** Like {@link entry}, with structured metadata. */
  entryWithMetadata(seconds: number, nanos: number, start: number, end: number, metadata: Metadata, level = 0): void {
    const { maxStructuredMetadataEntriesCount: maxCount, maxStructuredMetadataSize: maxSize } = this.#limits
    if (maxCount > 0 && metadata.length / 2 > maxCount) {
      this.#wait('many', metadata.length / 2, maxCount)
      return
    }
    const size = metadataBytes(metadata)
    if (maxSize > 0 && size > maxSize) {
      this.#wait('large', size, maxSize)
      return
    }
    const before = this.count
    this.entry(seconds, nanos, start, end, level)
    if (this.count === before || metadata.length === 0) return
    this.#metadata ??= []
    this.#metadata[before] = metadata
    this.#metadataBytes += size
  }

  /** Keeps a text that does not stand in the body; returns where it will stand in the batch's bytes. */
  foreignText(text: Buffer): number {
    const start = this.#body.length + this.#foreignLength
    const cap = this.#limits.maxDecompressedBytes
    if (cap > 0 && start + text.length > cap) {
      throw new GirokError(
        'body_too_large',
        `request body too large: with invalid UTF-8 replaced it exceeds limits.maxDecompressedBytes (${cap} bytes)`,
      )
    }
    this.#foreign.push(text)
    this.#foreignLength += text.length
    return start
  }

  /** Takes back the records of the open stream (a member that is given again replaces the earlier one). */
  restartStream(): void {
    this.count = this.#streamStart
    this.#waiting = []
    this.#metadataBytes = 0
    if (this.#metadata) this.#metadata.length = Math.min(this.#metadata.length, this.count)
  }

  /** Takes back everything. */
  restart(): void {
    this.#streamStart = 0
    this.restartStream()
    this.#streams.length = 0
    this.#streamBytes.length = 0
    this.#indexOfId.clear()
    this.refusals.clear()
  }

  /** True when the open stream got any record, stored or refused. */
  get streamTouched(): boolean {
    return this.count > this.#streamStart || this.#waiting.length > 0
  }

  /** Closes the open stream: its records belong to `outcome`'s stream, or are refused with it. */
  endStream(outcome: StreamOutcome): void {
    const from = this.#streamStart
    if (outcome.refused) {
      let lost = this.count - from
      for (const entry of this.#waiting) lost += entry.count
      this.restartStream()
      this.refusals.add(outcome.refused.reason, lost, () => outcome.refused.text)
      return
    }
    for (const waiting of this.#waiting) this.#explain(waiting, outcome.stream)
    this.#waiting = []
    this.#streamStart = this.count
    if (this.count === from) return
    const index = this.#indexOf(outcome.stream)
    if (index !== this.#stream[from]) this.#stream.fill(index, from, this.count)
    let bytes = 0
    for (let i = from; i < this.count; i++) bytes += this.#lineEnd[i]! - this.#lineStart[i]!
    this.#streamBytes[index] = (this.#streamBytes[index] ?? 0) + bytes + this.#metadataBytes
    this.#metadataBytes = 0
  }

  /** The batch; the assembler and the body must not be used afterwards. */
  finish(): Assembled {
    const batch: RecordBatch = {
      tenant: this.#tenant,
      receiver: this.#receiver,
      count: this.count,
      streams: this.#streams,
      stream: this.#stream,
      seconds: this.#seconds,
      nanos: this.#nanos,
      level: this.#level,
      bytes: this.#foreign.length === 0 ? this.#body : Buffer.concat([this.#body, ...this.#foreign]),
      lineStart: this.#lineStart,
      lineEnd: this.#lineEnd,
      metadata: this.#metadata,
    }
    return { batch, refusals: this.refusals, streamBytes: this.#streamBytes }
  }

  #indexOf(stream: Stream): number {
    const known = this.#indexOfId.get(stream.id)
    if (known !== undefined) return known
    const index = this.#streams.length
    if (index === MAX_STREAMS_PER_REQUEST) {
      throw new GirokError(
        'body_too_large',
        `request has more than ${MAX_STREAMS_PER_REQUEST} streams: send smaller ones`,
      )
    }
    this.#streams.push(stream)
    this.#indexOfId.set(stream.id, index)
    return index
  }

  #refuseEntry(seconds: number, ms: number, length: number): void {
    if (!(seconds >= 0 && seconds < END_OF_TIME_SECONDS)) this.#wait('range', seconds, 0)
    else if (ms < this.#oldestMs) this.#wait('old', ms, this.#oldestMs)
    else if (ms > this.#newestMs) this.#wait('new', ms, this.#newestMs)
    else this.#wait('long', length, this.#maxLine)
  }

  #wait(kind: Waiting['kind'], value: number, other: number): void {
    const waiting = this.#waiting.find((entry) => entry.kind === kind)
    if (waiting) waiting.count++
    else this.#waiting.push({ kind, count: 1, value, other })
  }

  #explain({ kind, count, value, other }: Waiting, stream: Stream): void {
    const shown = () => abbreviate(labelsText(stream.labels))
    if (kind === 'old') {
      this.refusals.add('greater_than_max_sample_age', count, () => {
        return `entry for stream '${shown()}' has timestamp too old: ${rfc3339(value)}, oldest acceptable timestamp is: ${rfc3339(other)}`
      })
    } else if (kind === 'new') {
      this.refusals.add('too_far_in_future', count, () => {
        return `entry for stream '${shown()}' has timestamp too new: ${rfc3339(value)}`
      })
    } else if (kind === 'range') {
      this.refusals.add('timestamp_out_of_range', count, () => {
        return `entry for stream '${shown()}' has a timestamp outside 1970 to 2106: second ${value}`
      })
    } else if (kind === 'long') {
      this.refusals.add('line_too_long', count, () => {
        return `max entry size '${other}' bytes exceeded for stream '${shown()}' while adding an entry with length '${value}' bytes`
      })
    } else if (kind === 'large') {
      this.refusals.add('structured_metadata_too_large', count, () => {
        return `stream '${shown()}' has structured metadata too large: '${value}' bytes, limit: '${other}' bytes`
      })
    } else {
      this.refusals.add('structured_metadata_too_many', count, () => {
        return `stream '${shown()}' has too many structured metadata labels: '${value}', limit: '${other}'`
      })
    }
  }

  #grow(): void {
    if (this.#capacity >= MAX_RECORDS_PER_REQUEST) {
      throw tooManyRecords()
    }
    this.#capacity = Math.min(MAX_RECORDS_PER_REQUEST, this.#capacity * 2)
    this.#stream = grown(this.#stream, new Uint32Array(this.#capacity))
    this.#seconds = grown(this.#seconds, new Float64Array(this.#capacity))
    this.#nanos = grown(this.#nanos, new Uint32Array(this.#capacity))
    this.#lineStart = grown(this.#lineStart, new Uint32Array(this.#capacity))
    this.#lineEnd = grown(this.#lineEnd, new Uint32Array(this.#capacity))
    this.#level = grown(this.#level, new Uint8Array(this.#capacity))
  }
}

function grown<T extends Uint32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}

function metadataBytes(metadata: Metadata): number {
  let bytes = 0
  for (let i = 0; i < metadata.length; i++) bytes += utf8Length(metadata[i] as string)
  return bytes
}

/** A call into the engine costs more than to look at a short text's characters. */
function utf8Length(text: string): number {
  const { length } = text
  if (length > 64) return Buffer.byteLength(text)
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) >= 0x80) return Buffer.byteLength(text)
  return length
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z')
}
