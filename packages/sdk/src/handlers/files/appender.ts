import { fdatasync, fdatasyncSync, writeSync } from 'node:fs'
import { setTimeout } from 'node:timers'
import type { Complain } from '../../complaints.ts'
import { messageOf } from '../error-text.ts'
import { isExiting, registerAtExit } from '../exit.ts'
import {
  closeQuietly,
  endTornLine,
  isDeleted,
  modifiedMs,
  type OpenFile,
  openForAppend,
  sizeInPlace,
} from './open-file.ts'
import type { FilePlan, Period } from './plan.ts'
import { BYTES_PER_UNIT, encode, scratch } from './scratch.ts'

/**
 * When a record is safe. `line`: written before the call returns, survives SIGKILL and abort. `buffered`: gathered for
 * some milliseconds, survives every end that the process notices. `fsync`: as `line`, and forced to the disk, survives a
 * power cut.
 */
export type Durability = 'line' | 'buffered' | 'fsync'

export interface AppenderSettings {
  readonly durability: Durability
  /** UTF-16 units. */
  readonly bufferSize: number
  readonly flushIntervalMs: number
  readonly syncIntervalMs: number
  readonly truncate: boolean
}

/** What became of the records of one file, or of all files that rotation made of it. */
export interface FileStats {
  readonly written: number
  readonly bytes: number
  /** Records lost: the disk was full or failing for longer than memory allowed, or the handler was closed. */
  readonly dropped: number
}

/** What may wait in memory while the disk refuses, UTF-16 units or bytes. */
const HELD_MAX = 4 * 2 ** 20

// Measured by performance.now: the clock of the records may be set back, and all of this would wait for it.

/** How often the name of the file is looked at: whether it was moved (logrotate) or deleted. A look costs 2 µs. */
const CHECK_MS = 50

/** How long a file that refuses is left alone, unless the process ends. */
const RETRY_MS = 100

/** How long a rotation that failed is left alone. */
const TURN_RETRY_MS = 10_000

const LINE_FEED = 10

/** Errors that leave the open file good. */
const PASSING = new Set(['ENOSPC', 'EDQUOT', 'EAGAIN', 'EFBIG'])

/** The one writer of a file in this process: gathers lines, writes whole ones, turns to the next file when it is time. */
export class Appender {
  readonly #plan: FilePlan
  readonly #settings: AppenderSettings
  readonly #complain: Complain
  /** Whether each line is written at once. */
  readonly #eager: boolean
  #file: OpenFile | undefined
  #size = 0
  /** Lines not written yet, with how many records they are. One `+=` per record; flattened once, when it is written. */
  #buffer = ''
  #buffered = 0
  /** A write that was cut short, how much of it is done, and how many records it was. */
  #rest: Buffer | undefined
  #restDone = 0
  #restRecords = 0
  /** UTF-16 units that may be added without a closer look. */
  #room = 0
  // Nothing is in this period, so that the first record gets a closer look.
  #fromMs = Number.POSITIVE_INFINITY
  #untilMs = Number.NEGATIVE_INFINITY
  #begun = false
  /** Of the file that was there before us. */
  #modifiedMs: number | undefined
  #truncate: boolean
  #failing = false
  #retryAt = 0
  #turnAt = 0
  #checkedAt = 0
  #ticking = false
  #unsynced = false
  #closed = false
  readonly #stats = { written: 0, bytes: 0, dropped: 0 }
  readonly #flushTimer: NodeJS.Timeout
  readonly #syncTimer: NodeJS.Timeout | undefined
  readonly #unregister: () => void

  constructor(plan: FilePlan, settings: AppenderSettings, complain: Complain) {
    this.#plan = plan
    this.#settings = settings
    this.#complain = complain
    this.#eager = settings.durability !== 'buffered'
    this.#truncate = settings.truncate
    // Made here and refreshed later: a timer made while a request logs would keep that request's context alive.
    this.#flushTimer = setTimeout(() => this.#onTick(), settings.flushIntervalMs).unref()
    if (settings.durability === 'fsync' && settings.syncIntervalMs > 0) {
      this.#syncTimer = setTimeout(() => this.#syncLater(), settings.syncIntervalMs).unref()
    }
    this.#unregister = registerAtExit({ flushSync: () => this.#flushAtExit() })
    if (plan.path !== undefined) this.#open()
  }

  get path(): string | undefined {
    return this.#plan.path
  }

