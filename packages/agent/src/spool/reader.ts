import { closeSync, openSync, read as readCallback } from 'node:fs'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import type { InputContext } from '../model/input.ts'
import type { SpoolReader, StoredRecord } from '../model/spool.ts'
import type { CursorFile } from './cursor-file.ts'
import type { Losses } from './losses.ts'
import { decodeDetail, FIXED_BYTES, type RecordHead, recordKey } from './record-form.ts'
import { isEmpty, type Segment } from './segment.ts'
import { type ScannedRecord, SegmentScan } from './segment-scan.ts'

const read = promisify(readCallback)
/** Larger buffers are given back after use. */
const LARGEST_KEPT = 4 * 1024 * 1024
const BUFFER_STEP = 64 * 1024

/** What a reader needs to know of its spool. */
export interface ReaderHost {
  readonly id: Buffer
  /** Oldest first; at least one. */
  readonly segments: readonly Segment[]
  /** Of the record to come. */
  readonly nextSequence: number
  readonly losses: Losses
  readonly log: InputContext['log']
  /** Records that were appended before this are too old. Milliseconds since the epoch. */
  readonly oldestMs: () => number
  /** Resolves when a record was appended, or on abort or close. */
  readonly appended: (signal: AbortSignal) => Promise<void>
  /** Waits a second; less on abort or close. */
  readonly pause: (signal: AbortSignal) => Promise<void>
  readonly closed: () => boolean
  /** The reader has left a segment. */
  readonly moved: () => void
}

interface Current {
  readonly record: StoredRecord
  readonly head: RecordHead
  readonly segment: Segment
  readonly end: number
}

/** Reads the records of a spool for one destination. */
export class DestinationReader implements SpoolReader {
  readonly #host: ReaderHost
  readonly #cursorFile: CursorFile
  #cursorFault = false
  /** Sequence of the first record that is not done. */
  #cursor: number
  #segment: Segment
  #offset = 0
  #open: { readonly segment: Segment; readonly fd: number; readonly scan: SegmentScan } | undefined
  #current: Current | undefined
  #readFault: string | undefined
  #ended = false
  #reads = 0
  #buffer = Buffer.alloc(0)

