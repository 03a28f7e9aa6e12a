import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type AlertmanagerTrace, replayTrace, type TracedNotification } from './testing/replay-trace.ts'

const TRACES = new URL('./testing/traces/', import.meta.url)
/** The original ran on a real machine, where a request is under way for a while. */
const LATE_MS = 900

const names = readdirSync(TRACES).map((file) => file.replace(/\.json$/, ''))

test.each(names)('Girok does what Alertmanager 0.33 does: %s', async (name) => {
  const trace = JSON.parse(readFileSync(new URL(`${name}.json`, TRACES), 'utf8')) as AlertmanagerTrace
  const replayed = await replayTrace(trace)
  // Groups are independent of one another: what is told within a moment comes in any order.
  const expected = byGroup(trace.notifications)
  const given = byGroup(replayed)
  expect(bodies(given)).toEqual(bodies(expected))
  const tolerance = trace.toleranceMs ?? 0
  const late = [...expected].flatMap(([group, notifications]) =>
    notifications.map(({ atMs }, i) => atMs - (given.get(group)?.[i]?.atMs ?? Number.NaN)),
  )
  expect(late.filter((ms) => !(ms >= -tolerance && ms < LATE_MS + tolerance))).toEqual([])
})

function byGroup(notifications: readonly TracedNotification[]): ReadonlyMap<string, readonly TracedNotification[]> {
  const groups = new Map<string, TracedNotification[]>()
  for (const notification of notifications) {
    const { receiver, groupKey } = notification.body as { readonly receiver: string; readonly groupKey: string }
    const group = `${receiver} ${groupKey}`
    groups.set(group, [...(groups.get(group) ?? []), notification])
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** An alert without an end lasts until a time after it came, which was a moment later in the original. */
const ARRIVAL_MS = 100

function bodies(groups: ReadonlyMap<string, readonly TracedNotification[]>): unknown {
  const rounded = (key: string, value: unknown): unknown =>
    key === 'endsAt' && typeof value === 'number' ? Math.floor(value / ARRIVAL_MS) * ARRIVAL_MS : value
  return [...groups].map(([group, notifications]) => [
    group,
    notifications.map(({ status, body }) => ({ status, body: JSON.parse(JSON.stringify(body, rounded)) as unknown })),
  ])
}
