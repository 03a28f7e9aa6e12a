import type { JournalEntry, JournalStore } from '../../store/journal/journal-store.ts'
import type { Clock } from './clock.ts'

export interface JournalWriterOptions {
  readonly tenant: string
  readonly journal: JournalStore
  readonly clock: Clock
  /** Entries could not be written. They are lost: history must not hold up what it tells of. */
  readonly failed: (error: unknown) => void
}

/** Subjects may not be longer. */
const LONGEST_SUBJECT = 500

/** Writes what happened into the journal. Nobody waits for it; what comes in one turn of the event loop goes together. */
export class JournalWriter {
  readonly #options: JournalWriterOptions
  #waiting: JournalEntry[] = []
  readonly #writing = new Set<Promise<void>>()

  constructor(options: JournalWriterOptions) {
    this.#options = options
  }

  /** @param timeMs default: now */
  add(kind: string, subject: string, body: object, timeMs = this.#options.clock.now()): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#write())
    this.#waiting.push({ kind, subject: subject.slice(0, LONGEST_SUBJECT), timeMs, body: JSON.stringify(body) })
  }

  /** Resolves when all is written, or has failed to be. */
  async flush(): Promise<void> {
    this.#write()
    await Promise.all(this.#writing)
  }

  #write(): void {
    const entries = this.#waiting
    if (entries.length === 0) return
    this.#waiting = []
    const { journal, tenant, failed } = this.#options
    const written: Promise<void> = journal
      .append(tenant, entries)
      .catch(failed)
      .finally(() => this.#writing.delete(written))
    this.#writing.add(written)
  }
}
