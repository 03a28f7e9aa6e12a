import { type Complain, createComplaints } from '../complaints.ts'
import { type Formatter, formatted } from '../formatter.ts'
import type { Handler, HandlerOptions } from '../handler.ts'
import { LEVELS, levelValue } from '../level.ts'
import type { LogRecord } from '../record.ts'
import { messageOf } from './error-text.ts'
import { registerAtExit } from './exit.ts'

export interface MemoryOptions extends HandlerOptions {
  /** The most records kept, 1 or more. Default 1000. */
  readonly capacity?: number
  /** Takes the kept records when one of `flushLevel` comes, when there is no room left, at flush, close and exit. */
  readonly target?: Handler
  /** Default ERROR. */
  readonly flushLevel?: number | string
  /** With a target, what becomes of a full memory: `flush` (default), or `drop` its oldest record, as without a target. */
  readonly whenFull?: 'flush' | 'drop'
  /** Told of records that the target refused. Default: a warning of the logger `girok.sdk`, once a minute. */
  readonly complain?: Complain
}

export interface MemoryHandler extends Handler {
  /** Oldest first. */
  readonly records: readonly LogRecord[]
  /** Records that had to go because there was no room, or that the target refused. */
  readonly dropped: number
  /** The kept records as text. */
  texts(formatter: Formatter): string[]
  /** Forgets the kept records; they do not count as dropped. */
  clear(): void
}

/**
 * Keeps the last records in memory: to look at them later, or, with a target, to hand them over when something goes wrong,
 * as Python's MemoryHandler.
 * @throws RangeError for a capacity below 1 or an unknown level
 */
export function memoryHandler(options: MemoryOptions = {}): MemoryHandler {
  const { capacity = 1000, target, complain = createComplaints() } = options
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(`memoryHandler, capacity: ${capacity}, it must be a whole number of 1 or more`)
  }
  const { whenFull = target === undefined ? 'drop' : 'flush' } = options
  if ((whenFull !== 'flush' && whenFull !== 'drop') || (whenFull === 'flush' && target === undefined)) {
    throw new RangeError(`memoryHandler, whenFull: ${JSON.stringify(whenFull)}; use "flush" with a target, or "drop"`)
  }
  const flushLevel = levelValue(options.flushLevel ?? LEVELS.ERROR)
  const ring: LogRecord[] = []
  /** Place of the oldest record once the ring is full. */
  let oldest = 0
  let dropped = 0

  const inOrder = () => [...ring.slice(oldest), ...ring.slice(0, oldest)]

  function clear(): void {
    ring.length = 0
    oldest = 0
  }

  function handOver(): void {
    if (target === undefined || ring.length === 0) return
    const records = inOrder()
    // Emptied before, so that a target that throws is not given the same records again and again.
    clear()
    for (const record of records) {
      if (record.level < target.level) continue
      try {
        if (target.filters?.some((filter) => !filter(record))) continue
        target.handle(record)
      } catch (error) {
        dropped++
        complain(`handler ${target.name} refused a record that was kept for it: ${messageOf(error)}`)
      }
    }
  }

  function flushSync(): void {
    handOver()
    target?.flushSync?.()
  }

  async function flush(): Promise<void> {
    handOver()
    await target?.flush?.()
  }

  const leave = target === undefined ? undefined : registerAtExit({ flushSync, flush })

  return {
    name: 'memory',
    level: levelValue(options.level ?? 0),
    filters: options.filters,
    needsSource: target?.needsSource,
    get records() {
      return inOrder()
    },
    get dropped() {
      return dropped
    },
    texts: (formatter) => inOrder().map((record) => formatted(record, formatter)),
    clear,
    handle(record) {
      if (ring.length < capacity) ring.push(record)
      else {
        ring[oldest] = record
        oldest = (oldest + 1) % capacity
        dropped++
      }
      if (target === undefined) return
      if (record.level >= flushLevel || (whenFull === 'flush' && ring.length >= capacity)) handOver()
    },
    flushSync,
    flush,
    async close() {
      leave?.()
      handOver()
      await target?.close?.()
    },
  }
}
