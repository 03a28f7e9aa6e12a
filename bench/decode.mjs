// npm run bench:decode [-- --seconds 2] [--only otlp] [--check] [--json FILE]
// What it costs to make batches of the bytes that clients send: the whole receiver but for network, processors and store.
// Records per second of CPU time, all threads included. With --check the exit code is 1 when a goal is missed.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { receivers } from '../packages/server/dist/ingest/receivers/index.js'
import { entry, pack } from './decode/msgpack.mjs'
import { double, field, fixed64, number, snappy } from './decode/protobuf.mjs'
import { workload } from './workload.mjs'

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    only: { type: 'string' },
    check: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})

const BODIES = 16
const PER_BODY = 2_000
const now = Date.now()
const PROTOBUF = { 'content-type': 'application/x-protobuf' }

/** One line for each: receiver, path, headers, `body(i)`, records in a body, least records per CPU second (if promised). */
const SCENARIOS = [
  {
    name: 'otlp logs protobuf: lines of JSON as bodies, severity, trace',
    receiver: 'otlp',
    path: '/v1/logs',
    headers: PROTOBUF,
    body: (i) => otlpLogs(i, (line) => ({ body: line, attributes: [] })),
    records: PER_BODY,
    goal: 300_000,
  },
  {
    name: 'otlp logs protobuf: 8 attributes',
    receiver: 'otlp',
    path: '/v1/logs',
    headers: PROTOBUF,
    body: (i) => otlpLogs(i, attributesOf),
    records: PER_BODY,
  },
  {
    name: 'loki protobuf + snappy',
    receiver: 'loki',
    path: '/loki/api/v1/push',
    headers: PROTOBUF,
    body: lokiPush,
    records: PER_BODY,
    goal: 300_000,
  },
  {
    name: 'loki JSON',
    receiver: 'loki',
    path: '/loki/api/v1/push',
    headers: { 'content-type': 'application/json' },
    body: lokiJson,
    records: PER_BODY,
  },
  {
    name: 'elasticsearch _bulk: lines of JSON as documents, with their labels',
    receiver: 'elasticsearch',
    path: '/_bulk',
    headers: { 'content-type': 'application/x-ndjson' },
    body: bulk,
    records: PER_BODY,
    goal: 300_000,
  },
  {
    name: 'fluent packed: fields of JSON lines as records',
    receiver: 'fluent',
    listener: 'tcp',
    body: (i) => forward(i, (text) => (text.startsWith('{') ? JSON.parse(text) : { log: text })),
    records: PER_BODY,
    goal: 300_000,
  },
  {
    name: 'fluent packed: lines as Docker sends them',
    receiver: 'fluent',
    listener: 'tcp',
    body: (i) => forward(i, (text, { app = 'web' }) => ({ ...DOCKER, container_name: `/${app}`, log: text })),
    records: PER_BODY,
  },
  {
    name: 'syslog RFC 5424, counted',
    receiver: 'syslog',
    listener: 'tcp',
    body: (i) =>
      syslog(i, (time, { app = 'web' }, text) => `<134>1 ${time.toISOString()} web-1 ${app} 811 - - ${text}`),
    records: PER_BODY,
    goal: 300_000,
  },
  {
    name: 'syslog RFC 3164, counted',
    receiver: 'syslog',
    listener: 'tcp',
    body: (i) => syslog(i, (time, { app = 'web' }, text) => `<134>${bsdTime(time)} web-1 ${app}[811]: ${text}`),
    records: PER_BODY,
    goal: 300_000,
  },
  {
    name: 'splunk events: lines as texts, four labels',
    receiver: 'splunk',
    path: '/services/collector/event',
    headers: {},
    body: splunkEvents,
    records: PER_BODY,
    goal: 300_000,
  },
]

function linesOf(i) {
  const line = workload(PER_BODY, now - 3_600_000 * 2, 1 + i)
  return Array.from({ length: PER_BODY }, (_, k) => {
    const [timeMs, labels, text] = line(k)
    return { ns: BigInt(timeMs) * 1_000_000n, labels, text }
  })
}