  get stats(): FileStats {
    return { ...this.#stats }
  }

  /** Takes one record, without its line end. `urgent`: it is written before this returns, with all that waits. */
  append(line: string, timeMs: number, urgent: boolean): void {
    if (line.length >= this.#room || timeMs >= this.#untilMs || timeMs < this.#fromMs) {
      if (!this.#makeWay(line, timeMs)) return
    }
    this.#buffer += line
    this.#buffer += '\n'
    this.#room -= line.length + 1
    this.#buffered++
    if (urgent || this.#eager) this.#push(false)
    else if (!this.#ticking) this.#tick()
  }

  /** Writes all that waits. */
  flushSync(): void {
    this.#push(true)
  }

  /** Opens the file of that name anew: for who moved it away. It is noticed within 50 ms of writing without this, too. */
  reopen(): void {
    this.#push(true)
    this.#letGo()
    if (this.#plan.path !== undefined && !this.#closed) this.#open()
  }

  async flush(): Promise<void> {
    this.#push(true)
    await this.#plan.settled()
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#push(true)
      this.#closed = true
      this.#room = 0
      this.#giveUp()
      clearTimeout(this.#flushTimer)
      clearTimeout(this.#syncTimer)
      this.#letGo()
      this.#unregister()
    }
    await this.#plan.settled()
  }

  /** The closer look: false when there is no place for the line, which is counted. */
  #makeWay(line: string, timeMs: number): boolean {
    if (this.#closed) {
      this.#stats.dropped++
      return false
    }
    if (!this.#begun) this.#enter(this.#plan.begin(timeMs, this.#modifiedMs))
    this.#begun = true
    this.#push(false)
    const { maxBytes } = this.#plan
    const full = this.#size > 0 && this.#size + Buffer.byteLength(line) + 1 > maxBytes
    // What could not be written belongs to the old file.
    if (!this.#failing && (full || timeMs >= this.#untilMs || timeMs < this.#fromMs)) this.#turn(timeMs)
    const held = this.#buffer.length + (this.#rest === undefined ? 0 : this.#rest.length - this.#restDone)
    if (held > 0 && held + line.length > HELD_MAX) {
      this.#stats.dropped++
      this.#complain(`${this.#plan.path} cannot be written and memory for it is full; records are dropped`)
      return false
    }
    const fits = Math.floor((maxBytes - this.#size) / BYTES_PER_UNIT)
    this.#room = Math.max(line.length + 1, Math.min(this.#settings.bufferSize, fits))
    return true
  }

  #enter({ fromMs, untilMs }: Period): void {
    this.#fromMs = fromMs
    this.#untilMs = untilMs
  }

  #turn(timeMs: number): void {
    const now = performance.now()
    if (now < this.#turnAt) return
    this.#letGo()
    try {
      this.#enter(this.#plan.turn(timeMs))
    } catch (error) {
      this.#turnAt = now + TURN_RETRY_MS
      this.#complain(`${this.#plan.path} cannot be rotated and is written on: ${messageOf(error)}`)
    }
    this.#open()
  }

  #open(): boolean {
    const { path } = this.#plan
    if (path === undefined) return false
    try {
      if (!this.#begun) this.#modifiedMs = this.#truncate ? undefined : modifiedMs(path)
      this.#file = openForAppend(path, this.#truncate)
      this.#truncate = false
      this.#size = this.#file.size
      if (this.#rest === undefined && this.#size > 0) this.#size += endTornLine(this.#file)
      this.#checkedAt = performance.now()
      return true
    } catch (error) {
      this.#fail(`cannot be opened: ${messageOf(error)}`)
      return false
    }
  }

  #letGo(): void {
    if (this.#file === undefined) return
    if (this.#unsynced) this.#sync(this.#file.fd)
    closeQuietly(this.#file.fd)
    this.#file = undefined
  }

  /** Writes what waits; what cannot be written stays. */
  #push(force: boolean): void {
    if (this.#buffered === 0 && this.#rest === undefined) return
    const now = performance.now()
    if (this.#failing && !force && now < this.#retryAt) return
    if (this.#file !== undefined && now - this.#checkedAt >= CHECK_MS) this.#check(this.#file, now)
    if (this.#file === undefined && !this.#open()) return
    const { fd } = this.#file as unknown as OpenFile
    try {
      if (this.#rest !== undefined) this.#writeRest(fd)
      if (this.#buffered > 0) this.#writeBuffer(fd)
      this.#failing = false
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined || !PASSING.has(code)) this.#letGo()
      this.#fail(`cannot be written: ${messageOf(error)}`)
      return
    }
    if (this.#settings.durability !== 'fsync') return
    if (this.#syncTimer === undefined) this.#sync(fd)
    else if (!this.#unsynced) {
      this.#unsynced = true
      this.#syncTimer.refresh()
    }
  }

  #writeBuffer(fd: number): void {
    const text = this.#buffer
    const bytes = encode(text)
    const written = writeSync(fd, scratch, 0, bytes)
    this.#buffer = ''
    this.#count(written)
    if (written === bytes) {
      this.#stats.written += this.#buffered
      this.#buffered = 0
      this.#room = Math.min(this.#settings.bufferSize, Math.floor((this.#plan.maxBytes - this.#size) / BYTES_PER_UNIT))
      return
    }
    this.#rest = Buffer.from(scratch.subarray(0, bytes))
    this.#restDone = written
    this.#restRecords = this.#buffered
    this.#buffered = 0
    this.#writeRest(fd)
  }

  #writeRest(fd: number): void {
    while (this.#rest !== undefined) {
      const written = writeSync(fd, this.#rest, this.#restDone)
      this.#count(written)
      this.#restDone += written
      if (this.#restDone === this.#rest.length) this.#endRest()
    }
  }

  #endRest(): void {
    this.#stats.written += this.#restRecords
    this.#restRecords = 0
    this.#rest = undefined
  }

  #count(bytes: number): void {
    this.#size += bytes
    this.#stats.bytes += bytes
  }

  #check(file: OpenFile, now: number): void {
    this.#checkedAt = now
    try {
      const size = sizeInPlace(file)
      if (size !== undefined) {
        // Another process may have added to the file, or emptied it.
        this.#size = size
        return
      }
      if (isDeleted(file)) this.#complain(`${file.path} was deleted; what was written to it last is gone with it`)
    } catch (error) {
      this.#complain(`${file.path}: ${messageOf(error)}`)
    }
    this.#dropHalfLine()
    this.#letGo()
  }

  /** The other half of the line is in a file that is no longer ours. */
  #dropHalfLine(): void {
    const done = this.#restDone
    if (this.#rest === undefined || done === 0 || this.#rest[done - 1] === LINE_FEED) return
    const kept = linesIn(this.#rest.subarray(0, done))
    this.#stats.written += kept
    this.#stats.dropped++
    this.#restRecords -= kept + 1
    this.#rest = this.#rest.subarray(this.#rest.indexOf(LINE_FEED, done) + 1)
    this.#restDone = 0
    if (this.#rest.length === 0) this.#endRest()
  }

  #fail(what: string): void {
    this.#failing = true
    this.#retryAt = performance.now() + RETRY_MS
    this.#complain(`${this.#plan.path} ${what}`)
    if (!this.#closed && !this.#ticking) this.#tick()
  }

  #tick(): void {
    if (isExiting() && !this.#failing) {
      this.#push(true)
      return
    }
    this.#ticking = true
    this.#flushTimer.refresh()
  }

  #onTick(): void {
    this.#ticking = false
    this.#push(false)
    if (this.#failing && !this.#ticking) this.#tick()
  }

  #sync(fd: number): void {
    this.#unsynced = false
    try {
      fdatasyncSync(fd)
    } catch (error) {
      this.#complain(`${this.#plan.path} cannot be forced to the disk: ${messageOf(error)}`)
    }
  }

  #syncLater(): void {
    if (!this.#unsynced || this.#file === undefined) return
    this.#unsynced = false
    fdatasync(this.#file.fd, (error) => {
      if (error !== null) this.#complain(`${this.#plan.path} cannot be forced to the disk: ${messageOf(error)}`)
    })
  }

  #flushAtExit(): void {
    this.#push(true)
    // The timer may never come; what is logged after this must ask anew, see #tick.
    this.#ticking = false
    const waiting = this.#buffered + this.#restRecords
    if (waiting > 0 && isExiting()) this.#giveUp()
    if (this.#unsynced && this.#file !== undefined) this.#sync(this.#file.fd)
  }

  #giveUp(): void {
    // Of a write that was cut short some lines are there.
    const kept = this.#rest === undefined ? 0 : linesIn(this.#rest.subarray(0, this.#restDone))
    const lost = this.#buffered + this.#restRecords - kept
    this.#stats.written += kept
    if (lost === 0) return
    this.#stats.dropped += lost
    this.#buffer = ''
    this.#buffered = 0
    this.#rest = undefined
    this.#restRecords = 0
    this.#complain(`${lost} records could not be written to ${this.#plan.path} before the end`, true)
  }
}

function linesIn(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines++
  return lines
}
