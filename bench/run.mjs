// npm run bench [-- --lines 1000000] [--loki URL --loki-pid PID --loki-dir DIR] [--json FILE]
// The common workload on Girok and, when a Loki is named, on Loki in the same run; then latency under four long queries.
// Goals are those of the first release; the exit code is 1 when one is missed.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { flagsOf, startGirok } from './girok.mjs'
import { measure, quantile, sleep } from './target.mjs'

const flags = flagsOf()
const lines = Number(flags.lines ?? 1_000_000)
const log = (text) => console.log(text)
const misses = []

/** One line of the report: ours, the peer's, the goal and whether it is met. */
function row(name, ours, peer, goal, isMet) {
  const met = isMet === undefined ? '' : isMet ? 'ok' : 'MISSED'
  if (isMet === false) misses.push(name)
  log(
    `${name.padEnd(36)} ${String(ours).padStart(12)} ${String(peer ?? '').padStart(12)} ${String(goal ?? '').padStart(12)}  ${met}`,
  )
}

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
const { girok, loki, underLoad: load } = figures
log(`\n${''.padEnd(36)} ${'Girok'.padStart(12)} ${(loki ? 'Loki' : '').padStart(12)} ${'goal'.padStart(12)}`)
row('ready, empty store (ms)', server.readyMs.toFixed(0), undefined, 1_500, server.readyMs <= 1_500)
const cpu = girok.cpuSecondsPerMillion
row('ingest (CPU s per million lines)', cpu.toFixed(2), loki?.cpuSecondsPerMillion.toFixed(2), 8, cpu <= 8)
row('ingest (lines per second)', girok.linesPerSecond.toFixed(0), loki?.linesPerSecond.toFixed(0))
row('disk (bytes per line)', girok.bytesPerLine.toFixed(1), loki?.bytesPerLine.toFixed(1), 25, girok.bytesPerLine <= 25)
row('memory during ingest (MB)', girok.peakMB.toFixed(0), loki?.peakMB.toFixed(0), 900, girok.peakMB <= 900)
row('memory after (MB)', girok.settledMB.toFixed(0), loki?.settledMB.toFixed(0), 700, girok.settledMB <= 700)
for (const [name, ours] of Object.entries(girok.queries)) {
  const peer = loki?.queries[name]
  const met = peer
    ? ours.bestMs < peer.bestMs && ours.answer === peer.answer && ours.firstMs <= 3 * Math.max(ours.bestMs, 5)
    : undefined
  row(`${name} (ms)`, ours.bestMs.toFixed(1), peer?.bestMs.toFixed(1), peer ? '< Loki' : '', met)
  log(
    `${''.padEnd(36)} first ${ours.firstMs.toFixed(1)} ms, CPU ${ours.cpuMs.toFixed(0)} ms; ${ours.answer}${peer && peer.answer !== ours.answer ? `; LOKI: ${peer.answer}` : ''}`,
  )
}
row('push under load, p99 (ms)', load.pushP99.toFixed(0), undefined, 200, load.pushP99 <= 200)
row('newest 100 under load, p99 (ms)', load.newestP99.toFixed(0), undefined, 100, load.newestP99 <= 100)
row('closed client to idle engine (ms)', load.cancelMs.toFixed(0), undefined, 1_000, load.cancelMs <= 1_000)
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
