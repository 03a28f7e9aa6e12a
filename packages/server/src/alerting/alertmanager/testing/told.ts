import { SECOND_MS, type TestRig } from './test-rig.ts'

/**
 * What contact points were told, a line each: `12s ops first notification: +Down/a -Down/b`, with a plus before what fires
 * and a minus before what has resolved.
 */
export function told(rig: TestRig): readonly string[] {
  return rig.delivered.map(({ atMs, notification }) => {
    const alerts = notification.alerts.map(
      ({ status, labels }) => `${status === 'resolved' ? '-' : '+'}${[...labels.values()].join('/')}`,
    )
    return `${atMs / SECOND_MS}s ${notification.receiver} ${notification.reason}: ${alerts.join(' ')}`
  })
}
