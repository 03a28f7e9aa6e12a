import { expect, test } from 'vitest'
import { makeMatcher } from './matchers/make-matcher.ts'
import { createTestRig, type PlainRoute, reported, SECOND_MS } from './testing/test-rig.ts'
import { told } from './testing/told.ts'

test('a group is told after its wait, what comes later at its interval, and all of it again at the repeat interval', async () => {
  const rig = await createTestRig()
  await rig.fire({ alertname: 'A', host: '1' })
  await rig.clock.advance(5 * SECOND_MS)
  await rig.fire({ alertname: 'A', host: '2' })
  await rig.clock.advance(30 * SECOND_MS)
  await rig.fire({ alertname: 'A', host: '3' }, { alertname: 'B', host: '1' })
  for (let minute = 0; minute < 12; minute++) {
    await rig.fire({ alertname: 'A', host: '1' }, { alertname: 'A', host: '2' }, { alertname: 'A', host: '3' })
    await rig.clock.advance(60 * SECOND_MS)
  }
  await rig.resolve({ alertname: 'A', host: '1' })
  await rig.clock.advance(60 * SECOND_MS)
  await rig.resolve({ alertname: 'A', host: '2' }, { alertname: 'A', host: '3' })
  await rig.clock.advance(60 * SECOND_MS)
  expect(told(rig)).toEqual([
    '10s default first notification: +A/1 +A/2',
    '45s default first notification: +B/1',
    '70s default new alerts added: +A/1 +A/2 +A/3',
    '345s default all alerts resolved: -B/1',
    '730s default repeat interval elapsed: +A/1 +A/2 +A/3',
    '790s default some alerts resolved: -A/1 +A/2 +A/3',
    '850s default all alerts resolved: -A/2 -A/3',
  ])
  expect(rig.manager.alerts()).toEqual([])
  expect(await rig.state.count('alert')).toBe(0)
})

const DOWN_A = { alertname: 'Down', host: 'a' }
const DOWN_B = { alertname: 'Down', host: 'b' }

test('critical alerts are told at once, also in a group that was told before', async () => {
  const rig = await createTestRig()
  await rig.manager.report([{ ...reported(DOWN_A), atOnce: true }])
  await rig.clock.advance(5 * SECOND_MS)
  await rig.manager.report([{ ...reported(DOWN_B), atOnce: true }])
  await rig.clock.advance(SECOND_MS)
  // That it still fires is no news.
  await rig.manager.report([{ ...reported(DOWN_B), atOnce: true }])
  await rig.clock.advance(120 * SECOND_MS)
  expect(told(rig)).toEqual(['0s default first notification: +Down/a', '5s default new alerts added: +Down/a +Down/b'])
})

test('what is acknowledged is not repeated; new alerts and resolutions are told, and another firing is', async () => {
  const rig = await createTestRig({ route: { repeat: 100 } })
  await rig.fire(DOWN_A)
  await rig.clock.advance(20 * SECOND_MS)
  const [alert] = rig.manager.alerts()
  await rig.manager.acknowledgements.set(alert?.fingerprint ?? '', 'ann', 'on it')
  expect(rig.manager.alerts()[0]?.status.acknowledgedBy).toBe('ann')
  await rig.clock.advance(200 * SECOND_MS)
  expect(told(rig)).toHaveLength(1)
  await rig.fire(DOWN_A, DOWN_B)
  await rig.clock.advance(100 * SECOND_MS)
  await rig.resolve(DOWN_B)
  await rig.clock.advance(60 * SECOND_MS)
  await rig.resolve(DOWN_A)
  await rig.clock.advance(60 * SECOND_MS)
  await rig.fire(DOWN_A)
  await rig.clock.advance(200 * SECOND_MS)
  expect(told(rig).slice(1)).toEqual([
    '250s default new alerts added: +Down/a +Down/b',
    '370s default some alerts resolved: +Down/a -Down/b',
    '430s default all alerts resolved: -Down/a',
    '450s default first notification: +Down/a',
    '570s default repeat interval elapsed: +Down/a',
  ])
})

test('repeats begin again when the acknowledgement is taken back', async () => {
  const rig = await createTestRig({ route: { repeat: 100 } })
  await rig.fire(DOWN_A)
  const fingerprint = rig.manager.alerts()[0]?.fingerprint ?? ''
  await rig.manager.acknowledgements.set(fingerprint, 'ann', '')
  await rig.clock.advance(200 * SECOND_MS)
  await rig.manager.acknowledgements.remove(fingerprint)
  await rig.clock.advance(60 * SECOND_MS)
  expect(told(rig)).toEqual([
    '10s default first notification: +Down/a',
    '250s default repeat interval elapsed: +Down/a',
  ])
})

