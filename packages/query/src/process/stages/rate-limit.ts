import { StageOptions } from '../options.ts'
import { defineStage } from '../stage.ts'

const MOST_LABEL_VALUES = 10_000

/** A bucket that fills by so many tokens a second, up to its size. */
class TokenBucket {
  private tokens: number
  private lastMs: number
  private readonly perMs: number
  private readonly size: number

  constructor(rate: number, size: number, nowMs: number) {
    this.perMs = rate / 1000
    this.size = size
    this.tokens = size
    this.lastMs = nowMs
  }

  /** Takes a token if there is one. */
  take(nowMs: number): boolean {
    this.fill(nowMs)
    if (this.tokens < 1) return false
    this.tokens--
    return true
  }

  /** Takes a token in any case; answers how many milliseconds later there would have been one. */
  borrow(nowMs: number): number {
    this.fill(nowMs)
    this.tokens--
    return this.tokens >= 0 ? 0 : -this.tokens / this.perMs
  }

  private fill(nowMs: number): void {
    // A clock that was set back must not empty the bucket.
    if (nowMs > this.lastMs) this.tokens = Math.min(this.size, this.tokens + (nowMs - this.lastMs) * this.perMs)
    this.lastMs = nowMs
  }
}

/** `rateLimit`: so many entries a second; what is more is dropped, or the source has to wait. */
export const rateLimit = defineStage({
  name: 'rateLimit',
  aliases: ['limit', 'rate_limit'],
  summary: 'Lets so many entries a second pass; the rest is dropped, or the source waits',
  example: { rate: 1000, burst: 5000, drop: true, byLabelName: 'app' },
  compile: (given, { at }) => {
    const names = ['rate', 'burst', 'drop', 'byLabelName', 'maxDistinctLabels', 'dropCounterReason']
    const options = new StageOptions(given, at, names)
    const rate = options.number('rate', { min: 1e-6, max: 1e9 })
    if (rate === undefined) throw options.problem('rate', 'is missing: give entries per second')
    const burst = options.number('burst', { min: 1, max: 1e9, whole: true })
    if (burst === undefined) throw options.problem('burst', 'is missing: give how many entries may come at once')
    const drops = options.flag('drop', false)
    const label = options.text('byLabelName')
    if (label !== undefined && !drops) {
      throw options.problem(
        'byLabelName',
        'needs drop: true, because a source cannot wait for some of its entries only',
      )
    }
    const most = options.number('maxDistinctLabels', { min: 1, max: 1e6, whole: true }) ?? MOST_LABEL_VALUES
    const reason = options.text('dropCounterReason') ?? 'limit_stage'
    return {
      pauses: !drops,
      open: ({ now, count, pause }) => {
        if (!drops) {
          const bucket = new TokenBucket(rate, burst, now())
          return () => {
            const nowMs = now()
            const wait = bucket.borrow(nowMs)
            if (wait > 0) pause(Math.ceil(nowMs + wait))
            return true
          }
        }
        const buckets = new Map<string, TokenBucket>()
        return (entry) => {
          const key = label === undefined ? '' : entry.labels.get(label)
          // What does not have the label is not limited by it.
          if (key === undefined) return true
          const nowMs = now()
          let bucket = buckets.get(key)
          if (bucket === undefined) {
            if (buckets.size >= most) buckets.clear()
            bucket = new TokenBucket(rate, burst, nowMs)
            buckets.set(key, bucket)
          }
          if (bucket.take(nowMs)) return true
          count('rateLimit', reason, 1)
          return false
        }
      },
    }
  },
})
