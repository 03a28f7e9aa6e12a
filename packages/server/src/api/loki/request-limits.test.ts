import { expect, test } from 'vitest'
import { headerLimits } from './request-limits.ts'

test('durations are text, counts are numbers, unknown names are left alone', () => {
  const header = {
    maxQueryLength: '1h30m',
    maxQueryInterval: '5m',
    maxQueryLookback: '1d',
    maxQueryTime: '500ms',
    maxEntriesLimitPerQuery: 10,
    minimumLabelsNumber: 2,
    requiredLabels: ['env'],
    maxQueryBytesRead: '1MB',
  }
  expect(headerLimits(JSON.stringify(header))).toEqual({
    maxLengthMs: 5_400_000,
    maxIntervalMs: 300_000,
    lookbackNs: 86_400_000_000_000n,
    timeoutMs: 500,
    maxEntries: 10,
    minLabels: 2,
    requiredLabels: ['env'],
  })
  expect(headerLimits(undefined)).toBeUndefined()
  expect(headerLimits('')).toBeUndefined()
})

test.each(['no json', '[]', '{"maxQueryLength":5}', '{"requiredLabels":"env"}', '{"maxEntriesLimitPerQuery":-1}'])(
  'a limit that cannot be read is refused: %s',
  (header) => {
    expect(() => headerLimits(header)).toThrow(/X-Loki-Query-Limits/)
  },
)