async function silence(rig: Awaited<ReturnType<typeof createTestRig>>, host: string, notifyResolved?: boolean) {
  return await rig.manager.silences.set({
    matchers: [makeMatcher('host', '=', host)],
    startsAtMs: rig.clock.now(),
    endsAtMs: rig.clock.now() + 3_600_000,
    createdBy: 'ann',
    comment: 'planned',
    ...(notifyResolved !== undefined && { notifyResolved }),
  })
}

test('who was told that an alert fires is told that it resolved, silenced or not', async () => {
  const rig = await createTestRig()
  await rig.fire(DOWN_A)
  await rig.clock.advance(20 * SECOND_MS)
  await silence(rig, 'a')
  await silence(rig, 'b')
  // Of this one nobody knows.
  await rig.fire(DOWN_B)
  await rig.clock.advance(100 * SECOND_MS)
  await rig.resolve(DOWN_A, DOWN_B)
  await rig.clock.advance(100 * SECOND_MS)
  expect(told(rig)).toEqual(['10s default first notification: +Down/a', '130s default all alerts resolved: -Down/a'])
})

test('also when others of its group were told again meanwhile', async () => {
  const rig = await createTestRig({ route: { repeat: 100 } })
  await rig.fire(DOWN_A, DOWN_B)
  await rig.clock.advance(20 * SECOND_MS)
  await silence(rig, 'a')
  await rig.clock.advance(120 * SECOND_MS)
  await rig.resolve(DOWN_A)
  await rig.clock.advance(60 * SECOND_MS)
  await rig.resolve(DOWN_B)
  await rig.clock.advance(60 * SECOND_MS)
  expect(told(rig)).toEqual([
    '10s default first notification: +Down/a +Down/b',
    '130s default repeat interval elapsed: +Down/b',
    '190s default some alerts resolved: -Down/a +Down/b',
    '250s default all alerts resolved: -Down/b',
  ])
})

test('a silence that wants complete quiet gets it', async () => {
  const rig = await createTestRig()
  await rig.fire(DOWN_A)
  await rig.clock.advance(20 * SECOND_MS)
  await silence(rig, 'a', false)
  await rig.resolve(DOWN_A)
  await rig.clock.advance(100 * SECOND_MS)
  expect(told(rig)).toHaveLength(1)
})

test('a contact point that hangs, fails or closes delays no other', async () => {
  const rig = await createTestRig({
    route: {
      routes: ['hangs', 'fails', 'breaks', 'works'].map((receiver) => ({ receiver, continues: true })),
    },
  })
  rig.answer = async (receiver) => {
    if (receiver === 'hangs') return await new Promise(() => {})
    if (receiver === 'breaks') throw new Error('socket hang up')
    return receiver === 'fails' ? { sent: false, retry: true, reason: 'status 500' } : { sent: true }
  }
  await rig.fire(DOWN_A)
  await rig.clock.advance(70 * SECOND_MS)
  await rig.fire(DOWN_A, DOWN_B)
  await rig.clock.advance(60 * SECOND_MS)
  const works = rig.delivered.filter(({ notification }) => notification.receiver === 'works')
  expect(works.map(({ atMs }) => atMs)).toEqual([10_000, 130_000])
  expect(rig.delivered.filter(({ notification }) => notification.receiver === 'hangs').map(({ atMs }) => atMs)).toEqual(
    [10_000, 40_000, 70_000, 100_000, 130_000],
  )
  await rig.manager.stop()
})

test('a flush waits for the one before, and then tells what is so by then', async () => {
  const rig = await createTestRig({ route: { interval: 2 } })
  let fail = true
  rig.answer = async () => (fail ? { sent: false, retry: true, reason: 'status 503' } : { sent: true })
  await rig.fire(DOWN_A)
  await rig.clock.advance(11 * SECOND_MS)
  await rig.fire(DOWN_B)
  fail = false
  await rig.clock.advance(9 * SECOND_MS)
  expect(told(rig).slice(-2)).toEqual([
    // The attempts of a notification all tell the same.
    '11.25s default first notification: +Down/a',
    '12s default new alerts added: +Down/a +Down/b',
  ])
})

