import { describe, expect, it } from 'vitest'
import {
  checkEntries,
  checkQueryText,
  checkRange,
  checkResolution,
  checkSeries,
  DEFAULT_QUERY_LIMITS as LIMITS,
} from './limits.ts'

const HOUR = 3_600_000_000_000n

describe('limits', () => {
  it('speak as Loki does', () => {
    expect(() => checkEntries(6000, LIMITS)).toThrow(
      'max entries limit per query exceeded, limit > max_entries_limit_per_query (6000 > 5000)',
    )
    expect(() => checkEntries(0, LIMITS)).toThrow('limit must be a positive value')
    expect(() => checkRange(1n, 0n, LIMITS)).toThrow('end timestamp must not be before or equal to start time')
    expect(() => checkRange(0n, 800n * HOUR, LIMITS)).toThrow(
      'the query time range exceeds the limit (query length: 800h0m0s, limit: 30d1h)',
    )
    expect(() => checkResolution(0n, HOUR, 0n, LIMITS)).toThrow(
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    )
    expect(() => checkResolution(0n, 11_001n, 1n, LIMITS)).toThrow(
      'exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter',
    )
    expect(() => checkSeries(501, 500)).toThrow(/^maximum number of series \(500\) reached for a single query/)
    expect(() => checkQueryText('x'.repeat(131_073), LIMITS)).toThrow(/131073 bytes.*limit is 131072 bytes/)
  })

  it('let through what is just within, and everything when they are zero', () => {
    checkEntries(5000, LIMITS)
    checkRange(5n, 5n, LIMITS)
    checkRange(0n, 721n * HOUR, LIMITS)
    checkResolution(0n, 11_000n, 1n, LIMITS)
    checkSeries(500, 500)
    const none = { ...LIMITS, maxEntries: 0, maxLengthMs: 0, maxResolution: 0, maxSeries: 0, maxQueryBytes: 0 }
    checkEntries(1_000_000, none)
    checkRange(0n, 100_000n * HOUR, none)
    checkResolution(0n, 10n ** 9n, 1n, none)
    checkSeries(10 ** 9, 0)
    checkQueryText('x'.repeat(200_000), none)
  })
})
