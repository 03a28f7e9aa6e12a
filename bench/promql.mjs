// npm run bench:promql [-- --series 1000] [--samples 2880] [--repeats 5] [--check]
// What PromQL queries take, through HTTP, and beside them what Debian's Prometheus takes for the same over the same data
// when it is installed: 1,000 series every 15 s for 12 hours, jittered by up to 6 ms, half of them counters, half gauges of
// two decimals. Best of some repeats, and CPU time of the server's process, which other programs disturb less. Linux only.
// With --check the exit code is 1 when a goal is missed.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { double, field, number, snappy } from './decode/protobuf.mjs'
import { startGirok } from './girok.mjs'
import { cpuSeconds, residentMB, sleep } from './target.mjs'

const { values: flags } = parseArgs({
  options: {
    series: { type: 'string', default: '1000' },
    samples: { type: 'string', default: '2880' },
    repeats: { type: 'string', default: '5' },
    check: { type: 'boolean', default: false },
  },
})
const SERIES = Number(flags.series)
const SAMPLES = Number(flags.samples)
const REPEATS = Number(flags.repeats)
const INTERVAL_MS = 15_000
const STEP_S = 60
const END_MS = Math.floor(Date.now() / 60_000) * 60_000
const START_MS = END_MS - SAMPLES * INTERVAL_MS
const SERIES_PER_REQUEST = 500
const DEPTH = 20
const SENDERS = 4

let state = 12_345
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}

const isCounter = (s) => s % 2 === 0
const labels = Array.from({ length: SERIES }, (_, s) => [
  ['__name__', isCounter(s) ? 'bench_requests_total' : 'bench_temperature'],
  ['instance', `10.0.${s >> 8}.${s & 255}:9100`],
  ['job', `job-${(s >> 1) % 20}`],
  ['zone', `zone-${(s >> 1) % 5}`],
])

const nextValue = (s, value) =>
  isCounter(s) ? value + Math.floor(random() * 20) : Math.round((value + random() - 0.5) * 100) / 100

/** Requests in the order of time, as Prometheus wants them; the same every time. */
function* requests() {
  state = 12_345
  const current = Array.from({ length: SERIES }, (_, s) => (isCounter(s) ? Math.floor(random() * 1e6) : random() * 100))
  for (let t = 0; t < SAMPLES; t += DEPTH) {
    for (let from = 0; from < SERIES; from += SERIES_PER_REQUEST) {
      const parts = []
      for (let s = from; s < Math.min(SERIES, from + SERIES_PER_REQUEST); s++) {
        const samples = []
        for (let i = t; i < Math.min(SAMPLES, t + DEPTH); i++) {
          const ms = START_MS + i * INTERVAL_MS + Math.floor(random() * 7)
          current[s] = nextValue(s, current[s])
          samples.push(field(2, double(1, current[s]), number(2, ms)))
        }
        parts.push(field(1, ...labels[s].map(([name, value]) => field(1, field(1, name), field(2, value))), ...samples))
      }
      yield snappy(Buffer.concat(parts))
    }
  }
}

const COUNTERS = 'bench_requests_total'
const GAUGES = 'bench_temperature'
/** Goals in ms: of the best repeat, for the data set as it is by default. */
const QUERIES = [
  { name: 'one series', query: `${GAUGES}{instance="10.0.0.1:9100"}` },
  { name: 'rate[5m] of 25 series', query: `rate(${COUNTERS}{job="job-1"}[5m])`, goal: 35 },
  { name: 'rate[5m] of 500 series', query: `rate(${COUNTERS}[5m])` },
  { name: 'sum by (zone) (rate[5m]) of 500 series', query: `sum by (zone) (rate(${COUNTERS}[5m]))`, goal: 200 },
  { name: 'sum by (zone) (rate[1h]) of 500 series', query: `sum by (zone) (rate(${COUNTERS}[1h]))` },
  { name: 'avg by (job) of 500 gauges', query: `avg by (job) (${GAUGES})` },
  { name: 'max(max_over_time[1h]) of 500 gauges', query: `max(max_over_time(${GAUGES}[1h]))` },
  { name: 'quantile by (zone) of 500 gauges', query: `quantile by (zone) (0.95, ${GAUGES})` },
  { name: 'topk(5) of rates of 500 series', query: `topk(5, rate(${COUNTERS}[5m]))` },
  { name: 'sum by (zone) (rate[5m]), once an hour', query: `sum by (zone) (rate(${COUNTERS}[5m]))`, step: 3600 },
  { name: 'sum by (job) (rate[5m]), instant', query: `sum by (job) (rate(${COUNTERS}[5m]))`, instant: true },
]
/** Goal for twelve panels at once. */
const DASHBOARD_GOAL_MS = 1000
const DASHBOARD = Array.from({ length: 12 }, (_, i) => ({
  query: i % 2 === 0 ? `sum(rate(${COUNTERS}{job="job-${i}"}[5m]))` : `avg(${GAUGES}{job="job-${i}"})`,
}))

