/** What the pages of alerting say, tried: docs/alerting.md, docs/monitors.md, docs/contact-points.md, and what docs/rules.md says of alerts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AlertSink, startSink } from './alert-sink.ts'
import { blockBook, codeBlocks } from './code-blocks.ts'
import { createWorkshop, type Workshop } from './programs.ts'
import { CLI, eventually, push, QUIET, startServer, type TestServer } from './server.ts'

const ALERTING = 'docs/alerting.md'
const MONITORS = 'docs/monitors.md'
const CONTACT_POINTS = 'docs/contact-points.md'
const RULES = 'docs/rules.md'
const book = blockBook([ALERTING, MONITORS, CONTACT_POINTS])
const inAlerting = (part: string) => book.take(ALERTING, part).text

let workshop: Workshop
let sink: AlertSink
let server: TestServer
/** A text of the page for the server and the receiver of this test. */
const here = (text: string) =>
  text.replaceAll('http://127.0.0.1:4100', server?.url ?? '').replaceAll('http://127.0.0.1:9999/', `${sink.url}/`)

beforeAll(async () => {
  workshop = createWorkshop()
  sink = await startSink()
  workshop.program('girok', `exec ${process.execPath} ${CLI} "$@"`)
  workshop.file('rules.yaml', inAlerting('# rules.yaml').replace('interval: 15s', 'interval: 1s'))
  workshop.file('alertmanager.yml', here(inAlerting('# alertmanager.yml')).replace('group_wait: 10s', 'group_wait: 0s'))
  const monitor = book.take(MONITORS, '// high-error-rate.mjs').text
  workshop.file('high-error-rate.mjs', monitor)
  const serve = inAlerting('girok serve').split('\n')
  expect(serve.at(-1)).toBe('girok serve --set rules.logql=rules.yaml --set alerting.configFile=alertmanager.yml')
  expect(book.take(MONITORS, 'girok serve').text).toBe('girok serve --set alerting.monitors=high-error-rate.mjs')
  await workshop.shell(serve.slice(0, -1).join('\n'))
  const settings = [
    'rules.logql=rules.yaml',
    'alerting.configFile=alertmanager.yml',
    'alerting.monitors=high-error-rate.mjs',
  ]
  server = await startServer({
    args: [
      ...QUIET,
      ...settings.flatMap((setting) => [
        '--set',
        setting.replace(/=(.*)$/, (_, name) => `=${join(workshop.folder, name)}`),
      ]),
    ],
  })
})
afterAll(async () => {
  await server?.dispose()
  await workshop?.dispose()
  await sink?.close()
})

test('five minutes: a rule fires, and the contact point is told', async () => {
  const { stdout } = await workshop.shell(inAlerting('girok alerts test-receiver'), { GIROK_URL: server.url })
  expect(stdout).toMatch(/^webhook\[0\]: sent in \d+ ms\n$/)
  await push(server, { job: 'shop' }, [[Date.now() - 1_000, 'an error']])
  await eventually(() => sink.webhooks().some(({ alerts }) => alerts[0]?.labels.alertname === 'Errors'))
  const told = sink.webhooks().find(({ alerts }) => alerts[0]?.labels.alertname === 'Errors')
  expect(told?.alerts[0]).toMatchObject({
    labels: { job: 'shop', severity: 'critical' },
    annotations: { summary: '1 errors of shop within five minutes' },
  })
})

test('the prometheus.yml of the page is one that Girok serves by', async () => {
  const file = workshop.file('prometheus.yml', inAlerting('# prometheus.yml'))
  const other = await startServer({ args: [...QUIET, '--prometheus-config', file] })
  try {
    const found = async () => ((await (await other.fetch('/api/v1/alertmanagers')).json()) as { data: unknown }).data
    const url = (host: string, prefix: string) => ({ url: `http://${host}:9093${prefix}/api/v2/alerts` })
    expect(await found()).toEqual({
      activeAlertmanagers: [url('alertmanager', '/alertmanager')],
      droppedAlertmanagers: [],
    })
  } finally {
    await other.dispose()
  }
})

test('faults are told as the page shows them', async () => {
  const [first = '', second = ''] = inAlerting('route.reciever').split('\n')
  workshop.file(
    'first.yml',
    'global:\n  resolve_timeout: 5m\nroute: {receiver: a,\n    reciever: b}\nreceivers: [{name: a}]\n',
  )
  const run = async (name: string) => {
    const { code, stdout, stderr } = await workshop.start('girok', ['alerts', 'check', name]).ended
    expect(code).not.toBe(0)
    return stdout + stderr
  }
  const message = (line: string) => line.replace(/^\S+?: /, '')
  expect(await run('first.yml')).toContain(message(first))
  workshop.file(
    'second.yml',
    `route:
  receiver: a
  routes: [{receiver: a, mute_time_intervals: [weekends]}]
receivers: [{name: a}]
time_intervals: [{name: weekend, time_intervals: [{weekdays: ['saturday:sunday']}]}]
`,
  )
  expect(await run('second.yml')).toContain(message(second))
})

