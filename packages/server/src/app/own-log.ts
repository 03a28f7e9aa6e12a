import type { RecordBatch } from '../model/batch.ts'
import { labelSet, makeStream } from '../model/labels.ts'
import { batchOfRecords } from '../model/line-batch.ts'

/** A line of the server's own log, already formatted. */
export interface OwnLine {
  readonly timeMs: number
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'critical'
  readonly line: string
}

export interface OwnLog {
  add(line: OwnLine): void
  /** Starts storing; lines from before are kept until then. */
  open(store: (batch: RecordBatch) => Promise<unknown>): void
  /** Stores what waits, then takes no more. */
  close(): Promise<void>
}

const FLUSH_MS = 1_000
/** Lines that wait for the store; the oldest go first. The console has had them all. */
const MAX_WAITING = 5_000
const LEVEL_INDEX = { debug: 2, info: 3, warn: 4, error: 5, critical: 6 } as const

/**
 * Stores Girok's own log in Girok. It cannot feed itself: storing it logs nothing unless storing fails, a failure is not
 * logged through this path again (the batch is dropped; the console has the lines), and a flush happens once a second
 * however much is logged.
 */
export function createOwnLog(tenant: string, labels: Readonly<Record<string, string>>): OwnLog {
  const stream = makeStream(tenant, labelSet(Object.entries(labels)))
  let waiting: OwnLine[] = []
  let store: ((batch: RecordBatch) => Promise<unknown>) | undefined
  let storing: Promise<unknown> = Promise.resolve()
  let inside = false
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    if (!store || waiting.length === 0) return
    const lines = waiting
    waiting = []
    // Whatever is logged synchronously while a batch is handed over would come back with the next one, for ever.
    inside = true
    const records = lines.map(({ timeMs, level, line }) => ({ stream, timeMs, line, level: LEVEL_INDEX[level] }))
    storing = store(batchOfRecords(tenant, 'girok', records)).catch(() => undefined)
    inside = false
  }

  return {
    add(line) {
      if (inside) return
      if (waiting.length >= MAX_WAITING) waiting.shift()
      waiting.push(line)
    },
    open(write) {
      store = write
      timer = setInterval(flush, FLUSH_MS)
      timer.unref()
    },
    async close() {
      clearInterval(timer)
      await storing
      flush()
      await storing
      store = undefined
    },
  }
}