const string = (value) => field(1, value)
const pair = (id, name, value) => {
  const any =
    typeof value === 'number' ? (Number.isInteger(value) ? number(3, value) : double(4, value)) : string(value)
  return field(id, field(1, name), field(2, any))
}

/** A line as exporters of structured loggers send it: the message as the body, its fields as attributes. */
function attributesOf(text) {
  if (!text.startsWith('{')) return { body: text, attributes: [] }
  const { message, ...fields } = JSON.parse(text)
  return { body: message, attributes: Object.entries(fields) }
}

function otlpLogs(i, shape) {
  const traceId = Buffer.alloc(16, 7)
  const records = linesOf(i).map(({ ns, text }, k) => {
    const { body, attributes } = shape(text)
    traceId.writeUInt32BE(k, 12)
    return field(
      2,
      fixed64(1, ns),
      fixed64(11, ns),
      number(2, 9),
      field(3, 'INFO'),
      field(5, string(body)),
      ...attributes.map(([name, value]) => pair(6, name, value)),
      field(9, Buffer.from(traceId)),
      field(10, traceId.subarray(8)),
    )
  })
  const resource = field(
    1,
    pair(1, 'service.name', 'gateway'),
    pair(1, 'host.name', 'h1'),
    pair(1, 'process.pid', 4711),
  )
  return field(1, resource, field(2, field(1, field(1, 'logger')), ...records))
}

function byStream(i) {
  const streams = new Map()
  for (const { ns, labels, text } of linesOf(i)) {
    const key = Object.entries(labels)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(', ')
    if (!streams.has(key)) streams.set(key, { labels, entries: [] })
    streams.get(key).entries.push([ns, text])
  }
  return streams
}

function lokiPush(i) {
  const streams = [...byStream(i)].map(([labels, { entries }]) => {
    const lines = entries.map(([ns, text]) =>
      field(2, field(1, number(1, ns / 1_000_000_000n), number(2, ns % 1_000_000_000n)), field(2, text)),
    )
    return field(1, field(1, `{${labels}}`), ...lines)
  })
  return snappy(Buffer.concat(streams))
}

function lokiJson(i) {
  const streams = [...byStream(i).values()].map(({ labels, entries }) => ({
    stream: labels,
    values: entries.map(([ns, text]) => [String(ns), text]),
  }))
  return Buffer.from(JSON.stringify({ streams }))
}

/** Documents as Beats send them: time, agent and host in objects, the line's own fields or its text. */
function splunkEvents(i) {
  const origin = { host: 'web-1', sourcetype: 'app', index: 'main' }
  const events = linesOf(i).map(({ ns, labels, text }) =>
    JSON.stringify({ time: Number(ns / 1_000_000n) / 1000, ...origin, source: labels.app, event: text }),
  )
  return Buffer.from(events.join(''))
}

function bulk(i) {
  const action = '{"create":{"_index":"app"}}'
  const documents = linesOf(i).map(({ ns, labels, text }) => {
    const time = new Date(Number(ns / 1_000_000n)).toISOString()
    const own = text.startsWith('{') ? JSON.parse(text) : { message: text }
    return JSON.stringify({ '@timestamp': time, ...own, host: { name: 'web-1' }, service: { name: labels.app } })
  })
  return Buffer.from(documents.map((document) => `${action}\n${document}\n`).join(''))
}

const DOCKER = { container_id: 'f'.repeat(64), source: 'stdout' }

function forward(i, recordOf) {
  const entries = linesOf(i).map(({ ns, text, labels }) => entry(ns, recordOf(text, labels)))
  return pack(['app.web', Buffer.concat(entries), { size: PER_BODY, chunk: `a-chunk-of-the-bench-${i}` }])
}

