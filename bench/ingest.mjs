// npm run bench:ingest [-- --lines 1000000] [--only otlp] [--check]
// What a million records of the common workload cost by each protocol, from the request to the merged parts: CPU seconds
// of the server's process, all threads included. With --check the exit code is 1 when a goal is missed.
import { setTimeout as sleep } from 'node:timers/promises'
import { attributesOf, bulk, lokiJson, lokiPush, otlpLogs, splunkEvents } from './bodies.mjs'
import { flagsOf, startGirok } from './girok.mjs'
import { cpuSeconds, diskBytes, residentMB } from './target.mjs'
import { SPAN_MS, workload } from './workload.mjs'

const flags = flagsOf()
const LINES = Number(flags.lines ?? 1_000_000)
const PER_BODY = 5_000
const PARALLEL = 4
const SETTLE_MS = 20_000
const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const JSON_LINES = { 'content-type': 'application/x-ndjson' }
const asLine = (text) => ({ body: text, attributes: [] })

/** `goal`: CPU seconds per million records, where one was set. */
const PROTOCOLS = [
  {
    name: 'loki JSON',
    path: '/loki/api/v1/push',
    headers: { 'content-type': 'application/json' },
    body: lokiJson,
    goal: 5,
  },
  { name: 'loki protobuf', path: '/loki/api/v1/push', headers: PROTOBUF, body: lokiPush },
  {
    name: 'otlp logs, lines as bodies',
    path: '/v1/logs',
    headers: PROTOBUF,
    body: (lines) => otlpLogs(lines, asLine),
    goal: 6.5,
  },
  {
    name: 'otlp logs, 8 attributes',
    path: '/v1/logs',
    headers: PROTOBUF,
    body: (lines) => otlpLogs(lines, attributesOf),
  },
  { name: 'elasticsearch _bulk', path: '/_bulk', headers: JSON_LINES, body: bulk, goal: 7 },
  { name: 'splunk events', path: '/services/collector/event', headers: {}, body: splunkEvents },
]

/** Bodies of all lines, in order of time. */
function* bodies(make) {
  const line = workload(LINES, Date.now() - SPAN_MS)
  for (let first = 0; first < LINES; first += PER_BODY) {
    const count = Math.min(PER_BODY, LINES - first)
    yield make(
      Array.from({ length: count }, (_, i) => {
        const [timeMs, labels, text] = line(first + i)
        return { ns: BigInt(timeMs) * 1_000_000n, labels, text }
      }),
    )
  }
}

async function send(url, headers, body) {
  for (let tries = 0; ; tries++) {
    const response = await fetch(url, { method: 'POST', headers, body })
    const text = await response.text()
    if (response.ok) return
    if (tries === 20) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 200)}`)
    await sleep(300)
  }
}

async function stored(url) {
  const { sources } = await (await fetch(`${url}/girok/v1/sources`)).json()
  return sources.reduce((sum, { counts }) => sum + counts.stored, 0)
}

async function measure({ path, headers, body }) {
  // Made before, so that four requests are always under way.
  const all = [...bodies(body)]
  const server = await startGirok()
  try {
    const before = cpuSeconds(server.pid)
    const inFlight = new Set()
    for (const one of all) {
      const sending = send(server.url + path, headers, one).finally(() => inFlight.delete(sending))
      inFlight.add(sending)
      if (inFlight.size >= PARALLEL) await Promise.race(inFlight)
    }
    await Promise.all(inFlight)
    const answered = cpuSeconds(server.pid) - before
    await sleep(SETTLE_MS)
    const perMillion = (seconds) => seconds / (LINES / 1e6)
    return {
      answered: perMillion(answered),
      settled: perMillion(cpuSeconds(server.pid) - before),
      bytes: diskBytes(server.dir) / LINES,
      memory: residentMB(server.pid),
      stored: await stored(server.url),
    }
  } finally {
    await server.stop()
  }
}

console.log('| by | CPU s per million, to the last answer | and 20 s after | goal | bytes per record | memory, MB |')
console.log('|---|---:|---:|---:|---:|---:|')
for (const protocol of PROTOCOLS) {
  const { name, goal } = protocol
  if (flags.only !== undefined && !name.includes(flags.only)) continue
  const { answered, settled, bytes, memory, stored: count } = await measure(protocol)
  if (count !== LINES) throw new Error(`${name}: ${count} records are stored of ${LINES}`)
  const missed = goal !== undefined && settled > goal
  const cells = [
    name,
    answered.toFixed(1),
    settled.toFixed(1),
    goal === undefined ? '' : `${goal}${missed ? ' MISSED' : ''}`,
  ]
  console.log(`| ${[...cells, bytes.toFixed(1), memory.toFixed(0)].join(' | ')} |`)
  if (missed && flags.check) process.exitCode = 1
}