/** @returns {Promise<string>} */
async function ask(url, { query, step = STEP_S, instant = false }) {
  const range = { query, start: `${START_MS / 1000 + 300}`, end: `${END_MS / 1000}`, step: `${step}` }
  const params = new URLSearchParams(instant ? { query, time: `${END_MS / 1000}` } : range)
  const response = await fetch(`${url}/api/v1/query${instant ? '' : '_range'}?${params}`)
  const body = await response.text()
  if (!response.ok) throw new Error(`${query}: ${response.status} ${body.slice(0, 200)}`)
  return body
}

async function measure(target, work) {
  let best = Number.POSITIVE_INFINITY
  let bytes = 0
  const before = cpuSeconds(target.pid)
  for (let i = 0; i < REPEATS; i++) {
    const started = performance.now()
    bytes = await work()
    best = Math.min(best, performance.now() - started)
  }
  return { best, cpu: ((cpuSeconds(target.pid) - before) / REPEATS) * 1000, bytes }
}

async function send(target) {
  const before = cpuSeconds(target.pid)
  const bodies = requests()
  const one = async () => {
    for (const body of bodies) {
      const response = await fetch(`${target.url}/api/v1/write`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
        body,
      })
      if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`)
      await response.arrayBuffer()
    }
  }
  // Prometheus takes a series' samples in order only.
  await Promise.all(Array.from({ length: target.inOrder ? 1 : SENDERS }, one))
  await sleep(5000)
  return cpuSeconds(target.pid) - before
}

async function startPrometheus() {
  const dir = mkdtempSync(join(tmpdir(), 'girok-bench-prometheus-'))
  const config = join(dir, 'prometheus.yml')
  writeFileSync(config, 'global: { scrape_interval: 1h }\n')
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      '--web.enable-remote-write-receiver',
      '--web.listen-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let output = ''
  const url = await new Promise((found, failed) => {
    child.stderr.on('data', (chunk) => {
      output += chunk
      const port = /Listening on.*?address=127\.0\.0\.1:(\d+)/.exec(output)?.[1]
      if (port !== undefined) found(`http://127.0.0.1:${port}`)
    })
    child.on('exit', () => failed(new Error(output)))
  })
  while (!(await fetch(`${url}/-/ready`)).ok) await sleep(100)
  return {
    url,
    pid: child.pid,
    inOrder: true,
    async stop() {
      const ended = new Promise((done) => child.on('exit', done))
      child.kill('SIGTERM')
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const isInstalled = (() => {
  try {
    execFileSync('prometheus', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** Figures of a server by query. */
async function run(name, target) {
  try {
    const cpu = await send(target)
    const samples = SERIES * SAMPLES
    console.log(
      `${name}: ${samples} samples stored in ${cpu.toFixed(1)} s of CPU, ${residentMB(target.pid).toFixed(0)} MB`,
    )
    const figures = new Map()
    for (const query of QUERIES) {
      figures.set(query.name, await measure(target, async () => (await ask(target.url, query)).length))
    }
    const dashboard = async () => (await Promise.all(DASHBOARD.map((one) => ask(target.url, one)))).join('').length
    figures.set('dashboard of 12 panels', await measure(target, dashboard))
    console.log(`${name}: ${residentMB(target.pid).toFixed(0)} MB after the queries`)
    return figures
  } finally {
    await target.stop()
  }
}

const girok = await run('Girok', await startGirok({ flags: ['--set', 'limits.rejectOldSamplesMaxAgeMs=0'] }))
const prometheus = isInstalled ? await run('Prometheus', await startPrometheus()) : undefined

const goals = new Map([...QUERIES.map(({ name, goal }) => [name, goal]), ['dashboard of 12 panels', DASHBOARD_GOAL_MS]])
const row = (cells) => console.log(`| ${cells.join(' | ')} |`)
row(['12 h, a point per minute', 'Girok, ms', 'CPU ms', 'answer, KB', 'Prometheus, ms', 'CPU ms', 'goal'])
row(['---', '---', '---', '---', '---', '---', '---'])
for (const [name, { best, cpu, bytes }] of girok) {
  const theirs = prometheus?.get(name)
  const goal = goals.get(name)
  if (goal !== undefined && best > goal && flags.check) process.exitCode = 1
  row([
    name,
    best.toFixed(0),
    cpu.toFixed(0),
    (bytes / 1000).toFixed(0),
    theirs?.best.toFixed(0) ?? '',
    theirs?.cpu.toFixed(0) ?? '',
    goal === undefined ? '' : `${goal}: ${best <= goal ? 'met' : 'MISSED'}`,
  ])
}
