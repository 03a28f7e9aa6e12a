import { closeSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { InputContext } from '../model/input.ts'
import type { SourcePosition } from '../model/source.ts'
import type { Spool, SpoolReader, SpoolRecord, SpoolUsage } from '../model/spool.ts'
import { CursorFile, cursorName, isCursorName } from './cursor-file.ts'
import type { FolderLock } from './folder-lock.ts'
import { spoolIdentity } from './identity-file.ts'
import { Losses } from './losses.ts'
import { writeSnapshot } from './positions-file.ts'
import { DestinationReader, type ReaderHost } from './reader.ts'
import { encodeHead } from './record-form.ts'
import { apply, type Recovered, recover } from './recovery.ts'
import { extend, firstSequences, isEmpty, newSegment, type Segment } from './segment.ts'
import { SegmentScan } from './segment-scan.ts'
import { SegmentWriter } from './segment-writer.ts'
import { Waiters } from './waiters.ts'

export interface SpoolOptions {
  /** Made when it is not there. */
  readonly folder: string
  /** Names of all destinations. What was kept for others is forgotten. */
  readonly destinations: readonly string[]
  /** Default 1 GiB. Above it the oldest records go, sent or not. */
  readonly maxBytes?: number
  /** Default 24 hours, for as long as Girok knows a record again. Older ones go. */
  readonly maxAgeMs?: number
  /** Default 8 MiB, at most an eighth of `maxBytes`. */
  readonly segmentBytes?: number
  /** Default true. False: a loss of power may cost or repeat what was written in the last seconds. */
  readonly fsync?: boolean
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly log?: InputContext['log']
}

const RETRY_MS = 1000
const UPKEEP_MS = 30_000
/** How often it is said that records are given up. */
const SAY_EVICTION_MS = 600_000

/** Records in segments on a disk: see model/spool.ts. */
export class DiskSpool implements Spool {
  readonly kept: readonly SourcePosition[]
  readonly #folder: string
  readonly #maxBytes: number
  readonly #segmentBytes: number
  readonly #fsync: boolean
  readonly #now: () => number
  readonly #log: InputContext['log']
  readonly #lock: FolderLock
  readonly #id: Buffer
  readonly #losses: Losses
  readonly #segments: Segment[]
  readonly #positions: Map<string, SourcePosition>
  readonly #readers = new Map<string, DestinationReader>()
  readonly #host: ReaderHost
  readonly #waiters = new Waiters()
  readonly #upkeep: NodeJS.Timeout
  #writer: SegmentWriter
  #nextSequence: number
  #snapshotSequence: number
  #error: string | undefined
  #saidEviction = Number.NEGATIVE_INFINITY
  #saidRemoval: string | undefined
  #closing = false
  #closed: Promise<void> | undefined
  #last: Promise<void> = Promise.resolve()

  static async open(options: SpoolOptions, lock: FolderLock): Promise<DiskSpool> {
    const { folder, destinations, fsync = true, log = () => {} } = options
    const firsts = firstSequences(folder)
    const id = await spoolIdentity(folder, firsts, fsync)
    const names = new Set(destinations.map(cursorName))
    for (const name of readdirSync(folder)) {
      if ((isCursorName(name) && !names.has(name)) || name.endsWith('.new')) rmSync(join(folder, name))
    }
    const cursors = new Map(destinations.map((name) => [name, new CursorFile(folder, name, id)]))
    const losses = new Losses()
    const found = [...cursors.values()].map((cursor) => cursor.found)
    const recovered = recover({ folder, id, firsts, cursors: found, losses, log })
    const { segments, nextSequence } = recovered
    if (segments.length === 0) segments.push(newSegment(folder, nextSequence, 0))
    const writer = await SegmentWriter.open(folder, segments.at(-1) as Segment, fsync)
    const spool = new DiskSpool(options, { lock, id, losses, recovered, writer })
    for (const [name, cursor] of cursors) spool.#readers.set(name, new DestinationReader(spool.#host, cursor))
    spool.#removeDelivered()
    const { records } = losses.corrupt
    if (records > 0) log('error', 'records of the spool cannot be verified and are lost', { ...losses.corrupt })
    return spool
  }

  private constructor(
    options: SpoolOptions,
    parts: { lock: FolderLock; id: Buffer; losses: Losses; recovered: Recovered; writer: SegmentWriter },
  ) {
    const { maxBytes = 1024 ** 3, maxAgeMs = 86_400_000, segmentBytes = 8 * 1024 ** 2 } = options
    const { segments, positions, nextSequence, snapshotSequence } = parts.recovered
    this.#folder = options.folder
    this.#maxBytes = maxBytes
    this.#segmentBytes = Math.min(segmentBytes, Math.ceil(maxBytes / 8))
    this.#fsync = options.fsync ?? true
    this.#now = options.now ?? Date.now
    this.#log = options.log ?? (() => {})
    this.#lock = parts.lock
    this.#id = parts.id
    this.#losses = parts.losses
    this.#segments = segments
    this.#positions = positions
    this.kept = [...positions.values()]
    this.#nextSequence = nextSequence
    this.#snapshotSequence = snapshotSequence
    this.#writer = parts.writer
    const nextSequenceNow = () => this.#nextSequence
    this.#host = {
      id: parts.id,
      segments,
      losses: parts.losses,
      log: this.#log,
      get nextSequence() {
        return nextSequenceNow()
      },
      oldestMs: () => this.#now() - maxAgeMs,
      appended: (signal) => this.#waiters.wait(signal),
      pause: (signal) => this.#waiters.wait(signal, RETRY_MS),
      closed: () => this.#closing,
      moved: () => this.#removeDelivered(),
    }
    this.#upkeep = setInterval(() => this.#keepUp(), UPKEEP_MS)
    this.#upkeep.unref()
  }

  append(record: SpoolRecord): Promise<void> {
    if (this.#closing) return Promise.reject(new Error('the spool is closed'))
    const appended = this.#last.then(() => this.#append(record))
    this.#last = appended.catch(() => {})
    return appended
  }

  reader(destination: string): SpoolReader {
    let reader = this.#readers.get(destination)
    if (reader === undefined) {
      reader = new DestinationReader(this.#host, new CursorFile(this.#folder, destination, this.#id))
      this.#readers.set(destination, reader)
    }
    return reader
  }

  /** Forgets destinations that are not among these; nothing is kept for them any longer. */
  forgetOthers(destinations: readonly string[]): void {
    for (const [name, reader] of this.#readers) {
      if (destinations.includes(name)) continue
      this.#readers.delete(name)
      reader.close()
      rmSync(join(this.#folder, cursorName(name)), { force: true })
    }
    this.#removeDelivered()
  }

  usage(): SpoolUsage {
    const newest = this.#segments.at(-1) as Segment
    let waitingBytes = 0
    for (const reader of this.#readers.values()) waitingBytes = Math.max(waitingBytes, reader.waitingBytes)
    return {
      bytes: newest.base + newest.bytes - (this.#segments[0] as Segment).base,
      maxBytes: this.#maxBytes,
      waitingBytes,
      evicted: this.#losses.evicted,
      corrupt: this.#losses.corrupt,
      error: this.#error,
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#closing = true
    this.#waiters.wake()
    await this.#last
    clearInterval(this.#upkeep)
    for (const reader of this.#readers.values()) reader.close()
    await this.#writer.close()
    await this.#lock.release()
  }

  async #append(record: SpoolRecord): Promise<void> {
    const atMs = this.#now()
    const sequence = this.#nextSequence
    const positions = record.positions.filter((position) => this.#isNews(position))
    const head = encodeHead({ ...record, positions }, { id: this.#id, sequence, atMs })
    const bytes = head.length + record.payload.length
    for (;;) {
      try {
        await this.#makeRoom(bytes)
        await this.#writer.write([head, record.payload])
        break
      } catch (error) {
        this.#fault(error as NodeJS.ErrnoException)
        if (this.#closing) throw new Error(`the spool was closed before a record could be written: ${this.#error}`)
        await this.#waiters.wait(undefined, RETRY_MS)
      }
    }
    if (this.#error !== undefined) this.#log('info', 'the spool can be written again')
    this.#error = undefined
    const { segment } = this.#writer
    extend(segment, sequence, atMs)
    segment.bytes += bytes
    this.#nextSequence++
    apply(this.#positions, positions)
    this.#waiters.wake()
  }

  #isNews({ key, identity, place }: SourcePosition): boolean {
    const known = this.#positions.get(key)
    if (known === undefined) return place !== null
    if (known.place !== place) return true
    return known.identity !== identity && JSON.stringify(known.identity) !== JSON.stringify(identity)
  }

  #fault({ code, message }: NodeJS.ErrnoException): void {
    const why = code === 'ENOSPC' ? 'the disk is full' : code === 'EDQUOT' ? 'the disk quota is used up' : message
    const error = `cannot write to ${this.#folder}: ${why}; reading waits and is tried again each second`
    if (this.#error !== error) this.#log('error', error)
    this.#error = error
  }

  /** Begins a new segment when the record does not fit, and gives up the oldest ones when the spool is full. */
  async #makeRoom(bytes: number): Promise<void> {
    const { segment } = this.#writer
    const fits = segment.bytes + bytes <= this.#segmentBytes
    if (!isEmpty(segment) && (!fits || this.usage().bytes + bytes > this.#maxBytes)) await this.#roll()
    this.#evictOld()
    while (this.#segments.length > 1 && this.usage().bytes + bytes > this.#maxBytes) {
      if (!this.#evict('full')) return
    }
  }

  async #roll(): Promise<void> {
    const { segment } = this.#writer
    // Before a segment may go its positions must stand elsewhere.
    const id = this.#id.toString('hex')
    await writeSnapshot(
      this.#folder,
      { id, sequence: segment.last, positions: [...this.#positions.values()] },
      this.#fsync,
    )
    this.#snapshotSequence = segment.last
    const next = newSegment(this.#folder, this.#nextSequence, segment.base + segment.bytes)
    const writer = await SegmentWriter.open(this.#folder, next, this.#fsync)
    const before = this.#writer
    this.#writer = writer
    this.#segments.push(next)
    this.#removeDelivered()
    await before.close()
  }

  /** Removes what every destination has got. */
  #removeDelivered(): void {
    if (this.#readers.size === 0) return
    const done = this.#doneBefore()
    while (this.#segments.length > 1 && (this.#segments[0] as Segment).last < done && this.#removeOldest()) {
      // Until one is left.
    }
  }

  #doneBefore(): number {
    return Math.min(...[...this.#readers.values()].map((reader) => reader.doneBefore))
  }

  #evictOld(): void {
    const limit = this.#host.oldestMs()
    while (this.#segments.length > 1 && (this.#segments[0] as Segment).newestMs < limit) {
      if (!this.#evict('age')) return
    }
  }

  /** Gives up the oldest segment and counts what some destination did not get. */
  #evict(why: 'full' | 'age'): boolean {
    const oldest = this.#segments[0] as Segment
    const first = Math.min(...[...this.#readers.values()].map((reader) => reader.cursor))
    const lost = first > oldest.last ? 0 : this.#countFrom(oldest, first)
    if (!this.#removeOldest()) return false
    for (const reader of this.#readers.values()) reader.skipTo(oldest.last + 1)
    if (lost === 0) return true
    if (why === 'full') this.#losses.full(lost)
    else this.#losses.aged(0, lost)
    const now = this.#now()
    if (now - this.#saidEviction >= SAY_EVICTION_MS) {
      this.#saidEviction = now
      const reason = why === 'full' ? 'the spool is full' : 'they are too old'
      this.#log('warning', `the oldest records are given up before they were sent: ${reason}`, { lines: lost })
    }
    return true
  }

  /** Lines and samples in a segment from a sequence on, without those that were counted as lost. */
  #countFrom(segment: Segment, first: number): number {
    let count = 0
    let fd: number
    try {
      fd = openSync(segment.path, 'r')
    } catch (error) {
      this.#log('error', 'cannot count what is given up', { error: (error as Error).message })
      return 0
    }
    try {
      const scan = new SegmentScan(fd, () => segment.bytes, this.#id)
      for (let record = scan.next(0, 0); record !== undefined; record = scan.next(record.end, record.head.sequence)) {
        const { sequence, count: own } = record.head
        if (sequence >= first && !this.#losses.isCounted(sequence)) count += own
      }
    } finally {
      closeSync(fd)
    }
    return count
  }

  /** False when it has to stay. */
  #removeOldest(): boolean {
    const oldest = this.#segments[0] as Segment
    if (oldest === this.#writer.segment || oldest.last > this.#snapshotSequence) return false
    try {
      rmSync(oldest.path, { force: true })
    } catch (error) {
      this.#removalFault(error as Error)
      return false
    }
    oldest.removed = true
    this.#segments.shift()
    this.#losses.forgetBefore(Math.min((this.#segments[0] as Segment).first, this.#doneBefore()))
    return true
  }

  #removalFault({ message }: Error): void {
    if (this.#saidRemoval !== message)
      this.#log('error', 'cannot remove what was sent from the spool', { error: message })
    this.#saidRemoval = message
  }

  #keepUp(): void {
    for (const reader of this.#readers.values()) reader.sync()
    this.#evictOld()
  }
}