test('a silence that recurs, and the history', async () => {
  const { stdout } = await workshop.shell(here(inAlerting('"recurrence"')))
  expect(JSON.parse(stdout)).toMatchObject({ silenceID: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  await eventually(async () => {
    const [notifications = '', history = ''] = (
      await workshop.shell(here(inAlerting('alerting/notifications')))
    ).stdout.split(/(?<=\})\s*(?=\{"changes")/)
    return notifications.includes('"receiver":"team"') && history.includes('"alertname":"Errors"')
  })
})

test('routes are tried on the command line', async () => {
  const { stdout } = await workshop.shell(inAlerting('girok alerts routes alertmanager.yml\n'))
  expect(stdout).toContain('team')
})

test('the monitor of the page raises its alert', async () => {
  const now = Date.now()
  const line = (i: number) => JSON.stringify({ type: i % 10 === 0 ? 'error' : 'click' })
  await push(
    server,
    { job: 'ads' },
    Array.from({ length: 40 }, (_, i) => [now - 1_000 + i, line(i)] as const),
  )
  await eventually(async () =>
    (await (await server.fetch('/api/v2/alerts')).text()).includes('Error rate exceeded threshold'),
  )
})

test('a program gives monitors to the server that it embeds', async () => {
  const program = book.take(MONITORS, 'import { createGirok, defineMonitor }').text
  writeFileSync(
    join(workshop.folder, 'embedded.mjs'),
    `import { loadConfig } from '@girok/server'
const config = loadConfig({ set: ['server.port=0', 'sample.enabled=false', ${JSON.stringify(`dataDir=${join(workshop.folder, 'embedded')}`)}] })
${program}
const { url } = await girok.start()
const response = await fetch(\`\${url}/girok/v1/alerting/monitors\`)
console.log(JSON.stringify((await response.json()).monitors.map(({ name, selector }) => [name, selector])))
await girok.stop()
process.exit(0)
`,
  )
  const { stdout } = await workshop.run('node', ['embedded.mjs'])
  expect(stdout).toContain('[["out of memory","{job=\\"training\\"} |= \\"out of memory\\""]]')
})

test('contact points of the page are good', async () => {
  const blocks = codeBlocks(CONTACT_POINTS)
  expect(blocks.map(({ language }) => language)).toEqual(blocks.map(() => 'yaml'))
  for (const [place, { text }] of blocks.entries()) {
    book.take(CONTACT_POINTS, text)
    const receivers = text.startsWith('receivers:')
      ? text
      : `receivers:\n  - name: oncall\n${text.replaceAll(/^/gm, '    ')}`
    const file = workshop.file(`contact-point-${place}.yml`, `route: {receiver: oncall}\n${receivers}\n`)
    expect((await workshop.run('girok', ['alerts', 'check', file])).stdout).toContain('SUCCESS')
  }
})

test('rules of the page are good, kept in the store and tried on the past', async () => {
  const rules = blockBook([RULES])
  const inRules = (part: string) => rules.take(RULES, part).text
  workshop.file('metrics.yaml', inRules('GPUHot'))
  workshop.file('logs.yaml', inRules('WHEN last()'))
  await workshop.shell('girok rules check metrics.yaml\ngirok rules check --language logql logs.yaml')
  workshop.file('log-tests.yaml', inRules('input_streams').replace('log-rules.yaml', 'logs.yaml'))
  expect((await workshop.run('girok', ['rules', 'test', 'log-tests.yaml'])).stdout).toContain('SUCCESS: 1 test passed')
  const kept = JSON.parse((await workshop.shell(here(inRules('rule-groups/logql')))).stdout)
  expect(kept).toMatchObject({ namespace: 'team', version: 1 })
  const pushed = await workshop.shell(inRules('girok rules push'), { GIROK_URL: server.url })
  expect(pushed.stdout).toMatch(/^logql +stored +1 +\d +team +shop$/m)
  const past = await workshop.shell(inRules('girok rules backtest'), { GIROK_URL: server.url })
  expect(past.stdout).toContain('Errors')
})

test('no code block of the pages is left untried', () => {
  expect(book.left()).toEqual([])
})
