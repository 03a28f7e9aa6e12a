import { afterEach, describe, expect, test } from 'vitest'
import type { ReportedAlert } from '../../model/alert.ts'
import { createFeed } from '../../model/feed.ts'
import { labelSet, makeStream } from '../../model/labels.ts'
import { batchOfRecords } from '../../model/line-batch.ts'
import { defineMonitor, type Monitor } from './monitor.ts'
import { type MonitorBook, openMonitors } from './monitor-book.ts'

const books: MonitorBook[] = []
afterEach(async () => {
  for (const book of books.splice(0)) await book.stop()
})

function setUp(...monitors: Monitor[]) {
  const reports: ReportedAlert[][] = []
  const logged: string[] = []
  const feed = createFeed({ error: (_, error) => logged.push(String(error)), dropped: () => {} })
  const book = openMonitors({
    monitors,
    feed,
    tenant: 't',
    report: async (alerts) => {
      reports.push([...alerts])
    },
    pageUrl: () => 'http://girok/alerts/monitors',
    now: () => 1_000,
    log: (_, message) => logged.push(message),
    count: () => {},
  })
  books.push(book)
  const store = (job: string, ...lines: string[]) => {
    const stream = makeStream('t', labelSet([['job', job]]))
    const batch = batchOfRecords(
      't',
      'test',
      lines.map((line) => ({ stream, timeMs: 5_000, line, level: 5, metadata: ['trace', 'x'] })),
    )
    feed.publish(batch)
  }
  const seen = (name: string) => book.list().find((one) => one.name === name)
  return { book, feed, reports, logged, store, seen }
}

/** The monitor of the founding document. */
const highErrorRate = defineMonitor({
  name: 'error rate',
  check: ({ fields }) =>
    fields?.type === 'error'
      ? { type: 'high_error_rate', severity: 'warning', message: 'Error rate exceeded threshold' }
      : undefined,
})

describe('monitors of the live feed', () => {
  test('what a monitor returns is reported as an alert, once for records that come together', async () => {
    const { reports, store, seen } = setUp(highErrorRate)
    store('ads', '{"type":"error"}', '{"type":"click"}', 'no JSON', '{broken', '{"type":"error"}')
    await expect.poll(() => reports.length, { timeout: 3_000 }).toBe(1)
    expect(reports[0]).toEqual([
      {
        labels: new Map([
          ['alertname', 'high_error_rate'],
          ['monitor', 'error rate'],
          ['severity', 'warning'],
        ]),
        annotations: new Map([['summary', 'Error rate exceeded threshold']]),
        startsAtMs: 1_000,
        endsAtMs: 301_000,
        generatorUrl: 'http://girok/alerts/monitors',
        atOnce: false,
      },
    ])
    expect(seen('error rate')).toMatchObject({ records: 5, alerts: 2, errors: 0, lastAlert: { atMs: 1_000 } })
  })

  test('a critical alert is reported at once', async () => {
    const { reports, store } = setUp(
      defineMonitor({
        name: 'fraud',
        resolveAfterMs: 1_000,
        check: ({ line, labels, attributes, level, timeMs }) => ({
          type: 'fraud',
          severity: 'critical',
          message: [line, labels.get('job'), attributes.get('trace'), level, timeMs].join(' '),
          labels: { alertname: 'no', campaign: 'c1' },
        }),
      }),
    )
    const startedMs = performance.now()
    store('ads', 'x')
    await expect.poll(() => reports.length, { interval: 5 }).toBe(1)
    expect(performance.now() - startedMs).toBeLessThan(900)
    expect(reports[0]?.[0]).toMatchObject({ atOnce: true, endsAtMs: 2_000 })
    expect(reports[0]?.[0]?.annotations.get('summary')).toBe('x ads x error 5000')
    expect(Object.fromEntries(reports[0]?.[0]?.labels ?? [])).toEqual({
      alertname: 'fraud',
      campaign: 'c1',
      monitor: 'fraud',
      severity: 'critical',
    })
  })

  test('a monitor that throws, or returns nonsense, is told by name and does not stop the others', async () => {
    const { reports, logged, store, seen } = setUp(
      {
        name: 'broken',
        check: () => {
          throw new Error('oops')
        },
      },
      { name: 'nonsense', check: (() => 'yes') as never },
      { name: 'wordy', check: (() => ({ type: 'a', severity: 'loud', message: '' })) as never },
      highErrorRate,
    )
    store('ads', '{"type":"error"}', '{"type":"error"}')
    await expect.poll(() => reports.length, { timeout: 3_000 }).toBe(1)
    expect(logged).toEqual([
      'Monitor error: broken - oops',
      'Monitor error: nonsense - a monitor returns {type, severity, message} or nothing',
      'Monitor error: wordy - the alert\'s severity is "loud": allowed is info, warning, critical',
    ])
    expect(seen('broken')).toMatchObject({ records: 2, errors: 2, lastError: 'Monitor error: broken - oops' })
  })

  test('a selector says which records a monitor sees, and it can be switched off and on', async () => {
    const { book, store, seen } = setUp(
      { ...highErrorRate, selector: '{job="ads"} |= "error"' },
      { name: 'all', check: () => undefined },
    )
    store('ads', '{"type":"error"}', '{"type":"click"}')
    store('other', '{"type":"error"}')
    await expect.poll(() => seen('error rate')?.records).toBe(1)
    book.setActive('error rate', false)
    store('ads', '{"type":"error"}')
    await expect.poll(() => seen('all')?.records).toBe(4)
    expect(seen('error rate')).toMatchObject({ active: false, records: 1 })
    book.setActive('error rate', true)
    store('ads', '{"type":"error"}')
    await expect.poll(() => seen('error rate')?.records).toBe(2)
    expect(() => book.setActive('none', true)).toThrow('there is no monitor "none"')
  })

  test('one that is off from the start sees nothing', async () => {
    const { store, seen } = setUp({ ...highErrorRate, active: false }, { ...highErrorRate, name: 'on' })
    store('ads', '{"type":"error"}')
    await expect.poll(() => seen('on')?.records).toBe(1)
    expect(seen('error rate')).toMatchObject({ active: false, records: 0 })
  })

  test('names that come twice and selectors that are none are refused', () => {
    expect(() => setUp(highErrorRate, highErrorRate)).toThrow('two monitors have the name "error rate": rename one')
    expect(() => setUp({ ...highErrorRate, selector: '{job=' })).toThrow(/^the selector of the monitor "error rate": /)
    expect(() => setUp({ ...highErrorRate, selector: 'rate({job="a"}[1m])' })).toThrow('needs a log query')
  })
})
