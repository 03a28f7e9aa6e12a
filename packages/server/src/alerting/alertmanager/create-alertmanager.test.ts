import { expect, test } from 'vitest'
import { createTestRig, SECOND_MS, type TestRig } from './testing/test-rig.ts'

/** `12s default first notification: firing A/1 A/2`. */
function told(rig: TestRig): readonly string[] {
  return rig.delivered.map(({ atMs, notification }) => {
    const alerts = notification.alerts.map(
      ({ status, labels }) => `${status === 'resolved' ? '-' : '+'}${[...labels.values()].join('/')}`,
    )
    return `${atMs / SECOND_MS}s ${notification.receiver} ${notification.reason}: ${alerts.join(' ')}`
  })
}

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
