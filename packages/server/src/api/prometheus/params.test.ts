import { expect, test } from 'vitest'
import { gridOf, instantOf, limitOf, lookbackOf, parseDuration, parseTime, spanOf, timeoutOf } from './params.ts'

const params = (given: Record<string, string>) => new URLSearchParams(given)

test.each([
  ['1.5', 1500],
  ['1e3', 1_000_000],
  ['-0.25', -250],
  ['.5', 500],
  ['1136214245.0004', 1_136_214_245_000],
  ['2006-01-02T15:04:05Z', 1_136_214_245_000],
  ['2006-01-02T15:04:05.123456789+07:00', 1_136_189_045_123],
  ['-292273086-05-16T16:47:06Z', -8.64e15],
  ['292277025-08-18T07:12:54.999999999Z', 8.64e15],
])('the time %s', (text, ms) => {
  expect(parseTime(text, 'start')).toBe(ms)
})

test.each(['', 'x', '1h', '2006-01-02', '0x10', 'NaN', 'Inf', '2006-13-02T15:04:05Z', '1_000'])(
  '%j is no time',
  (text) => {
    const told = `invalid parameter "start": cannot parse ${JSON.stringify(text)} to a valid timestamp`
    expect(() => parseTime(text, 'start')).toThrow(told)
  },
)

test('durations', () => {
  const texts = ['15', '0.25', '1m30s', '500ms', '1y', '-3', '0']
  expect(texts.map((text) => parseDuration(text, 'step'))).toEqual([15_000, 250, 90_000, 500, 31_536_000_000, -3000, 0])
  for (const text of ['x', '-1s', '1.5h', '']) {
    const told = `invalid parameter "step": cannot parse ${JSON.stringify(text)} to a valid duration`
    expect(() => parseDuration(text, 'step')).toThrow(told)
  }
  expect(() => parseDuration('1e99', 'step')).toThrow('to a valid duration. It overflows int64')
})

test('the range of a query', () => {
  expect(gridOf(params({ start: '0', end: '10', step: '5' }), 11_000)).toEqual({
    startMs: 0,
    endMs: 10_000,
    stepMs: 5000,
  })
  expect(gridOf(params({ start: '0', end: '11000', step: '1' }), 11_000).endMs).toBe(11_000_000)
  expect(gridOf(params({ start: '0', end: '0.01', step: '0.0001' }), 11_000).stepMs).toBe(1)
})

test.each([
  [{ start: '', end: '1', step: '1' }, 'invalid parameter "start": cannot parse "" to a valid timestamp'],
  [{ start: '2', end: '1', step: '1' }, 'invalid parameter "end": end timestamp must not be before start time'],
  [
    { start: '1', end: '2', step: '0' },
    'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
  ],
  [{ start: '1', end: '2' }, 'invalid parameter "step": cannot parse "" to a valid duration'],
  [
    { start: '0', end: '11001', step: '1' },
    'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
  ],
])('the range %j is refused', (given, message) => {
  expect(() => gridOf(params(given as Record<string, string>), 11_000)).toThrow(message)
})

test('what may be left out', () => {
  expect(instantOf(params({}), 5.7)).toBe(5)
  expect(() => instantOf(params({ time: 'x' }), 5)).toThrow(
    `invalid parameter "time": Invalid time value for 'time': cannot parse "x" to a valid timestamp`,
  )
  expect(spanOf(params({}))).toEqual({ startMs: -8.64e15, endMs: 8.64e15 })
  expect(spanOf(params({ start: '1', end: '1' }))).toEqual({ startMs: 1000, endMs: 1000 })
  expect(() => spanOf(params({ start: '2', end: '1' }))).toThrow('end timestamp must not be before start time')
  expect([limitOf(params({})), limitOf(params({ limit: '0' })), limitOf(params({ limit: '7' }))]).toEqual([
    undefined,
    undefined,
    7,
  ])
  expect(() => limitOf(params({ limit: '-1' }))).toThrow('limit must be non-negative')
  expect(() => limitOf(params({ limit: 'x' }))).toThrow('invalid parameter "limit"')
  expect([timeoutOf(params({})), timeoutOf(params({ timeout: '5s' }))]).toEqual([undefined, 5000])
  expect(() => timeoutOf(params({ timeout: '0' }))).toThrow('invalid parameter "timeout"')
  expect([lookbackOf(params({})), lookbackOf(params({ lookback_delta: '1m' }))]).toEqual([undefined, 60_000])
})