/** Messages with their lengths before them. */
function syslog(i, messageOf) {
  const messages = linesOf(i).map(({ ns, labels, text }) => messageOf(new Date(Number(ns / 1_000_000n)), labels, text))
  return Buffer.from(messages.map((message) => `${Buffer.byteLength(message)} ${message}`).join(''))
}

function bsdTime(time) {
  const [, day, month, , clock] = time.toUTCString().split(' ')
  return `${month} ${day.replace(/^0/, ' ')} ${clock}`
}

const counter = { add() {}, value: () => 0 }
let delivered = 0
const context = {
  limits: new Proxy(
    { maxDecompressedBytes: 100 << 20, maxLineSize: 256 << 10 },
    { get: (given, name) => given[name] ?? 0 },
  ),
  tenant: 'default',
  submit: async (batch) => {
    delivered += batch.count
    return { stored: true }
  },
  submitSamples: async (batch) => {
    delivered += batch.count
    return { stored: true }
  },
  admit() {},
  arrived: () => () => {},
  counters: new Proxy({}, { get: () => counter }),
  rejected: (entry) => {
    throw new Error(`rejected: ${JSON.stringify(entry)}`)
  },
  authenticate: () => ({ tenant: 'default' }),
  tokensRequired: () => false,
  log: console.error,
  now: Date.now,
}

/** Sends a body to a route; throws when it is refused. */
function byRequest({ routes }, path, headers) {
  const route = routes.find((one) => one.path === path)
  const request = { tenant: 'default', method: 'POST', pathname: path, path: {}, headers, remoteAddress: '127.0.0.1' }
  return async (body) => {
    const { status } = await route.handle({ ...request, query: new URLSearchParams(), body })
    if (status >= 300) throw new Error(`${path} answered ${status}`)
  }
}

/** Sends a body over a connection. */
function byConnection({ listeners }, name) {
  const { open } = listeners.find((one) => one.name === name)
  const connection = open({ tenant: 'default', remoteAddress: '127.0.0.1', write: async () => {}, close() {} })
  return async (body) => connection.data(body)
}

async function measure({ receiver: name, path, headers, listener, body, records }) {
  const receiver = receivers.find((one) => one.name === name)
  const opened = receiver.open(receiver.options.parse({}), context)
  const send = listener === undefined ? byRequest(opened, path, headers) : byConnection(opened, listener)
  const bodies = Array.from({ length: BODIES }, (_, i) => body(i))
  let next = 0
  const run = async (seconds) => {
    delivered = 0
    const before = process.cpuUsage()
    for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
      await send(Buffer.from(bodies[next++ % BODIES]))
    }
    const { user, system } = process.cpuUsage(before)
    return delivered / ((user + system) / 1e6)
  }
  await run(Number(flags.seconds) / 2)
  const perSecond = await run(Number(flags.seconds))
  return { perSecond, bytesPerRecord: bodies.reduce((sum, { length }) => sum + length, 0) / (BODIES * records) }
}

console.log(`node ${process.versions.node}, ${cpus()[0]?.model}`)
console.log('| decoding | records/CPU s | MB/CPU s | bytes/record | goal |')
console.log('|---|---:|---:|---:|---:|')
const results = []
for (const scenario of SCENARIOS) {
  if (flags.only !== undefined && !scenario.name.includes(flags.only)) continue
  const { perSecond, bytesPerRecord } = await measure(scenario)
  const { name, goal } = scenario
  results.push({ name, perSecond: Math.round(perSecond), bytesPerRecord: Math.round(bytesPerRecord), goal })
  const missed = goal !== undefined && perSecond < goal
  const cells = [
    name,
    Math.round(perSecond),
    ((perSecond * bytesPerRecord) / 1e6).toFixed(0),
    bytesPerRecord.toFixed(0),
  ]
  console.log(`| ${cells.join(' | ')} | ${goal === undefined ? '' : `${goal}${missed ? ' MISSED' : ''}`} |`)
  if (missed && flags.check) process.exitCode = 1
}
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(results, null, 2)}\n`)
