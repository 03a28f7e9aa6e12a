import { createHash } from 'node:crypto'
import type { StateStore } from '../../../store/state/state-store.ts'
import type { Clock } from '../clock.ts'
import type { LogEntry, LogKey } from './log-entry.ts'
import { readEntry, writeEntry } from './log-record.ts'

/** Kind of the entries in the store; their key is a hash of {@link LogKey}. */
export const NOTIFIED = 'notified'

interface Held {
  readonly key: LogKey
  readonly entry: LogEntry
  readonly expiresMs: number
  /** Not on the disk yet. */
  unsaved: boolean
}

export interface NotificationLogOptions {
  readonly tenant: string
  readonly store: StateStore
  readonly clock: Clock
  /** How long an entry is kept at least. Milliseconds. */
  readonly retentionMs: number
}

/** What was told to whom, so that nothing is told twice; outlives restarts. */
export class NotificationLog {
  readonly #options: NotificationLogOptions
  readonly #held = new Map<string, Held>()
  /** By group and receiver, of what was read at the start. */
  readonly #flushes = new Map<string, number>()

  static async open(options: NotificationLogOptions): Promise<NotificationLog> {
    const log = new NotificationLog(options)
    for (const { body } of await options.store.load(options.tenant, NOTIFIED)) {
      const { key, entry, expiresMs } = readEntry(body)
      log.#held.set(textOf(key), { key, entry, expiresMs, unsaved: false })
      if (entry.firing.size === 0) continue
      const group = groupText(key.groupKey, key.receiver)
      log.#flushes.set(group, Math.max(entry.flushMs, log.#flushes.get(group) ?? 0))
    }
    return log
  }

  constructor(options: NotificationLogOptions) {
    this.#options = options
  }

  get(key: LogKey): LogEntry | undefined {
    return this.#held.get(textOf(key))?.entry
  }

  /** The last flush, before this process began, that told something of a group that fired then. */
  lastFlushMs(groupKey: string, receiver: string): number | undefined {
    return this.#flushes.get(groupText(groupKey, receiver))
  }

  /**
   * Resolves when the entry is durable. It counts at once, also when it cannot be written: better a repeat after a crash
   * than one at each flush.
   *
   * @param keepMs longer than the retention where the next notification may come later
   */
  async record(key: LogKey, entry: LogEntry, keepMs: number): Promise<void> {
    const expiresMs = this.#options.clock.now() + Math.max(keepMs, this.#options.retentionMs)
    const held: Held = { key, entry, expiresMs, unsaved: true }
    this.#held.set(textOf(key), held)
    await this.#save(held)
  }

  /** Writes an entry that could not be written before, and one that would expire although it still counts. */
  async uphold(key: LogKey): Promise<void> {
    const held = this.#held.get(textOf(key))
    if (held === undefined) return
    const { retentionMs, clock } = this.#options
    const expiring = held.expiresMs - clock.now() < retentionMs / 2
    if (expiring) await this.record(key, held.entry, retentionMs)
    else if (held.unsaved) await this.#save(held)
  }

  /** Forgets what has expired; in the store it goes by itself. */
  sweep(): void {
    const nowMs = this.#options.clock.now()
    for (const [text, { expiresMs }] of this.#held) if (expiresMs <= nowMs) this.#held.delete(text)
  }

  async #save(held: Held): Promise<void> {
    const { key, entry, expiresMs } = held
    const change = { key: hashOf(key), body: writeEntry(key, entry, expiresMs), expiresMs }
    await this.#options.store.put(this.#options.tenant, NOTIFIED, [change])
    held.unsaved = false
  }
}

const SEPARATOR = '\u0000'

function groupText(groupKey: string, receiver: string): string {
  return `${receiver}${SEPARATOR}${groupKey}`
}

function textOf({ groupKey, receiver, integration }: LogKey): string {
  return `${integration}${SEPARATOR}${groupText(groupKey, receiver)}`
}

/** Keys of the store are short, group keys need not be. */
function hashOf(key: LogKey): string {
  return createHash('sha256').update(textOf(key)).digest('hex')
}
