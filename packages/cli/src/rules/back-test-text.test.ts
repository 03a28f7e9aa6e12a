import type { BackTestResponse } from '@girok/server/contract'
import { expect, test } from 'vitest'
import { backTestText } from './back-test-text.ts'

const MINUTE = 60_000
const EMPTY: BackTestResponse = {
  startMs: 0,
  endMs: 60 * MINUTE,
  intervalMs: MINUTE,
  evaluations: 61,
  alerts: [],
  alertsFound: 0,
  fired: 0,
  firingMs: 0,
  failures: { count: 0, first: [] },
}

test('what never fired is one line', () => {
  expect(backTestText('High of load', EMPTY)).toBe('High of load: never fired; 61 evaluations, one every 1m\n')
})

test('a row has a character a minute here; what fired shows however short it was', () => {
  const span = (state: 'pending' | 'firing', from: number, to: number) => ({
    state,
    startMs: from * MINUTE,
    endMs: to * MINUTE,
  })
  const text = backTestText('High of load', {
    ...EMPTY,
    alerts: [
      {
        labels: { host: 'a' },
        annotations: {},
        spans: [span('pending', 10, 15), span('firing', 15, 30), span('firing', 60, 60)],
      },
    ],
    alertsFound: 22,
    fired: 2,
    firingMs: 15 * MINUTE,
    failures: { count: 1, first: [{ atMs: 5 * MINUTE, error: 'many-to-many' }] },
  })
  const [title, ends, row, more, failed] = text.split('\n')
  expect(title).toBe('High of load: fired 2 times, 15m; 61 evaluations, one every 1m')
  expect(ends).toBe(`  1970-01-01T00:00:00Z${' '.repeat(20)}1970-01-01T01:00:00Z`)
  expect(row).toBe(`  ${'.'.repeat(10)}-----${'#'.repeat(15)}${'.'.repeat(29)}#  {host="a"} fired 2 times, 15m`)
  expect(more).toBe('  and 21 more')
  expect(failed).toBe('  1 evaluation failed, first at 1970-01-01T00:05:00.000Z: many-to-many')
})

test('of a recording rule each series is a row', () => {
  const series = { labels: { __name__: 'job:load', job: 'a' }, samples: 61, min: 0.5, mean: 1 / 3, max: 12, last: null }
  const text = backTestText('job:load of load', {
    ...EMPTY,
    recorded: { seriesFound: 21, samples: 1281, series: [series] },
  })
  expect(text.split('\n')).toEqual([
    'job:load of load: would have written 1281 samples of 21 series; 61 evaluations, one every 1m',
    '  {job="a"} 61 samples: min 0.5, mean 0.333333, max 12, last -',
    '  and 20 more',
    '',
  ])
  const nothing = backTestText('x of load', { ...EMPTY, recorded: { seriesFound: 0, samples: 0, series: [] } })
  expect(nothing).toBe('x of load: would have written nothing; 61 evaluations, one every 1m\n')
})
