const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** A day of one table, as the engine holds it. */
export interface Day {
  readonly table: string
  /** Id of the partition, for ALTER … PARTITION ID. */
  readonly partitionId: string
  /** Start of the day (UTC), ms since the epoch. */
  readonly startMs: number
  readonly rows: number
  readonly bytes: number
  /** When records last came in for this day after it had ended; undefined when none did. Late records live from then. */
  readonly lateMs: number | undefined
}

export interface RetentionLimits {
  /** Records older than this go, whole days at a time; hours when it is under two days. 0 keeps them for ever. */
  readonly maxAgeMs: number
  /** Bytes on disk above which the oldest days go. 0 means no limit. */
  readonly maxBytes: number
}

/** The rows of a day before `beforeMs`, a whole hour. */
export interface HoursToCut {
  readonly day: Day
  readonly beforeMs: number
}

/** What is to be removed. */
export interface RetentionPlan {
  readonly tooOld: readonly Day[]
  readonly tooMuch: readonly Day[]
  /** Rows of these days before `beforeMs` (a whole hour) are too old. */
  readonly tooOldHours: readonly HoursToCut[]
  /** Bytes above the limit that only today and later days hold. */
  readonly excessBytes: number
}

/**
 * Decides what goes: days whose end, and whose late records, are older than the limit; then the oldest days until the
 * rest fits. Today and later days never go as a whole. `otherBytes`: what else counts towards `maxBytes`.
 */
export function planRetention(
  days: readonly Day[],
  otherBytes: number,
  limits: RetentionLimits,
  nowMs: number,
): RetentionPlan {
  const oldestFirst = [...days].sort((a, b) => a.startMs - b.startMs)
  const isOld = (day: Day): boolean =>
    limits.maxAgeMs > 0 && Math.max(day.startMs + DAY_MS, day.lateMs ?? 0) + limits.maxAgeMs <= nowMs
  const tooOld = oldestFirst.filter(isOld)
  const kept = oldestFirst.filter((day) => !isOld(day))

  let bytes = kept.reduce((sum, day) => sum + day.bytes, otherBytes)
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS
  const tooMuch: Day[] = []
  for (const day of kept) {
    if (limits.maxBytes === 0 || bytes <= limits.maxBytes || day.startMs >= todayMs) break
    tooMuch.push(day)
    bytes -= day.bytes
  }
  return {
    tooOld,
    tooMuch,
    tooOldHours: hoursToCut(kept, limits, nowMs),
    excessBytes: limits.maxBytes > 0 ? Math.max(0, bytes - limits.maxBytes) : 0,
  }
}

/** With a limit of hours, waiting for the end of the day would keep rows more than twice as long as was asked. */
function hoursToCut(kept: readonly Day[], limits: RetentionLimits, nowMs: number): HoursToCut[] {
  if (limits.maxAgeMs === 0 || limits.maxAgeMs >= 2 * DAY_MS) return []
  const beforeMs = Math.floor((nowMs - limits.maxAgeMs) / HOUR_MS) * HOUR_MS
  return kept
    .filter(({ startMs, lateMs }) => startMs < beforeMs && beforeMs < startMs + DAY_MS && lateMs === undefined)
    .map((day) => ({ day, beforeMs }))
}

/**
 * The hour before which rows must go to free `excessBytes`, of whatever table. The current hour stays. Undefined when
 * nothing can go.
 */
export function hourToFree(
  hours: readonly { readonly startMs: number; readonly bytes: number }[],
  excessBytes: number,
  nowMs: number,
): number | undefined {
  const currentMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS
  let freed = 0
  let beforeMs: number | undefined
  for (const { startMs, bytes } of [...hours].sort((a, b) => a.startMs - b.startMs)) {
    if (freed >= excessBytes || startMs >= currentMs) break
    freed += bytes
    beforeMs = startMs + HOUR_MS
  }
  return beforeMs
}