test('what a notifier keeps comes with the next notification of the group, until that is told anew', async () => {
  const rig = await createTestRig()
  rig.answer = async () => ({ sent: true, keep: new Map([['ts', String(rig.delivered.length)]]) })
  await rig.fire(DOWN_A)
  await rig.clock.advance(20 * SECOND_MS)
  await rig.restart()
  await rig.fire(DOWN_B)
  await rig.clock.advance(60 * SECOND_MS)
  await rig.resolve(DOWN_A, DOWN_B)
  await rig.clock.advance(60 * SECOND_MS)
  await rig.fire(DOWN_A)
  await rig.clock.advance(60 * SECOND_MS)
  expect(rig.delivered.map(({ kept }) => kept.get('ts'))).toEqual([undefined, '1', '2', undefined])
})

test('a test goes through every integration once, and leaves nothing behind but history', async () => {
  const rig = await createTestRig({ route: { routes: [{ receiver: 'pager' }] } })
  rig.answer = async () => ({ sent: false, retry: true, reason: 'status 500' })
  const outcomes = await rig.manager.test('pager', new Map([['team', 'db']]))
  expect(outcomes).toEqual([{ integration: 'webhook[0]', sent: false, reason: 'status 500', ms: 0 }])
  expect(rig.delivered).toHaveLength(1)
  expect(rig.delivered[0]?.notification).toMatchObject({
    receiver: 'pager',
    reason: 'test',
    status: 'firing',
    commonLabels: new Map([
      ['alertname', 'GirokTest'],
      ['team', 'db'],
    ]),
  })
  expect(rig.manager.alerts()).toEqual([])
  expect(await rig.state.count('notified')).toBe(0)
  await rig.clock.settle()
  expect(rig.journal.map(({ kind, subject }) => [kind, subject])).toEqual([['notification', 'pager']])
  await expect(rig.manager.test('pagr')).rejects.toMatchObject({
    code: 'not_found',
    message: 'there is no contact point "pagr"; there are: default, pager',
  })
})

test('groups whose route stays go on when the configuration changes; what takes another route is told there', async () => {
  const before: PlainRoute = { routes: [{ receiver: 'pager', match: { severity: 'page' } }] }
  const rig = await createTestRig({ route: before })
  await rig.fire(DOWN_A, { ...DOWN_B, severity: 'page' }, { alertname: 'Down', host: 'c', team: 'db' })
  await rig.clock.advance(40 * SECOND_MS)
  rig.use({
    route: {
      interval: 30,
      routes: [
        { receiver: 'db', match: { team: 'db' } },
        { receiver: 'pager', match: { severity: 'page' } },
      ],
    },
  })
  await rig.clock.advance(10 * SECOND_MS)
  await rig.fire({ alertname: 'Down', host: 'd' })
  await rig.clock.advance(60 * SECOND_MS)
  expect(told(rig)).toEqual([
    '10s default first notification: +Down/a +Down/c/db',
    '10s pager first notification: +Down/b/page',
    // It waited long enough.
    '40s db first notification: +Down/c/db',
    // At the shorter interval: a look at 40 s, the next at 70 s.
    '70s default new alerts added: +Down/a +Down/d',
  ])
  const groups = rig.manager.groups().map(({ receiver, groupKey, alerts }) => [receiver, groupKey, alerts.length])
  expect(groups).toEqual([
    ['db', '{}/{team="db"}:{alertname="Down"}', 1],
    ['default', '{}:{alertname="Down"}', 2],
    ['pager', '{}/{severity="page"}:{alertname="Down"}', 1],
  ])
})

test('lists alerts and groups by what they are, and leaves out what was not asked for', async () => {
  const rig = await createTestRig({
    route: { groupBy: ['host'], routes: [{ receiver: 'pager', match: { severity: 'page' }, continues: true }, {}] },
    inhibit: [{ source: { severity: 'page' }, target: { severity: 'warn' }, equal: ['host'] }],
  })
  await rig.fire(
    { alertname: 'Dead', host: 'a', severity: 'page' },
    { alertname: 'Slow', host: 'a', severity: 'warn' },
    { alertname: 'Slow', host: 'b', severity: 'warn' },
    { alertname: 'Slow', host: 'c', severity: 'warn' },
  )
  const id = await silence(rig, 'c')
  await rig.resolve({ alertname: 'Slow', host: 'b', severity: 'warn' })
  const [dead, ...others] = rig.manager.alerts({ matchers: [makeMatcher('host', '=', 'a')] })
  const inhibited = [dead, ...others].find((alert) => alert?.labels.get('severity') === 'warn')
  const source = [dead, ...others].find((alert) => alert?.labels.get('severity') === 'page')
  expect(source?.receivers).toEqual(['pager', 'default'])
  expect(inhibited?.status).toMatchObject({ state: 'suppressed', inhibitedBy: [source?.fingerprint] })
  const hosts = (filter: Parameters<typeof rig.manager.alerts>[0]) =>
    rig.manager.alerts(filter).map(({ labels }) => `${labels.get('alertname')}/${labels.get('host')}`)
  expect(hosts({}).sort()).toEqual(['Dead/a', 'Slow/a', 'Slow/c'])
  expect(hosts({ silenced: false }).sort()).toEqual(['Dead/a', 'Slow/a'])
  expect(hosts({ inhibited: false }).sort()).toEqual(['Dead/a', 'Slow/c'])
  expect(hosts({ active: false }).sort()).toEqual(['Slow/a', 'Slow/c'])
  expect(hosts({ receiver: (name) => name === 'pager' })).toEqual(['Dead/a'])
  expect(rig.manager.alerts().map(({ fingerprint }) => fingerprint)).toEqual(
    rig.manager
      .alerts()
      .map(({ fingerprint }) => fingerprint)
      .sort(),
  )
  const groups = rig.manager.groups()
  expect(groups.map(({ receiver, labels }) => [receiver, labels.get('host')])).toEqual([
    ['default', 'a'],
    ['pager', 'a'],
    ['default', 'c'],
  ])
  expect(groups[2]?.alerts[0]?.status.silencedBy).toEqual([id])
})

