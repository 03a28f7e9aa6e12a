import { LogsEncoder } from '../encode/logs-encoder.ts'
import { giveBuffer } from '../encode/spare-buffers.ts'
import type { Labels, SourcePosition } from '../model/source.ts'
import type { Spool, SpoolRecord } from '../model/spool.ts'

export interface AssemblerOptions {
  readonly spool: Spool
  /** A record is cut when it has so many bytes. */
  readonly maxBytes: number
  /** … or when its first line is so old. While earlier records wait for the disk it may become four times as old. */
  readonly maxWaitMs: number
}

/** A line that has passed its processors. */
export interface AssembledLine {
  readonly timeNs: bigint
  readonly line: string
  readonly labels: Labels
  readonly metadata: readonly (readonly [name: string, value: string])[]
  readonly tenant: string | undefined
}

/**
 * Makes records of lines and hands them to the spool, together with the positions that the lines have moved. Lines and
 * positions that were given between two calls of `cut` go into the spool as one, or not at all; who gives them calls
 * `position` before any moment at which a record may be cut.
 */
export class Assembler {
  readonly #options: AssemblerOptions
  readonly #encoders = new Map<string | undefined, LogsEncoder>()
  readonly #moved = new Map<string, { readonly position: SourcePosition; readonly tenant: string | undefined }>()
  /** Cuts so far: who compares it knows whether there was one in between. */
  cuts = 0
  #appending: Promise<void> = Promise.resolve()
  #queuedBytes = 0
  #timer: NodeJS.Timeout | undefined
  #waiting: (() => void)[] = []

  constructor(options: AssemblerOptions) {
    this.#options = options
  }

  add(line: AssembledLine): void {
    let encoder = this.#encoders.get(line.tenant)
    if (encoder === undefined) {
      encoder = new LogsEncoder()
      this.#encoders.set(line.tenant, encoder)
    }
    encoder.add(line.labels, line.timeNs, line.line, line.metadata)
    this.#wake()
  }

  /**
   * A source stands there once everything that was added is kept. `tenant`: that of its lines since the last cut, so that
   * the position goes with them.
   */
  position(position: SourcePosition, tenant: string | undefined): void {
    this.#moved.set(position.key, { position, tenant })
    this.#wake()
  }

  /** Whether a record should be cut now. */
  get full(): boolean {
    for (const encoder of this.#encoders.values()) if (encoder.sizeBytes >= this.#options.maxBytes) return true
    return false
  }

  /** Bytes that are not in the spool yet. */
  get pendingBytes(): number {
    let bytes = this.#queuedBytes
    for (const encoder of this.#encoders.values()) bytes += encoder.sizeBytes
    return bytes
  }

  /** Sends everything that was added on its way to the spool. */
  cut(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.cuts++
    const moved = [...this.#moved.values()]
    this.#moved.clear()
    const encoders = [...this.#encoders].filter(([, encoder]) => encoder.count > 0)
    this.#encoders.clear()
    const tenants = new Set(encoders.map(([tenant]) => tenant))
    const positionsOf = (tenant: string | undefined) =>
      moved.filter((entry) => entry.tenant === tenant).map(({ position }) => position)
    for (const [tenant, encoder] of encoders) {
      const { count } = encoder
      const positions = positionsOf(tenant)
      this.append({
        kind: 'logs',
        payload: encoder.finish(),
        count,
        ...(tenant !== undefined && { tenant }),
        positions,
      })
    }
    // Sources whose lines were all dropped.
    const positions = moved.filter(({ tenant }) => !tenants.has(tenant)).map(({ position }) => position)
    if (positions.length > 0) this.append({ kind: 'logs', payload: new Uint8Array(), count: 0, positions })
  }

  /** Hands a record to the spool, after those before it. The payload is used again afterwards. */
  append(record: SpoolRecord): void {
    this.#queuedBytes += record.payload.length
    this.#appending = this.#appending.then(async () => {
      try {
        await this.#options.spool.append(record)
      } catch {
        // The spool was closed before it could take the record. Its positions are not kept either.
      }
      this.#queuedBytes -= record.payload.length
      giveBuffer(record.payload)
      const waiting = this.#waiting
      this.#waiting = []
      for (const go of waiting) go()
    })
  }

  /** Resolves when a record was appended. */
  appended(): Promise<void> {
    return new Promise((go) => this.#waiting.push(go))
  }

  /** Resolves when everything that was cut is on the disk. */
  settled(): Promise<void> {
    return this.#appending
  }

  #wake(): void {
    if (this.#timer !== undefined) return
    const since = Date.now()
    const { maxWaitMs } = this.#options
    const due = () => {
      // Records that wait for the disk become fewer and larger by waiting longer.
      if (this.#queuedBytes > 0 && Date.now() - since < 4 * maxWaitMs) this.#timer = setTimeout(due, maxWaitMs)
      else this.cut()
    }
    this.#timer = setTimeout(due, maxWaitMs)
  }
}
