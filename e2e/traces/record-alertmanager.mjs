/**
 * Records what the original Alertmanager does in the scenarios of packages/server/src/alerting/alertmanager/testing/traces:
 * starts it with the configuration of each, does what the steps say, writes down the notifications that come, in place.
 *
 *   node e2e/traces/record-alertmanager.mjs PROGRAM [SCENARIO…]
 *
 * All scenarios are recorded at the same time; the slowest takes about a minute and a half. The machine should be quiet.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const TRACES = new URL('../../packages/server/src/alerting/alertmanager/testing/traces/', import.meta.url)
/** Go's way to say that there is no time. */
const NO_TIME = '0001-01-01T00:00:00Z'

const [program, ...wanted] = process.argv.slice(2)
if (program === undefined) throw new Error('give the path of the alertmanager program')
const names = readdirSync(TRACES)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
await Promise.all(names.map(record))

async function record(name) {
  const file = new URL(`${name}.json`, TRACES)
  const trace = JSON.parse(readFileSync(file, 'utf8'))
  const folder = mkdtempSync(join(tmpdir(), 'record-'))
  const sink = await startSink(trace.answers ?? {})
  if (trace.startSecond !== undefined) await secondOfMinute(trace.startSecond - 3)
  const original = await startOriginal(configText(trace, sink.url), folder)
  try {
    if (trace.startSecond !== undefined) await secondOfMinute(trace.startSecond)
    const startMs = Date.now()
    sink.startAt(startMs)
    for (const step of trace.steps) {
      await sleep(Math.max(0, startMs + step.atMs - Date.now()))
      await doStep(original.url, step, startMs)
    }
    await sleep(Math.max(0, startMs + trace.durationMs - Date.now()))
    const recorded = { version: original.version, startAt: new Date(startMs).toISOString() }
    const next = { ...trace, recorded, notifications: sink.notifications() }
    writeFileSync(file, `${JSON.stringify(next, undefined, 2)}\n`)
    console.log(`${name}: ${next.notifications.length} notifications`)
  } finally {
    await original.end()
    sink.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `$URL` is the sink, `$MUTED` the minute in which the recording begins. */
function configText({ config }, url) {
  const at = (ms) => new Date(ms).toISOString().slice(11, 16)
  const minuteMs = Math.floor((Date.now() + 5_000) / 60_000) * 60_000
  return config
    .join('\n')
    .replaceAll('$URL', url)
    .replaceAll('$MUTED', `{start_time: '${at(minuteMs)}', end_time: '${at(minuteMs + 60_000)}'}`)
}

async function secondOfMinute(second) {
  const nowMs = Date.now()
  const waitMs = (second * 1000 - (nowMs % 60_000) + 60_000) % 60_000
  await sleep(waitMs)
}

async function doStep(url, { alerts, silence }, startMs) {
  const time = (ms) => (ms === undefined ? undefined : new Date(startMs + ms).toISOString())
  if (alerts !== undefined) {
    const body = alerts.map(({ startsAtMs, endsAtMs, ...alert }) => ({
      ...alert,
      startsAt: time(startsAtMs),
      endsAt: time(endsAtMs),
    }))
    await post(`${url}/api/v2/alerts`, body)
  }
  if (silence !== undefined) {
    const matchers = Object.entries(silence.match).map(([name, value]) => ({
      name,
      value,
      isRegex: false,
      isEqual: true,
    }))
    const { startsAtMs, endsAtMs } = silence
    const body = { matchers, startsAt: time(startsAtMs), endsAt: time(endsAtMs), createdBy: 'ann', comment: 'planned' }
    await post(`${url}/api/v2/silences`, body)
  }
}

async function post(url, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
}

async function startOriginal(text, folder) {
  const file = join(folder, 'alertmanager.yml')
  writeFileSync(file, text)
  const flags = [`--config.file=${file}`, `--storage.path=${folder}`, '--web.listen-address=127.0.0.1:0']
  const child = spawn(program, [...flags, '--cluster.listen-address='], { stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  const url = await new Promise((found, failed) => {
    child.stderr.on('data', (chunk) => {
      output += chunk
      const address = /Listening on.*?address=(127\.0\.0\.1:\d+)/.exec(output)?.[1]
      if (address !== undefined) found(`http://${address}`)
    })
    child.on('exit', () => failed(new Error(output)))
  })
  const status = await (await fetch(`${url}/api/v2/status`)).json()
  const ended = new Promise((resolve) => child.on('exit', resolve))
  const end = async () => {
    child.kill()
    await ended
  }
  return { url, version: status.versionInfo.version, end }
}

/** Takes webhooks at /RECEIVER; `answers` are the status codes of the first attempts of each, then 200. */
async function startSink(answers) {
  const left = new Map(Object.entries(answers).map(([receiver, codes]) => [receiver, [...codes]]))
  const found = []
  let startMs = 0
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const receiver = request.url.slice(1)
      const status = left.get(receiver)?.shift() ?? 200
      found.push({ atMs: Date.now() - startMs, status, body: normalised(JSON.parse(text), startMs) })
      response.writeHead(status).end()
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    startAt: (ms) => {
      startMs = ms
    },
    notifications: () => found,
    close: () => server.close(),
  }
}

/** Times are milliseconds since the start, the address of the server is left out. */
function normalised({ externalURL: _, ...body }, startMs) {
  const relative = (time) => (time === NO_TIME ? null : Date.parse(time) - startMs)
  const alerts = body.alerts.map((alert) => ({
    ...alert,
    startsAt: relative(alert.startsAt),
    endsAt: relative(alert.endsAt),
  }))
  return { ...body, alerts }
}
