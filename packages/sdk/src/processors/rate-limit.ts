import { Frame } from '../frame.ts'
import { levelValue } from '../level.ts'
import type { Processor } from '../processor.ts'
import type { LogRecord } from '../record.ts'
import { withFrame } from './add-fields.ts'
import { type KeyBy, keyReader } from './field-key.ts'
import { Lru } from './lru.ts'

export interface RateLimitOptions {
  /** Records per second and key, in the long run; above 0, may be a fraction. */
  readonly perSecond: number
  /** Records at once after a pause; at least 1. Default: perSecond, rounded up. */
  readonly burst?: number
  /** Each key has a limit of its own: `by: 'client_ip'`. Default: one limit for all. Records without a key share one. */
  readonly by?: KeyBy
  /** Keys that are remembered; the one not seen the longest is forgotten, and starts with a full burst. Default 1,024. */
  readonly maxKeys?: number
  /** Records of this level and above are not limited. Default: all are. */
  readonly below?: number | string
}

interface Bucket {
  tokens: number
  filledMs: number
  suppressed: number
}

/**
 * Lets so many records per second through; others are dropped and counted as `rate_limited`. The next one that passes says
 * in the field `suppressed` how many of its key were. A token bucket, by the time of the records.
 * @throws RangeError for limits out of bounds
 */
export function rateLimit(options: RateLimitOptions): Processor {
  const { perSecond, burst = Math.ceil(perSecond), maxKeys = 1024 } = options
  if (!(perSecond > 0 && perSecond < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`rateLimit: perSecond is ${perSecond}, it must be above 0 and finite`)
  }
  if (!(burst >= 1)) throw new RangeError(`rateLimit: burst is ${burst}, it must be at least 1`)
  const below = options.below === undefined ? Number.POSITIVE_INFINITY : levelValue(options.below)
  const keyOf = options.by === undefined ? undefined : keyReader(options.by)
  const buckets = new Lru<Bucket>(maxKeys)

  return Object.assign(
    (record: LogRecord) => {
      if (record.level >= below) return record
      const { timeMs } = record
      const bucket = buckets.get(keyOf?.(record) ?? '', () => ({ tokens: burst, filledMs: timeMs, suppressed: 0 }))
      // A clock that was set back fills nothing, and must not take away.
      const seconds = Math.max(0, timeMs - bucket.filledMs) / 1000
      bucket.tokens = Math.min(burst, bucket.tokens + seconds * perSecond)
      bucket.filledMs = timeMs
      if (bucket.tokens < 1) {
        bucket.suppressed++
        return undefined
      }
      bucket.tokens--
      const { suppressed } = bucket
      bucket.suppressed = 0
      return suppressed === 0 ? record : withFrame(record, Frame.of({ suppressed }))
    },
    { reason: 'rate_limited' },
  )
}
