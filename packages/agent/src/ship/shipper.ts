import { splitRecord } from '../encode/split-record.ts'
import type { InputContext } from '../model/input.ts'
import type { SpoolReader, StoredRecord } from '../model/spool.ts'
import type { Destination, DestinationKind, Outcome, Piece } from './destination.ts'
import { backoffMs, type Pace } from './retry.ts'
import type { DestinationStatus } from './status.ts'

/** How long a request that runs at the end may still take. */
const GRACE_MS = 5000
/** A fault that goes on is said again after this time. */
const SAY_AGAIN_MS = 600_000

export interface ShipperOptions {
  readonly name: string
  readonly kind: Pick<DestinationKind, 'name' | 'takes'>
  readonly destination: Destination
  readonly reader: SpoolReader
  readonly pace: Pace
  readonly now: () => number
  readonly log: InputContext['log']
}

/** Sends the records of a spool to one destination, in their order, one request at a time. */
export class Shipper {
  readonly #options: ShipperOptions
  readonly #stopping = new AbortController()
  readonly #giveUp = new AbortController()
  #running: Promise<void> | undefined
  readonly #sent = { records: 0, lines: 0, samples: 0, bytes: 0 }
  #rejected = 0
  #skipped = 0
  #retries = 0
  #lastOkMs: number | undefined
  #lastError: string | undefined
  #lastRejection: string | undefined
  readonly #saidMs = new Map<string, number>()
  #saidUnreported = false

  constructor(options: ShipperOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Lets the running request end, for a few seconds at most. What is not delivered stays in the spool. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const timer = setTimeout(() => this.#giveUp.abort(), GRACE_MS)
    await this.#running
    clearTimeout(timer)
    this.#options.destination.close()
  }

  get wantsReports(): boolean {
    return this.#options.destination.report !== undefined
  }

  async report(status: Buffer): Promise<void> {
    const { destination, name, log } = this.#options
    try {
      await destination.report?.(status, this.#stopping.signal)
    } catch (error) {
      // Once: a server that knows no reports, or is away, which the shipping tells.
      if (!this.#saidUnreported) log('info', `${name} does not list this agent: ${(error as Error).message}`)
      this.#saidUnreported = true
    }
  }

  status(): DestinationStatus {
    const { name, kind, destination, reader } = this.#options
    return {
      name,
      type: kind.name,
      url: destination.url,
      ...(this.#lastOkMs !== undefined && { lastOkMs: this.#lastOkMs }),
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
      ...(this.#lastRejection !== undefined && { lastRejection: this.#lastRejection }),
      sent: { ...this.#sent },
      rejected: this.#rejected,
      skipped: this.#skipped,
      retries: this.#retries,
      backlog: reader.backlog(),
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        if (!(await this.#next())) return
      } catch (error) {
        // A fault of this program: it must neither end the shipping nor make it spin.
        this.#trouble((error as Error).stack ?? String(error))
        await this.#wait({ afterMs: 0, needsHelp: true })
      }
    }
  }

  /** False when there will be no more records: the agent stops. */
  async #next(): Promise<boolean> {
    const { reader } = this.#options
    const record = await reader.next(this.#stopping.signal)
    if (record === undefined) return false
    // What was not delivered comes again, or was given up by the spool.
    if (await this.#deliverRecord(record)) reader.done(record)
    return true
  }

  async #deliverRecord(record: StoredRecord): Promise<boolean> {
    if (!this.#options.kind.takes.includes(record.kind)) {
      this.#skipped += record.count
      return true
    }
    const { kind, payload, count, key, tenant } = record
    const isDone = await this.#deliver({ kind, payload, count, key, ...(tenant !== undefined && { tenant }) }, record)
    if (isDone) this.#sent.records++
    return isDone
  }

  /** Sends a piece until it is taken or refused for good; false when the agent stops or its record is given up. */
  async #deliver(piece: Piece, record: StoredRecord): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      if (this.#stopping.signal.aborted) return false
      const outcome = await this.#options.destination.send(piece, this.#giveUp.signal)
      if (outcome.result === 'taken') {
        this.#taken(piece, outcome)
        return true
      }
      if (outcome.result === 'rejected') {
        this.#refused(piece.count, outcome.reason)
        return true
      }
      if (outcome.result === 'too-large') return this.#deliverHalves(piece, record, outcome.reason)
      this.#retries++
      this.#trouble(outcome.reason)
      await this.#wait(outcome, attempt)
      if ((await this.#options.reader.next(this.#stopping.signal)) !== record) return false
    }
  }

  /** Halves have keys of their own, the same each time, so that those that were taken are known when all come again. */
  async #deliverHalves(piece: Piece, record: StoredRecord, reason: string): Promise<boolean> {
    const halves = splitRecord(piece.kind, piece.payload)
    if (halves === undefined) {
      this.#refused(piece.count, `one ${piece.kind === 'logs' ? 'line' : 'sample'} by itself is too large: ${reason}`)
      return true
    }
    for (const [i, half] of halves.entries()) {
      if (!(await this.#deliver({ ...piece, ...half, key: `${piece.key}/${i + 1}` }, record))) return false
    }
    return true
  }

  #taken({ kind, count }: Piece, { bytes, rejected, reason }: Extract<Outcome, { result: 'taken' }>): void {
    const { name, log, now } = this.#options
    if (kind === 'logs') this.#sent.lines += count - rejected
    else this.#sent.samples += count - rejected
    this.#sent.bytes += bytes
    this.#lastOkMs = now()
    if (this.#lastError !== undefined) log('info', `${name} takes what is sent again`)
    this.#lastError = undefined
    if (rejected > 0) this.#refused(rejected, reason)
  }

  #refused(count: number, reason: string): void {
    this.#rejected += count
    this.#lastRejection = reason
    this.#lastError = undefined
    this.#say('refused', 'warning', 'refuses lines or samples for good', { reason, count, sinceStart: this.#rejected })
  }

  #trouble(reason: string): void {
    if (this.#stopping.signal.aborted) return
    const isNews = this.#lastError === undefined
    this.#lastError = reason
    if (isNews) this.#saidMs.delete('trouble')
    this.#say('trouble', 'warning', 'cannot be sent to for now; trying again', { reason })
  }

  /** Once, and again when it still is so much later. */
  #say(what: string, level: 'warning', message: string, fields: Readonly<Record<string, unknown>>): void {
    const { name, destination, log, now } = this.#options
    const nowMs = now()
    if (nowMs - (this.#saidMs.get(what) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) return
    this.#saidMs.set(what, nowMs)
    log(level, `${name} ${message}`, { url: destination.url, ...fields })
  }

  #wait({ afterMs, needsHelp }: { afterMs: number; needsHelp: boolean }, attempt = 1): Promise<void> {
    const { pace } = this.#options
    const ms = Math.max(afterMs, needsHelp ? pace.helpMs : backoffMs(attempt, pace))
    const { signal } = this.#stopping
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal.addEventListener('abort', end)
      if (signal.aborted) end()
    })
  }
}