test('writes down what became of alerts, with who silenced them', async () => {
  const rig = await createTestRig()
  await rig.fire(DOWN_A, DOWN_B)
  await rig.clock.advance(20 * SECOND_MS)
  await silence(rig, 'a')
  await rig.clock.advance(20 * SECOND_MS)
  await rig.resolve(DOWN_A)
  // The other one is not reported any more.
  await rig.clock.advance(400 * SECOND_MS)
  const changes = rig.journal
    .filter(({ kind }) => kind === 'alert')
    .map(({ timeMs, body }) => {
      const { change, labels, by } = JSON.parse(body)
      return `${(timeMs - rig.startMs) / SECOND_MS} ${labels.host} ${change} ${by ?? ''}`.trim()
    })
  expect(changes).toEqual(['0 a firing', '0 b firing', '30 a silenced ann', '40 a resolved', '300 b resolved'])
  expect(rig.registry.text()).toContain('girok_alertmanager_notifications_total{integration="webhook"} 3')
})

test('refuses more alerts than it can hold, and says how to report fewer', async () => {
  const rig = await createTestRig({ mostAlerts: 2 })
  const names = ['a', 'b', 'c'].map((host) => ({ alertname: 'Down', host }))
  await expect(rig.fire(...names)).rejects.toMatchObject({ code: 'limit_exceeded' })
  expect(rig.manager.alerts()).toHaveLength(2)
  await rig.resolve(DOWN_A)
  await rig.clock.advance(60 * SECOND_MS)
  await rig.fire({ alertname: 'Down', host: 'c' })
  expect(rig.manager.alerts()).toHaveLength(2)
})

test('refuses an alert that is too long, and holds so many characters at most; one that is held goes on', async () => {
  const rig = await createTestRig({ mostCharacters: 100_000 })
  const long = (host: string, length: number) => ({ alertname: 'Down', host, text: 'x'.repeat(length) })
  await expect(rig.fire(long('a', 70_000))).rejects.toMatchObject({
    code: 'bad_request',
    message: expect.stringContaining('of the alert "Down" have 700'),
  })
  expect(rig.manager.alerts()).toEqual([])
  await rig.fire(long('a', 60_000))
  await expect(rig.fire(long('b', 60_000))).rejects.toMatchObject({ code: 'limit_exceeded' })
  await rig.fire(long('a', 60_000))
  expect(rig.manager.alerts()).toHaveLength(1)
  await rig.resolve(long('a', 60_000))
  await rig.clock.advance(60 * SECOND_MS)
  await rig.fire(long('b', 60_000))
  expect(rig.manager.alerts().map(({ labels }) => labels.get('host'))).toEqual(['b'])
})

test('takes what is right of a report and says what is wrong with the rest', async () => {
  const rig = await createTestRig()
  const wrong = [reported({}), reported({ '': 'x' }), { ...reported(DOWN_B, 1), startsAtMs: 2 }]
  await expect(rig.manager.report([...wrong, reported({ ...DOWN_A, empty: '' })])).rejects.toMatchObject({
    code: 'bad_request',
    message: 'at least one label pair required\ninvalid label set: invalid name ""\nstart time must be before end time',
  })
  expect(rig.manager.alerts().map(({ labels }) => [...labels.keys()])).toEqual([['alertname', 'host']])
})
