import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_TIME_MS, readTime } from './read-time.ts'
import { isRequestUri } from './request-uri.ts'

describe('times', () => {
  test.each([
    ['2026-11-22T03:00:47.506Z', '2026-11-22T03:00:47.506Z'],
    ['2026-11-22T03:00:47.5069999Z', '2026-11-22T03:00:47.506Z'],
    ['2026-11-22T03:00:47.5+09:00', '2026-11-21T18:00:47.500Z'],
    ['2026-11-22T03:00:47-00:30', '2026-11-22T03:30:47.000Z'],
    ['2026-11-22T03:00:47', '2026-11-22T03:00:47.000Z'],
    ['2026-11-22T03:00Z', '2026-11-22T03:00:00.000Z'],
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0099-02-28', '0099-02-28T00:00:00.000Z'],
    ['', '1970-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(new Date(readTime(text) ?? Number.NaN).toISOString()).toBe(iso)
  })

  test.each([
    'x',
    '2026',
    '2026-13-01',
    '2026-02-29',
    '2026-00-01',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60Z',
    'now',
  ])('%s is none', (text) => {
    expect(readTime(text)).toBeUndefined()
  })

  test('what JavaScript prints is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: NO_TIME_MS, max: Date.UTC(9999, 11, 31) }), (timeMs) => {
        expect(readTime(new Date(timeMs).toISOString())).toBe(timeMs)
      }),
    )
  })
})

/** Verdicts of Alertmanager 0.33.1 on `generatorURL`. */
test.each([
  ['/a/b', true],
  ['//h/x', true],
  ['mailto:x', true],
  ['x:y', true],
  ['foo://', true],
  ['http://h:1/graph?g0.expr=up%7Ba%3D"b"%7D&x=y z', true],
  ['http://한글/é', true],
  ['http://[::1]:80/', true],
  ['x', false],
  ['::', false],
  ['a.b/c', false],
  [' http://x', false],
  ['http://a b/', false],
  ['http://h:x/', false],
  ['http://h/%zz', false],
  ['http://h/\n', false],
])('%j is the address of a source: %s', (text, verdict) => {
  expect(isRequestUri(text)).toBe(verdict)
})
