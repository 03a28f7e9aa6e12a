import { sqlTimeNs } from '../../store/literal.ts'
import type { Condition } from './condition.ts'

/** A span of time, nanoseconds since the epoch; the end is exclusive. */
export interface TimeSpan {
  readonly fromNs: bigint
  readonly toNs: bigint
}

const HOUR_NS = 3_600_000_000_000n
/** DateTime, which toStartOfHour gives, ends here (February 2106); beyond, only the column itself is bounded. */
const LAST_HOUR_SECONDS = 4_294_965_600n

/**
 * Rows within the span. The table's key holds the hour, not the time, so a bound on `ts` alone prunes nothing but days:
 * the same bound on the hour always stands beside it.
 */
export function timeCondition({ fromNs, toNs }: TimeSpan): Condition {
  const parts = [`ts >= ${sqlTimeNs(fromNs)}`, `ts < ${sqlTimeNs(toNs)}`]
  const first = hourSeconds(fromNs)
  const last = hourSeconds(toNs - 1n)
  if (first >= 0n && last <= LAST_HOUR_SECONDS) {
    parts.push(
      first === last
        ? `toStartOfHour(ts) = ${hourText(first)}`
        : `toStartOfHour(ts) BETWEEN ${hourText(first)} AND ${hourText(last)}`,
    )
  }
  return { sql: parts.join(' AND '), exact: true }
}

function hourSeconds(timeNs: bigint): bigint {
  return (timeNs / HOUR_NS) * 3600n
}

/** As the column's: in UTC, whatever the time zone of the server. */
function hourText(seconds: bigint): string {
  return `toDateTime(${seconds}, 'UTC')`
}
