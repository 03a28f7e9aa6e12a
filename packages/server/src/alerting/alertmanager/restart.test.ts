import { describe, expect, test } from 'vitest'
import { createTestRig, SECOND_MS } from './testing/test-rig.ts'
import { told } from './testing/told.ts'

const DOWN_A = { alertname: 'Down', host: 'a' }

/** A write that a crash comes before. */
const never = (): Promise<never> => new Promise(() => {})

describe('a process that is killed', () => {
  test('between the answer of the far end and the entry in the log: told once more, as of the same group', async () => {
    const rig = await createTestRig()
    await rig.fire(DOWN_A)
    rig.state.beforeWrite = (kind) => (kind === 'notified' ? never() : Promise.resolve())
    await rig.clock.advance(15 * SECOND_MS)
    expect(rig.delivered).toHaveLength(1)
    await rig.restart()
    await rig.clock.advance(60 * SECOND_MS)
    expect(told(rig)).toEqual(['10s default first notification: +Down/a', '15s default first notification: +Down/a'])
    expect(rig.delivered[1]?.notification.groupKey).toBe(rig.delivered[0]?.notification.groupKey)
    await rig.restart()
    await rig.clock.advance(200 * SECOND_MS)
    expect(rig.delivered).toHaveLength(2)
  })

  test('after the entry is durable: nothing is told again', async () => {
    const rig = await createTestRig()
    await rig.fire(DOWN_A)
    await rig.clock.advance(10 * SECOND_MS)
    await rig.restart()
    await rig.clock.advance(200 * SECOND_MS)
    expect(rig.delivered).toHaveLength(1)
  })

  test('before a resolution that was told has left the log: it does not fire again', async () => {
    const rig = await createTestRig()
    await rig.fire(DOWN_A)
    await rig.clock.advance(20 * SECOND_MS)
    // Nobody reports it any more: it is over when its time has run out.
    rig.state.beforeWrite = (kind, changes) =>
      kind === 'alert' && changes.some(({ body }) => body === undefined) ? never() : Promise.resolve()
    await rig.clock.advance(400 * SECOND_MS)
    expect(told(rig)).toEqual(['10s default first notification: +Down/a', '310s default all alerts resolved: -Down/a'])
    expect(await rig.state.count('alert')).toBe(1)
    await rig.restart()
    await rig.clock.advance(400 * SECOND_MS)
    expect(rig.delivered).toHaveLength(2)
    expect(await rig.state.count('alert')).toBe(0)
  })

  test('while a contact point fails: it is told after the restart', async () => {
    const rig = await createTestRig()
    rig.answer = async () => ({ sent: false, retry: true, reason: 'status 500' })
    await rig.fire(DOWN_A)
    await rig.clock.advance(15 * SECOND_MS)
    rig.answer = async () => ({ sent: true })
    const before = rig.delivered.length
    await rig.restart()
    await rig.clock.advance(SECOND_MS)
    expect(told(rig).slice(before)).toEqual(['15s default first notification: +Down/a'])
  })
})

test('a firing alert stays one over a restart, however long that took, and has its time anew', async () => {
  const rig = await createTestRig({ route: { interval: 60 } })
  await rig.manager.report([
    {
      labels: new Map(Object.entries(DOWN_A)),
      annotations: new Map([['summary', 'a is down']]),
      startsAtMs: rig.clock.now() - 1000,
      endsAtMs: rig.clock.now() + 240_000,
      generatorUrl: 'http://girok.test/rule',
    },
  ])
  const [before] = rig.manager.alerts()
  await rig.clock.advance(20 * SECOND_MS)
  await rig.manager.stop()
  await rig.clock.advance(3600 * SECOND_MS)
  await rig.restart()
  const [after] = rig.manager.alerts()
  expect(after).toEqual({ ...before, endsAtMs: rig.clock.now() + 240_000 })
  await rig.clock.advance(230 * SECOND_MS)
  expect(rig.manager.alerts()).toHaveLength(1)
  await rig.clock.advance(100 * SECOND_MS)
  expect(rig.manager.alerts()).toEqual([])
  expect(rig.delivered.map(({ notification }) => notification.reason)).toEqual([
    'first notification',
    'repeat interval elapsed',
    'all alerts resolved',
  ])
})

test('that an alert still fires is not written; what people would miss is', async () => {
  const rig = await createTestRig()
  await rig.fire(DOWN_A)
  const written = rig.state.writes('alert')
  for (let minute = 0; minute < 10; minute++) {
    await rig.clock.advance(60 * SECOND_MS)
    await rig.fire(DOWN_A)
  }
  expect(rig.state.writes('alert')).toBe(written)
  const [labels] = rig.manager.alerts().map((alert) => alert.labels)
  const report = { labels: labels ?? new Map(), startsAtMs: rig.startMs, endsAtMs: undefined, generatorUrl: '' }
  await rig.manager.report([{ ...report, annotations: new Map([['summary', 'worse']]) }])
  expect(rig.state.writes('alert')).toBe(written + 1)
  await rig.resolve(DOWN_A)
  expect(rig.state.writes('alert')).toBe(written + 2)
})

