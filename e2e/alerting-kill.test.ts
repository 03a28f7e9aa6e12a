/**
 * kill -9 at any moment loses no state of an alert, sends nothing again whose entry in the notification log was durable,
 * and at most one repeat where the crash falls between the receiver's answer and that entry.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type AlertSink, startSink } from './alert-sink.ts'
import { eventually, push, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

let sink: AlertSink
let folder: string
const running = new Set<TestServer>()

beforeAll(async () => {
  sink = await startSink()
  folder = temporaryFolder()
})
afterEach(async () => {
  for (const server of running) await server.dispose()
  running.clear()
})
afterAll(async () => {
  await sink.close()
  rmSync(folder, { recursive: true, force: true })
})

function configOf(name: string, { repeat = '1h', interval = '1s', groupBy = "['alertname']" } = {}): string {
  const file = join(folder, `${name}.yml`)
  writeFileSync(
    file,
    `route: {receiver: hook, group_by: ${groupBy}, group_wait: 0s, group_interval: ${interval}, repeat_interval: ${repeat}}
receivers:
  - name: hook
    webhook_configs: [{url: '${sink.url}/${name}'}]
`,
  )
  return file
}

async function start(dataDir: string, args: readonly string[]): Promise<TestServer> {
  const server = await startServer({ dataDir, args: [...QUIET, ...args] })
  running.add(server)
  return server
}

async function post(server: TestServer, alerts: readonly object[]): Promise<void> {
  const response = await server.fetch('/api/v2/alerts', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  })
  expect(response.status, await response.text()).toBe(200)
}

const alertOf = (name: string, more: object = {}) => ({ labels: { alertname: name, severity: 'page' }, ...more })
const later = () => new Date(Date.now() + 3_600_000).toISOString()
const dataDirOf = (name: string) => join(folder, `data-${name}`)

interface Listed {
  readonly labels: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] }
}
const listed = async (server: TestServer) =>
  ((await (await server.fetch('/api/v2/alerts')).json()) as Listed[]).sort((a, b) =>
    (a.labels.alertname ?? '') < (b.labels.alertname ?? '') ? -1 : 1,
  )

describe('kill -9 of a server with alerts', () => {
  test('what was told is not told again, and alerts, silences and acknowledgements are still there', async () => {
    const args = ['--set', `alerting.configFile=${configOf('told')}`]
    const data = dataDirOf('told')
    let server = await start(data, args)
    await post(
      server,
      ['a', 'b', 'c'].map((name) => alertOf(name, { endsAt: later() })),
    )
    await eventually(() => sink.webhooks('/told').length === 3)
    const silence = await server.fetch('/api/v2/silences', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [{ name: 'alertname', value: 'a', isRegex: false, isEqual: true }],
        startsAt: new Date().toISOString(),
        endsAt: later(),
        createdBy: 'kim',
        comment: 'known',
      }),
    })
    expect(silence.status).toBe(200)
    const { silenceID } = (await silence.json()) as { silenceID: string }
    const before = await listed(server)
    // The log's entry is written after the receiver's answer: wait until the history shows that it is.
    await eventually(async () => {
      const { notifications } = (await (await server.fetch('/girok/v1/alerting/notifications')).json()) as {
        notifications: { outcome: string }[]
      }
      return notifications.filter(({ outcome }) => outcome === 'sent').length === 3
    })
    await server.kill()
    server = await start(data, args)
    const after = await listed(server)
    expect(after.map(({ labels, startsAt }) => ({ labels, startsAt }))).toEqual(
      before.map(({ labels, startsAt }) => ({ labels, startsAt })),
    )
    await eventually(async () => (await listed(server))[0]?.status.silencedBy.join() === silenceID)
    // Several flushes go by.
    await new Promise((done) => setTimeout(done, 3_000))
    expect(sink.webhooks('/told')).toHaveLength(3)
    expect((await listed(server)).map(({ status }) => status.state)).toEqual(['suppressed', 'active', 'active'])
    // It is still known that they were told: their end is.
    await post(server, [alertOf('b', { endsAt: new Date().toISOString() })])
    await eventually(() => sink.webhooks('/told').length === 4)
    expect(sink.webhooks('/told').at(-1)).toMatchObject({
      status: 'resolved',
      alerts: [{ labels: { alertname: 'b' } }],
    })
  })

  test('between the answer of the receiver and the entry in the log: at most one repeat, with the same key', async () => {
    for (let round = 0; round < 5; round++) {
      const name = `window${round}`
      const args = ['--set', `alerting.configFile=${configOf(name)}`]
      let server = await start(dataDirOf(name), args)
      const killed = new Promise<void>((done) => {
        sink.answer((request, response) => {
          response.end()
          if (request.path !== `/${name}`) return
          sink.answer((_, other) => {
            other.end()
          })
          // At once, or a few milliseconds later: around the writing of the entry.
          setTimeout(() => void server.kill().then(done), round * 3)
        })
      })
      await post(server, [alertOf(name, { endsAt: later() })])
      await killed
      server = await start(dataDirOf(name), args)
      await new Promise((done) => setTimeout(done, 2_500))
      const sent = sink.webhooks(`/${name}`)
      expect(sent.length).toBeGreaterThanOrEqual(1)
      expect(sent.length).toBeLessThanOrEqual(2)
      expect(new Set(sent.map(({ groupKey }) => groupKey)).size).toBe(1)
      expect(sent.map(({ status }) => status)).not.toContain('resolved')
      await server.dispose()
    }
  })

  test('an alert whose report was answered is there after a kill at once, and is told', async () => {
    const name = 'acknowledged'
    const args = ['--set', `alerting.configFile=${configOf(name)}`]
    sink.answer((_, response) => {
      response.statusCode = 503
      response.end()
    })
    let server = await start(dataDirOf(name), args)
    await post(server, [alertOf('first', { endsAt: later() })])
    await server.kill()
    sink.answer((_, response) => {
      response.end()
    })
    const failed = sink.webhooks(`/${name}`).length
    server = await start(dataDirOf(name), args)
    expect((await listed(server)).map(({ labels }) => labels.alertname)).toEqual(['first'])
    await eventually(() => sink.webhooks(`/${name}`).length > failed)
    expect(sink.webhooks(`/${name}`).at(-1)).toMatchObject({ status: 'firing' })
  })

  test('ten thousand active alerts restart without a notification', async () => {
    const name = 'storm'
    const args = ['--set', `alerting.configFile=${configOf(name, { groupBy: "['zone']", interval: '2s' })}`]
    const data = dataDirOf(name)
    let server = await start(data, args)
    const alerts = Array.from({ length: 10_000 }, (_, i) => ({
      labels: { alertname: 'down', zone: `z${i % 50}`, instance: `i${i}` },
      endsAt: later(),
    }))
    for (let i = 0; i < alerts.length; i += 1_000) await post(server, alerts.slice(i, i + 1_000))
    const told = () =>
      new Set(sink.webhooks(`/${name}`).flatMap((one) => one.alerts.map(({ labels }) => labels.instance)))
    await eventually(() => told().size === 10_000, 60_000)
    await eventually(async () => {
      const count = sink.webhooks(`/${name}`).length
      await new Promise((done) => setTimeout(done, 4_000))
      return sink.webhooks(`/${name}`).length === count
    }, 60_000)
    const before = sink.webhooks(`/${name}`).length
    await server.kill()
    server = await start(data, args)
    expect(await listed(server)).toHaveLength(10_000)
    await new Promise((done) => setTimeout(done, 8_000))
    expect(sink.webhooks(`/${name}`).slice(before)).toEqual([])
    const states = (await listed(server)).map(({ status }) => status.state)
    expect(new Set(states)).toEqual(new Set(['active']))
  }, 180_000)

  test('a rule that fires goes on firing, one that is pending goes on counting', async () => {
    const name = 'rules'
    const rules = join(folder, 'rules.yaml')
    writeFileSync(
      rules,
      `groups:
  - name: logs
    interval: 1s
    rules:
      - {alert: Errors, expr: 'sum by (job) (count_over_time({job="shop"} |= "error" [1h])) > 0'}
      - {alert: Long, expr: 'sum by (job) (count_over_time({job="shop"} |= "error" [1h])) > 0', for: 12s}
`,
    )
    const args = ['--set', `alerting.configFile=${configOf(name)}`, '--set', `rules.logql=${rules}`]
    const data = dataDirOf(name)
    let server = await start(data, args)
    expect(await push(server, { job: 'shop' }, [[Date.now() - 1_000, 'an error']])).toBe(204)
    await eventually(() => sink.webhooks(`/${name}`).length === 1)
    const statesOf = async () => {
      const { data } = (await (await server.fetch('/api/v1/alerts')).json()) as {
        data: { alerts: { labels: Record<string, string>; state: string; activeAt: string }[] }
      }
      return Object.fromEntries(
        data.alerts.map(({ labels, state, activeAt }) => [labels.alertname, { state, activeAt }]),
      )
    }
    await eventually(async () => (await statesOf()).Long?.state === 'pending')
    const before = await statesOf()
    await new Promise((done) => setTimeout(done, 1_500))
    await server.kill()
    server = await start(data, args)
    const restartedMs = Date.now()
    const after = await statesOf()
    expect(after).toEqual(before)
    await eventually(async () => (await statesOf()).Long?.state === 'firing', 20_000)
    await eventually(() => sink.webhooks(`/${name}`).length === 2)
    // `for` did not begin anew.
    const startedMs = Date.parse(sink.webhooks(`/${name}`)[1]?.alerts[0]?.startsAt ?? '')
    expect(startedMs).toBeLessThan(restartedMs + 11_500)
    expect(sink.webhooks(`/${name}`).map((one) => `${one.status} ${one.alerts[0]?.labels.alertname}`)).toEqual([
      'firing Errors',
      'firing Long',
    ])
  })
})
