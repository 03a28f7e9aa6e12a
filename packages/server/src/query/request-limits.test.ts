import { parseLogQL } from '@girok/query'
import { expect, test } from 'vitest'
import { DEFAULT_QUERY_LIMITS } from './limits.ts'
import { checkDemands, narrowed } from './request-limits.ts'

test('a request narrows the limits of the server and never widens them', () => {
  const own = { maxEntries: 10, maxLengthMs: Number.MAX_SAFE_INTEGER, timeoutMs: 100 }
  expect(narrowed(DEFAULT_QUERY_LIMITS, own)).toEqual({ ...DEFAULT_QUERY_LIMITS, maxEntries: 10, timeoutMs: 100 })
  expect(narrowed({ ...DEFAULT_QUERY_LIMITS, maxLengthMs: 0 }, { maxLengthMs: 5 }).maxLengthMs).toBe(5)
  expect(narrowed(DEFAULT_QUERY_LIMITS, { maxEntries: 0 }).maxEntries).toBe(DEFAULT_QUERY_LIMITS.maxEntries)
  expect(narrowed(DEFAULT_QUERY_LIMITS, undefined)).toBe(DEFAULT_QUERY_LIMITS)
})

const check = (query: string, own: Parameters<typeof checkDemands>[1]) => () => checkDemands(parseLogQL(query), own)

test('every selector must have the labels that the request demands', () => {
  const env = { requiredLabels: ['env'] }
  expect(check('{app="a", env="b"}', env)).not.toThrow()
  expect(check('{app="a"}', env)).toThrow(
    'stream selector is missing required matchers [env], labels present in the query were [app]',
  )
  expect(check('rate({env="a"}[1m]) / rate({app="a"}[1m])', env)).toThrow('[env]')
  expect(check('{app="a", app!="b"}', { minLabels: 2 })).toThrow(
    '(present: [app], number_present: 1, required_number_label_matchers: 2)',
  )
})

test('ranges in brackets may be bounded', () => {
  expect(check('rate({app="a"} |= "[x]" [5m])', { maxIntervalMs: 300_000 })).not.toThrow()
  expect(check('rate({app="a"}[6m])', { maxIntervalMs: 300_000 })).toThrow('value exceeds limit: [6m] > [5m]')
  expect(check('rate({app="a"} |= "[x]" [6m])', { maxIntervalMs: 300_000 })).toThrow('[6m] > [5m]')
})
