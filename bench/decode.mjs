// npm run bench:decode [-- --seconds 2] [--only otlp] [--check] [--json FILE]
// What it costs to make batches of the bytes that clients send: the whole receiver but for network, processors and store.
// Records per second of CPU time, all threads included. With --check the exit code is 1 when a goal is missed.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { createSampleIntake } from '../packages/server/dist/ingest/prometheus/sample-intake.js'
import { receivers } from '../packages/server/dist/ingest/receivers/index.js'
import {
  attributesOf,
  bsdTime,
  bulk,
  DOCKER,
  forward,
  lokiJson,
  lokiPush,
  otlpLogs,
  splunkEvents,
  syslog,
} from './bodies.mjs'
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

/** One line for each: receiver, path, headers, `body(lines, chunk)`, records in a body, least records per CPU second (if promised). */
const SCENARIOS = [
  {
    name: 'otlp logs protobuf: lines of JSON as bodies, severity, trace',
    receiver: 'otlp',
    path: '/v1/logs',
    headers: PROTOBUF,
    body: (lines) => otlpLogs(lines, (line) => ({ body: line, attributes: [] })),
    records: PER_BODY,
    goal: 300_000,
  },
  {
    name: 'otlp logs protobuf: 8 attributes',
    receiver: 'otlp',
    path: '/v1/logs',
    headers: PROTOBUF,
    body: (lines) => otlpLogs(lines, attributesOf),
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
    body: (lines, chunk) => forward(lines, (text) => (text.startsWith('{') ? JSON.parse(text) : { log: text }), chunk),
    records: PER_BODY,
    goal: 300_000,
  },
  {
    name: 'fluent packed: lines as Docker sends them',
    receiver: 'fluent',
    listener: 'tcp',
    body: (lines, chunk) =>
      forward(lines, (text, { job }) => ({ ...DOCKER, container_name: `/${job}`, log: text }), chunk),
    records: PER_BODY,
  },
  {
    name: 'syslog RFC 5424, counted',
    receiver: 'syslog',
    listener: 'tcp',
    body: (lines) =>
      syslog(lines, (time, { job }, text) => `<134>1 ${time.toISOString()} web-1 ${job} 811 - - ${text}`),
    records: PER_BODY,
    goal: 300_000,
  },
  {
    name: 'syslog RFC 3164, counted',
    receiver: 'syslog',
    listener: 'tcp',
    body: (lines) => syslog(lines, (time, { job }, text) => `<134>${bsdTime(time)} web-1 ${job}[811]: ${text}`),
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

const counter = { add() {}, value: () => 0 }
let delivered = 0
const limits = new Proxy(
  { maxDecompressedBytes: 100 << 20, maxLineSize: 256 << 10 },
  { get: (given, name) => given[name] ?? 0 },
)
const context = {
  limits,
  samples: createSampleIntake(limits, Date.now),
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
  const bodies = Array.from({ length: BODIES }, (_, i) => body(linesOf(i), `a-chunk-of-the-bench-${i}`))
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
