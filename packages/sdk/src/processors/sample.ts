import { Frame } from '../frame.ts'
import { LEVELS, levelValue } from '../level.ts'
import type { Processor } from '../processor.ts'
import type { LogRecord } from '../record.ts'
import { withFrame } from './add-fields.ts'
import { type KeyBy, keyReader } from './field-key.ts'

export interface SampleOptions {
  /** Share of the records to keep, 0 to 1. This or everyNth. */
  readonly rate?: number
  /** Keeps the first and then every n-th record; with `by` one n-th of the keys. */
  readonly everyNth?: number
  /**
   * Records of one key are all kept or all dropped, in all processes alike: `by: 'request_id'`. Records without a key are
   * sampled one by one.
   */
  readonly by?: KeyBy
  /** Records of this level and above are all kept. Default WARNING. */
  readonly below?: number | string
  /** Adds the field `sample_rate` to records that stand for others, so that counts can be made whole again. Default false. */
  readonly addRate?: boolean
  /** From 0 to 1, without 1; replaced in tests. */
  readonly random?: () => number
}

/**
 * Keeps a share of the records below a level; others are dropped and counted as `sampled`.
 * @throws RangeError when neither or both of rate and everyNth are given, or one is out of bounds
 */
export function sample(options: SampleOptions): Processor {
  const { by, addRate = false, random = Math.random } = options
  const rate = rateOf(options)
  const everyNth = options.everyNth
  const below = levelValue(options.below ?? LEVELS.WARNING)
  const keyOf = by === undefined ? undefined : keyReader(by)
  const mark = addRate && rate < 1 ? Frame.of({ sample_rate: rate }) : undefined
  let count = 0

  function isKept(record: LogRecord): boolean {
    const key = keyOf?.(record)
    if (key !== undefined) return shareOf(key) < rate
    return everyNth === undefined ? random() < rate : count++ % everyNth === 0
  }

  return Object.assign(
    (record: LogRecord) => {
      if (record.level >= below) return record
      if (!isKept(record)) return undefined
      return mark === undefined ? record : withFrame(record, mark)
    },
    { reason: 'sampled' },
  )
}

function rateOf({ rate, everyNth }: SampleOptions): number {
  if ((rate === undefined) === (everyNth === undefined)) throw new RangeError('sample: give either rate or everyNth')
  if (rate !== undefined) {
    if (rate >= 0 && rate <= 1) return rate
    throw new RangeError(`sample: the rate is ${rate}, it must be from 0 to 1`)
  }
  if (Number.isInteger(everyNth) && (everyNth as number) >= 1) return 1 / (everyNth as number)
  throw new RangeError(`sample: everyNth is ${everyNth}, it must be a whole number above 0`)
}

/** Where a key stands between 0 and 1: FNV-1a over UTF-16 units, then the finaliser of MurmurHash3 to spread short keys. */
function shareOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