test('a report is acknowledged only when it is durable', async () => {
  const rig = await createTestRig()
  rig.state.beforeWrite = () => Promise.reject(new Error('disk full'))
  await expect(rig.fire(DOWN_A)).rejects.toThrow('disk full')
  // It is told nonetheless, and once only: who cannot write can still remember.
  await rig.clock.advance(300 * SECOND_MS)
  expect(rig.delivered).toHaveLength(1)
  rig.state.beforeWrite = () => Promise.resolve()
  await rig.fire(DOWN_A)
  await rig.clock.advance(60 * SECOND_MS)
  expect(await rig.state.count('alert')).toBe(1)
  expect(await rig.state.count('notified')).toBe(1)
  await rig.restart()
  await rig.clock.advance(300 * SECOND_MS)
  expect(rig.delivered).toHaveLength(1)
  expect(rig.logged.some((line) => line.includes('disk full'))).toBe(true)
})

test('nobody is told of an alert that a crash could still lose, unless the store takes too long', async () => {
  const rig = await createTestRig({ route: { wait: 0 } })
  rig.state.beforeWrite = (kind) => (kind === 'alert' ? never() : Promise.resolve())
  void rig.fire(DOWN_A)
  await rig.clock.advance(2.9 * SECOND_MS)
  expect(rig.delivered).toEqual([])
  await rig.clock.advance(0.1 * SECOND_MS)
  expect(rig.delivered).toHaveLength(1)
})

test('that an alert is over is written later where it could not be written at once', async () => {
  const rig = await createTestRig()
  await rig.fire(DOWN_A)
  await rig.clock.advance(20 * SECOND_MS)
  rig.state.beforeWrite = () => Promise.reject(new Error('disk full'))
  await expect(rig.resolve(DOWN_A)).rejects.toThrow('disk full')
  let written = false
  rig.state.beforeWrite = async (kind) => {
    written ||= kind === 'alert'
    if (kind === 'notified') await never()
  }
  await rig.clock.advance(60 * SECOND_MS)
  expect(written).toBe(true)
  await rig.restart()
  expect(rig.manager.alerts()).toEqual([])
})

test('inhibiting alerts are there before anybody is told of what they inhibit', async () => {
  const rig = await createTestRig({
    inhibit: [{ source: { severity: 'page' }, target: { severity: 'warn' }, equal: ['host'] }],
  })
  await rig.fire({ alertname: 'Dead', host: 'a', severity: 'page' }, { alertname: 'Slow', host: 'a', severity: 'warn' })
  await rig.clock.advance(20 * SECOND_MS)
  await rig.restart()
  await rig.clock.advance(200 * SECOND_MS)
  expect(told(rig)).toEqual(['10s default first notification: +Dead/a/page'])
})

test('what somebody acknowledged for longer than entries are kept is not told as if it were new', async () => {
  const rig = await createTestRig({ retentionMs: 3_600_000, route: { repeat: 600 } })
  await rig.fire(DOWN_A)
  await rig.clock.advance(20 * SECOND_MS)
  await rig.manager.acknowledgements.set(rig.manager.alerts()[0]?.fingerprint ?? '', 'ann', '')
  for (let minute = 0; minute < 300; minute++) {
    await rig.fire(DOWN_A)
    await rig.clock.advance(60 * SECOND_MS)
    if (minute === 150) await rig.restart()
  }
  expect(rig.delivered).toHaveLength(1)
})

test('10,000 alerts in 1,000 groups: a restart tells nothing, and flushes stay spread as they were', async () => {
  const rig = await createTestRig({ route: { groupBy: ['cluster'], wait: 10, interval: 300, repeat: 14_400 } })
  const alerts = Array.from({ length: 10_000 }, (_, i) => ({
    alertname: 'Down',
    cluster: `c${i % 1000}`,
    host: `h${i}`,
  }))
  // They come over five minutes, as rules of different groups report them.
  for (let part = 0; part < 10; part++) {
    await rig.fire(...alerts.filter((_, i) => i % 1000 >= part * 100 && i % 1000 < part * 100 + 100))
    await rig.clock.advance(30 * SECOND_MS)
  }
  expect(rig.delivered).toHaveLength(1000)
  await rig.fire(...alerts)
  await rig.clock.advance(60 * SECOND_MS)
  await rig.restart()
  expect(rig.manager.alerts()).toHaveLength(10_000)
  // Half of them are not reported again after the restart: they resolve when their time has run out, not before.
  await rig.clock.advance(290 * SECOND_MS)
  expect(rig.delivered).toHaveLength(1000)
  const restartedMs = rig.clock.now() - rig.startMs - 290_000
  await rig.fire(...alerts.slice(0, 5000))
  await rig.clock.advance(280 * SECOND_MS)
  await rig.fire(...alerts.slice(0, 5000))
  await rig.clock.advance(30 * SECOND_MS)
  const after = rig.delivered.slice(1000)
  expect(after.length).toBeGreaterThan(900)
  expect(after.every(({ atMs }) => atMs - restartedMs >= 300_000)).toBe(true)
  expect(new Set(after.map(({ notification }) => notification.reason))).toEqual(new Set(['some alerts resolved']))
  // Ten moments, as before the restart.
  expect(new Set(after.map(({ atMs }) => (atMs - 10_000) % 30_000))).toEqual(new Set([0]))
  expect(new Set(after.map(({ atMs }) => atMs)).size).toBeGreaterThanOrEqual(10)
}, 60_000)
