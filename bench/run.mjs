// npm run bench [-- --lines 1000000] [--scale 5000000] [--loki URL --loki-pid PID --loki-dir DIR] [--json FILE]
// The common workload on Girok and, when a Loki is named, on Loki in the same run; then latency under four long queries.
// Beside our figures stand those of targets.mjs. `--scale`: the same with so many lines, and by how much queries grow.
// The exit code is 1 when a goal is missed.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { flagsOf, startGirok } from './girok.mjs'
import { measure, quantile, sleep } from './target.mjs'
import { CPU_PER_QUERY, mayGrow, TARGETS } from './targets.mjs'

const flags = flagsOf()
const lines = Number(flags.lines ?? 1_000_000)
const log = (text) => console.log(text)
const misses = []

/** One line of the report: ours, Loki's and VictoriaLogs' figures, the goal and whether it is met. */
function row(name, ours, { loki, victoriaLogs, goal } = {}, digits = 1) {
  const met = goal === undefined ? '' : ours <= goal ? 'ok' : 'MISSED'
  if (met === 'MISSED') misses.push(name)
  const cells = [ours, loki, victoriaLogs, goal].map((value) =>
    (typeof value === 'number' ? Number(value.toFixed(digits)) : (value ?? '')).toString().padStart(13),
  )
  log(`${name.padEnd(36)}${cells.join('')}  ${met}`)
}

const geometricMean = (values) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(Math.max(value, 1)), 0) / values.length)

const server = await startGirok()
const figures = {}
try {
  log(`Girok: ${lines.toLocaleString('en')} lines`)
  figures.girok = await measure(server, lines, { log })
  if (flags.loki) {
    log('Loki: the same')
    figures.loki = await measure({ url: flags.loki, pid: flags['loki-pid'], dir: flags['loki-dir'] }, lines, { log })
  }
  figures.underLoad = await underLoad(server)
} finally {
  await server.stop()
}
if (flags.scale) {
  const larger = await startGirok()
  try {
    log(`Girok: ${Number(flags.scale).toLocaleString('en')} lines`)
    figures.scaled = await measure(larger, Number(flags.scale), { log })
  } finally {
    await larger.stop()
  }
}
const { girok, loki, scaled, underLoad: load } = figures
log(`\n${''.padEnd(36)}${['Girok', 'Loki', 'VictoriaLogs', 'goal'].map((head) => head.padStart(13)).join('')}`)
log(`${loki ? 'Loki: this run' : 'Loki'} and VictoriaLogs: ${loki ? '' : 'both '}as recorded in targets.mjs`)
/** The recorded figures, with Loki's of this run in place of them when there is one. */
const peers = (name, measured) => (measured === undefined ? TARGETS[name] : { ...TARGETS[name], loki: measured })
row('ready, empty store (ms)', server.readyMs, { goal: 1_500 }, 0)
for (const [name, figure, digits] of [
  ['ingest (CPU s per million lines)', 'cpuSecondsPerMillion', 2],
  ['disk (bytes per line)', 'bytesPerLine', 1],
  ['memory after (MB)', 'settledMB', 0],
]) {
  row(name, girok[figure], peers(name, loki?.[figure]), digits)
}
row('ingest (lines per second)', girok.linesPerSecond, { loki: loki?.linesPerSecond }, 0)
row('memory during ingest (MB)', girok.peakMB, { loki: loki?.peakMB, goal: 900 }, 0)
for (const [name, ours] of Object.entries(girok.queries)) {
  const peer = loki?.queries[name]
  row(name, ours.bestMs, peers(name, peer?.bestMs))
  log(`${''.padEnd(36)} first ${ours.firstMs.toFixed(1)} ms, CPU ${ours.cpuMs.toFixed(0)} ms; ${ours.answer}`)
  if (peer && peer.answer !== ours.answer) {
    misses.push(`${name}: another answer than Loki`)
    log(`${''.padEnd(36)} LOKI: ${peer.answer}`)
  }
}
row(
  'CPU per query, geometric mean (ms)',
  geometricMean(Object.values(girok.queries).map(({ cpuMs }) => cpuMs)),
  CPU_PER_QUERY,
)
row('push under load, p99 (ms)', load.pushP99, { goal: 200 }, 0)
row('newest 100 under load, p99 (ms)', load.newestP99, { goal: 100 }, 0)
row('closed client to idle engine (ms)', load.cancelMs, { goal: 1_000 }, 0)
if (scaled) {
  const times = scaled.lines / girok.lines
  log(
    `\n${times} times the lines: ${scaled.bytesPerLine.toFixed(1)} bytes a line, ${scaled.cpuSecondsPerMillion.toFixed(2)} CPU s a million`,
  )
  for (const [name, ours] of Object.entries(scaled.queries)) {
    const before = girok.queries[name].bestMs
    log(`${name.padEnd(36)} ${before.toFixed(1)} ms, then ${ours.bestMs.toFixed(1)} ms`)
    // Under a few ms it is the fixed cost of a query that varies.
    row(`${name}: times as long`, ours.bestMs / Math.max(before, 3), { goal: (mayGrow(name) / 5) * times })
  }
}
if (flags.json) {
  mkdirSync(dirname(flags.json), { recursive: true })
  writeFileSync(flags.json, `${JSON.stringify(figures, null, 1)}\n`)
}
log(misses.length === 0 ? '\nall goals met' : `\nmissed: ${misses.join(', ')}`)
process.exitCode = misses.length === 0 ? 0 : 1

/** Pushes of one line and reads of the newest 100 while four long queries run. */
async function underLoad({ url }) {
  const headers = { 'x-scope-orgid': 'bench' }
  const end = Date.now() + 1_000
  const slow = new URLSearchParams({
    query: 'sum by (x) (count_over_time({job=~".+"} | regexp "(?P<x>[a-f][0-9][a-f])" [2h]))',
    start: `${end - 2 * 3_600_000}000000`,
    end: `${end}000000`,
    step: '30',
    pushdown: 'off',
  })
  const clients = Array.from({ length: 4 }, () => new AbortController())
  const answers = clients.map(({ signal }) =>
    fetch(`${url}/loki/api/v1/query_range?${slow}`, { headers, signal }).then(
      (response) => response.text(),
      () => '',
    ),
  )
  const running = async () => (await (await fetch(`${url}/girok/v1/queries`, { headers })).json()).queries.length
  while ((await running()) < 4) await sleep(20)
  const pushTimes = []
  const newestTimes = []
  const until = performance.now() + 10_000
  while (performance.now() < until) {
    const body = JSON.stringify({ streams: [{ stream: { job: 'probe' }, values: [[`${Date.now()}000000`, 'probe']] }] })
    const a = performance.now()
    const pushed = await fetch(`${url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    })
    await pushed.text()
    const b = performance.now()
    const newest = await fetch(
      `${url}/loki/api/v1/query_range?limit=100&query=${encodeURIComponent('{job="inference"}')}&since=3h`,
      { headers },
    )
    await newest.text()
    pushTimes.push(b - a)
    newestTimes.push(performance.now() - b)
    await sleep(30)
  }
  for (const client of clients) client.abort()
  const aborted = performance.now()
  while ((await running()) > 0 && performance.now() - aborted < 10_000) await sleep(10)
  const cancelMs = performance.now() - aborted
  await Promise.all(answers)
  return {
    pushP99: quantile(pushTimes, 0.99),
    newestP99: quantile(newestTimes, 0.99),
    cancelMs,
    samples: pushTimes.length,
  }
}
