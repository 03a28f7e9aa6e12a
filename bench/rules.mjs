// npm run bench:rules [-- --rules 1000] [--groups 50] [--interval 15] [--series 1000] [--seconds 60] [--check]
// What alerting rules cost: the CPU time of the server's process with the rules, less that of the same server which only
// takes the samples they look at (1,000 series, a sample every 15 s). A fiftieth of the alerts fire. Linux only.
// With --check the exit code is 1 when the goal is missed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { double, field, number, snappy } from './decode/protobuf.mjs'
import { startGirok } from './girok.mjs'
import { cpuSeconds, residentMB, sleep } from './target.mjs'

const { values: flags } = parseArgs({
  options: {
    rules: { type: 'string', default: '1000' },
    groups: { type: 'string', default: '50' },
    interval: { type: 'string', default: '15' },
    series: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    check: { type: 'boolean', default: false },
  },
})
const RULES = Number(flags.rules)
const GROUPS = Number(flags.groups)
const INTERVAL_S = Number(flags.interval)
const SERIES = Number(flags.series)
const SECONDS = Number(flags.seconds)
/** Of a core. */
const GOAL = 0.25
const SCRAPE_MS = 15_000
const HISTORY_MS = 15 * 60_000
const INSTANCES = 10
const METRICS = Math.ceil(SERIES / INSTANCES)

const labels = Array.from({ length: SERIES }, (_, s) => [
  ['__name__', `bench_${s % 2 === 0 ? 'requests' : 'temperature'}_${Math.floor(s / INSTANCES)}`],
  ['instance', `10.0.${s % INSTANCES}.1:9100`],
  ['job', `job-${Math.floor(s / INSTANCES) % 20}`],
])

/** Counters by their age, gauges that are one in fifty times high. */
const valueAt = (s, ms) => (s % 2 === 0 ? Math.floor(ms / 1000) % 1e7 : s % 50 === 1 ? 99 : 20 + (s % 10))

async function write(url, times) {
  const body = labels.map((pairs, s) =>
    field(
      1,
      ...pairs.map(([name, value]) => field(1, field(1, name), field(2, value))),
      ...times.map((ms) => field(2, double(1, valueAt(s, ms)), number(2, ms))),
    ),
  )
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: snappy(Buffer.concat(body)),
  })
  if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`)
}

const EXPRESSIONS = [
  (m) => `bench_temperature_${m} > 90`,
  (m) => `rate(bench_requests_${m}[5m]) > 1000`,
  (m) => `sum by (job) (rate(bench_requests_${m}[5m])) > 1000`,
  (m) => `avg_over_time(bench_temperature_${m}[10m]) > 90`,
  (m) => `absent(bench_requests_${m})`,
]

/** The text of a file of rules. */
function rulesText() {
  const perGroup = Math.ceil(RULES / GROUPS)
  const groups = Array.from({ length: GROUPS }, (_, g) => ({
    name: `g${g}`,
    interval: `${INTERVAL_S}s`,
    rules: Array.from({ length: Math.min(perGroup, RULES - g * perGroup) }, (_, r) => {
      const n = g * perGroup + r
      return {
        alert: `Alert${n}`,
        expr: EXPRESSIONS[n % EXPRESSIONS.length](Math.floor(n / EXPRESSIONS.length) % METRICS),
        for: '30s',
        labels: { severity: 'page' },
        annotations: { summary: '{{ $labels.instance }} is at {{ $value | humanize }}' },
      }
    }),
  }))
  return JSON.stringify({ groups })
}

const folder = mkdtempSync(join(tmpdir(), 'girok-bench-rules-'))
const file = join(folder, 'rules.yaml')
writeFileSync(file, 'groups: []\n')
const server = await startGirok({ flags: ['--set', `rules.promql=${file}`] })
let stopped = false
try {
  const now = Date.now()
  for (let ms = now - HISTORY_MS; ms < now; ms += 10 * SCRAPE_MS) {
    await write(
      server.url,
      Array.from({ length: 10 }, (_, i) => ms + i * SCRAPE_MS),
    )
  }
  const scrape = (async () => {
    while (!stopped) {
      await write(server.url, [Date.now()])
      await sleep(SCRAPE_MS)
    }
  })()
  const used = async () => {
    const before = cpuSeconds(server.pid)
    const started = performance.now()
    await sleep(SECONDS * 1000)
    return (cpuSeconds(server.pid) - before) / ((performance.now() - started) / 1000)
  }
  await sleep(10_000)
  const without = await used()
  writeFileSync(file, rulesText())
  // Files are looked at every five seconds.
  await sleep(2 * INTERVAL_S * 1000 + 15_000)
  const withRules = await used()
  const response = await fetch(`${server.url}/api/v1/rules`)
  const { groups } = (await response.json()).data
  const rules = groups.flatMap((group) => group.rules)
  const slowest = Math.max(...groups.map(({ evaluationTime }) => evaluationTime))
  const state = (name) => rules.filter((rule) => rule.state === name).length
  const share = withRules - without
  const percent = (value) => `${(100 * value).toFixed(1)} %`
  console.log(`${rules.length} rules in ${groups.length} groups every ${INTERVAL_S} s over ${SERIES} series`)
  console.log(`  ${state('firing')} fire, ${rules.filter(({ health }) => health !== 'ok').length} fail`)
  console.log(`  of a core: ${percent(without)} without rules, ${percent(withRules)} with them`)
  console.log(`  rules alone: ${percent(share)} (goal: ${percent(GOAL)})`)
  console.log(`  slowest group ${(1000 * slowest).toFixed(0)} ms, memory ${residentMB(server.pid).toFixed(0)} MB`)
  if (flags.check && share > GOAL) process.exitCode = 1
  stopped = true
  await scrape
} finally {
  stopped = true
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
