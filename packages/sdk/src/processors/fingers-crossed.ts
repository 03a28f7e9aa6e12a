import { Frame } from '../frame.ts'
import { LEVELS, levelValue } from '../level.ts'
import type { Processor } from '../processor.ts'
import type { LogRecord } from '../record.ts'
import { withFrame } from './add-fields.ts'
import { type KeyBy, keyReader } from './field-key.ts'
import { Lru } from './lru.ts'
import { createTally } from './tally.ts'

export interface FingersCrossedOptions {
  /** A record of this level or above brings out what was held back. Default ERROR. */
  readonly trigger?: number | string
  /** Records held back per key; when there are more, the oldest are dropped. Default 100. */
  readonly capacity?: number
  /** Each key is held back and brought out by itself: `by: 'request_id'`. Records without a key pass. Default: one key. */
  readonly by?: KeyBy
  /** Keys at a time; the one not seen the longest is dropped with its records. Default 1,000. */
  readonly maxKeys?: number
  /** What becomes of the records of a key after its trigger: they `pass` (default), or are held back (`hold`) again. */
  readonly afterTrigger?: 'pass' | 'hold'
  /**
   * What flush and close do with records that nothing has brought out: they `keep` them (default; close discards them
   * nevertheless, and those still held back when the process ends are gone: that is what holding back is for), `discard`
   * or `emit` them.
   */
  readonly atFlush?: 'keep' | 'discard' | 'emit'
}

interface Held {
  readonly records: LogRecord[]
  evicted: number
  triggered: boolean
}

/**
 * Holds records back until one says that something went wrong, then gives out all that came before, in order: full detail
 * where it is needed and nothing elsewhere. The first record given out has the field `evicted` when there was no room for
 * those before it. What is dropped is counted as `held_back`.
 * @throws RangeError for bounds that are not above 0 and for choices that there are not
 */
export function fingersCrossed(options: FingersCrossedOptions = {}): Processor {
  const { capacity = 100, by, maxKeys = 1_000, afterTrigger = 'pass', atFlush = 'keep' } = options
  const trigger = levelValue(options.trigger ?? LEVELS.ERROR)
  if (!Number.isInteger(capacity) || capacity < 1) {
    throw new RangeError(`fingersCrossed: capacity is ${capacity}, it must be a whole number above 0`)
  }
  oneOf('afterTrigger', afterTrigger, ['pass', 'hold'])
  oneOf('atFlush', atFlush, ['keep', 'discard', 'emit'])
  const keyOf = by === undefined ? () => '' : keyReader(by)
  const lost = createTally()
  const keys = new Lru<Held>(maxKeys, (held) => lost.add(held.records.length))

  function giveOut(held: Held): LogRecord[] {
    const records = held.records.splice(0)
    const [first] = records
    if (first !== undefined && held.evicted > 0) records[0] = withFrame(first, Frame.of({ evicted: held.evicted }))
    held.evicted = 0
    return records
  }

  return Object.assign(
    (record: LogRecord) => {
      const key = keyOf(record)
      if (key === undefined) return record
      const held = keys.get(key, () => ({ records: [], evicted: 0, triggered: false }))
      if (record.level >= trigger) {
        held.triggered = afterTrigger === 'pass'
        return [...giveOut(held), record]
      }
      if (held.triggered) return record
      held.records.push(record)
      if (held.records.length > capacity) {
        held.records.shift()
        held.evicted++
        lost.add(1)
      }
      return []
    },
    {
      reason: 'held_back',
      flush(closing: boolean) {
        if (atFlush === 'keep' && !closing) return []
        const records = [...keys.values()].flatMap(giveOut)
        if (atFlush === 'emit') return records.sort((one, other) => one.timeMs - other.timeMs)
        lost.add(records.length)
        return []
      },
      lost: lost.take,
    },
  )
}

function oneOf(option: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return
  throw new RangeError(`fingersCrossed: ${option} is ${JSON.stringify(value)}, use one of ${choices.join(', ')}`)
}