  constructor(host: ReaderHost, cursorFile: CursorFile) {
    this.#host = host
    this.#cursorFile = cursorFile
    this.#segment = host.segments[0] as Segment
    this.#cursor = Math.max(cursorFile.found ?? 0, this.#segment.first)
    for (const segment of host.segments) {
      if (segment.first <= this.#cursor) this.#segment = segment
    }
    if (this.#cursor > this.#segment.last) this.#offset = this.#segment.bytes
    else if (this.#cursor > this.#segment.first) this.#offset = this.#find()
  }

  /** Sequence of the first record that would be missed if it went: the one on its way is in memory already. */
  get cursor(): number {
    return this.#current === undefined ? this.#cursor : this.#cursor + 1
  }

  /** Sequence of the first record that is not done. */
  get doneBefore(): number {
    return this.#cursor
  }

  /** Bytes of records that are not done. */
  get waitingBytes(): number {
    const { segments } = this.#host
    const newest = segments.at(-1) as Segment
    const at = Math.max(this.#segment.base + this.#offset, (segments[0] as Segment).base)
    return newest.base + newest.bytes - at
  }

  async next(signal: AbortSignal): Promise<StoredRecord | undefined> {
    while (!signal.aborted && !this.#ended && !this.#host.closed()) {
      if (this.#current !== undefined) {
        if (this.#current.head.atMs >= this.#host.oldestMs()) return this.#current.record
        this.#tooOld(this.#current.head)
        this.#finish(this.#current)
      } else if (!this.#toNextRecord()) await this.#host.appended(signal)
      else {
        await this.#tryToRead(signal)
        // Records that are passed over by the thousand must not keep others from their turn.
        if (++this.#reads % 256 === 0) await new Promise((later) => setImmediate(later))
      }
    }
    return undefined
  }

  done({ sequence }: StoredRecord): void {
    if (this.#current?.head.sequence === sequence) this.#finish(this.#current)
  }

  backlog(): { records: number; bytes: number; oldestMs: number | undefined } {
    const records = Math.max(0, this.#host.nextSequence - Math.max(this.#cursor, this.#oldest().first))
    const oldestMs = records === 0 ? undefined : (this.#current?.head.atMs ?? this.#segment.oldestMs)
    return { records, bytes: this.waitingBytes, oldestMs }
  }

  /** The segments up to this sequence are being removed. */
  skipTo(sequence: number): void {
    if (this.#current === undefined) this.#cursor = Math.max(this.#cursor, sequence)
  }

  /** Writes the cursor to the disk. */
  sync(): void {
    try {
      this.#cursorFile.sync()
    } catch (error) {
      this.#tellCursorFault(error)
    }
  }

  close(): void {
    this.#ended = true
    this.sync()
    this.#cursorFile.close()
    this.#closeFile()
  }

  #oldest(): Segment {
    return this.#host.segments[0] as Segment
  }

  /** Where the record at the cursor begins. */
  #find(): number {
    const { scan } = this.#file()
    let offset = 0
    for (let found = scan.next(0, 0); found !== undefined; found = scan.next(found.end, found.head.sequence)) {
      if (found.head.sequence >= this.#cursor) return found.offset
      offset = found.end
    }
    return Math.min(offset, this.#segment.bytes)
  }

  /** Moves to where the next record should be; false when everything is done. */
  #toNextRecord(): boolean {
    const { segments } = this.#host
    if (this.#segment.removed) this.#enter(this.#oldest())
    while (this.#offset >= this.#segment.bytes) {
      const following = segments[segments.indexOf(this.#segment) + 1]
      if (following === undefined) {
        this.#endOfSegment()
        return false
      }
      this.#endOfSegment()
      this.#enter(following)
    }
    return true
  }

  /** Records that should have come before the end of the segment did not. */
  #endOfSegment(): void {
    const { last } = this.#segment
    if (isEmpty(this.#segment) || this.#cursor > last) return
    this.#missing(last + 1)
    this.#cursor = last + 1
    this.#keepCursor()
  }

  #enter(segment: Segment): void {
    this.#closeFile()
    this.#segment = segment
    this.#offset = 0
    // Gaps before a segment are seen when its first record is read; what was before the oldest is no gap.
    if (segment === this.#oldest()) this.#cursor = Math.max(this.#cursor, segment.first)
    this.#host.moved()
  }

  async #tryToRead(signal: AbortSignal): Promise<void> {
    const segment = this.#segment
    try {
      this.#current = await this.#read()
      this.#readFault = undefined
    } catch (error) {
      if (this.#ended) return
      const { code, message } = error as NodeJS.ErrnoException
      // Somebody has deleted the file: what was in it is missing.
      if (code === 'ENOENT') this.#offset = segment.bytes
      else {
        if (this.#readFault !== message)
          this.#host.log('error', 'cannot read the spool; trying again', { error: message })
        this.#readFault = message
        await this.#host.pause(signal)
      }
    }
  }

  /** Reads the record at the offset, or says why it is passed over. */
  async #read(): Promise<Current | undefined> {
    const segment = this.#segment
    const { fd, scan } = this.#file()
    const found = scan.next(this.#offset, 0)
    if (found === undefined || found.offset >= segment.bytes) {
      this.#offset = segment.bytes
      return undefined
    }
    const { head, end } = found
    if (head.sequence > this.#cursor) this.#missing(head.sequence)
    if (head.sequence < this.#cursor) {
      this.#offset = Math.min(end, segment.bytes)
      return undefined
    }
    this.#cursor = head.sequence
    const place = { head, segment, end: Math.min(end, segment.bytes) }
    // Nothing but positions.
    if (head.payloadBytes === 0) return this.#pass(place)
    if (head.atMs < this.#host.oldestMs()) {
      this.#tooOld(head)
      return this.#pass(place)
    }
    const record = this.#recordOf(found)
    const isWhole = await this.#fill(fd, record.payload, found.offset + FIXED_BYTES + head.detailBytes)
    // While it was read it was given up, and counted.
    if (segment.removed || this.#ended) return undefined
    if (isWhole && crc32(record.payload) === head.payloadCrc) return { ...place, record }
    if (this.#host.losses.unverifiable(head.sequence, head.count)) {
      const { log } = this.#host
      log('warning', 'a record of the spool cannot be verified and is lost', { file: segment.path, lines: head.count })
    }
    return this.#pass(place)
  }

  #recordOf({ head, bytes }: ScannedRecord): StoredRecord {
    const { kind, count, sequence, payloadBytes } = head
    if (this.#buffer.length < payloadBytes || this.#buffer.length > LARGEST_KEPT) {
      // Records differ a little: the next one fits as well.
      this.#buffer = Buffer.allocUnsafeSlow(Math.ceil(payloadBytes / BUFFER_STEP) * BUFFER_STEP)
    }
    const payload = this.#buffer.subarray(0, payloadBytes)
    return { kind, count, sequence, key: recordKey(head), payload, ...decodeDetail(bytes, head) }
  }

  /** False when the bytes are not there, or the disk cannot read them. */
  async #fill(fd: number, into: Uint8Array, position: number): Promise<boolean> {
    for (let at = 0; at < into.length; ) {
      try {
        const { bytesRead } = await read(fd, into, at, into.length - at, position + at)
        if (bytesRead === 0) return false
        at += bytesRead
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EIO') return false
        throw error
      }
    }
    return true
  }

  #pass(place: Omit<Current, 'record'>): undefined {
    this.#finish(place)
    return undefined
  }

  #finish({ head, segment, end }: Omit<Current, 'record'>): void {
    this.#current = undefined
    this.#cursor = Math.max(this.#cursor, head.sequence + 1)
    if (segment === this.#segment) this.#offset = end
    this.#keepCursor()
    if (this.#offset >= this.#segment.bytes) this.#host.moved()
  }

  #tooOld({ sequence, count }: RecordHead): void {
    const { losses } = this.#host
    if (!losses.isCounted(sequence)) losses.aged(sequence, count)
  }

  #missing(before: number): void {
    const { losses, log } = this.#host
    if (losses.missing(this.#cursor, before)) {
      log('warning', 'records of the spool cannot be verified and are lost', {
        file: this.#segment.path,
        records: before - this.#cursor,
      })
    }
  }

  #keepCursor(): void {
    // Its file is closed; what was sent late is known by its key when it is sent again.
    if (this.#ended) return
    try {
      this.#cursorFile.write(this.#cursor)
      this.#cursorFault = false
    } catch (error) {
      this.#tellCursorFault(error)
    }
  }

  #tellCursorFault(error: unknown): void {
    if (!this.#cursorFault) {
      this.#host.log('error', 'cannot keep what was sent: after a restart it will be sent again', {
        error: (error as Error).message,
      })
    }
    this.#cursorFault = true
  }

  #file() {
    if (this.#open?.segment !== this.#segment) {
      this.#closeFile()
      const segment = this.#segment
      const fd = openSync(segment.path, 'r')
      const scan = new SegmentScan(fd, () => segment.bytes, this.#host.id)
      this.#open = { segment, fd, scan }
    }
    return this.#open as { fd: number; scan: SegmentScan }
  }

  #closeFile(): void {
    if (this.#open !== undefined) closeSync(this.#open.fd)
    this.#open = undefined
  }
}
