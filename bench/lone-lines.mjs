// npm run soak -- --lone [--minutes 30]: one line every 100 ms. Acknowledged within 50 ms at the median, fewer than 100 active
// parts, at most a tenth of a core, and no growth of memory.
import { flagsOf, startGirok } from './girok.mjs'
import { cpuSeconds, quantile, residentMB, sleep } from './target.mjs'

const minutes = Number(flagsOf().minutes ?? 30)
const server = await startGirok()
const times = []
let mostParts = 0
const cpuBefore = cpuSeconds(server.pid)
const begun = performance.now()
const end = begun + minutes * 60_000
let nextReport = begun + 60_000
try {
  for (let i = 0; performance.now() < end; i++) {
    const due = begun + i * 100
    if (due > performance.now()) await sleep(due - performance.now())
    const body = JSON.stringify({
      streams: [{ stream: { app: 'soak' }, values: [[`${Date.now()}000000`, `line ${i}`]] }],
    })
    const started = performance.now()
    const response = await fetch(`${server.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    await response.text()
    if (response.status !== 204) throw new Error(`push answered ${response.status}`)
    times.push(performance.now() - started)
    if (performance.now() < nextReport) continue
    nextReport += 60_000
    const { store } = await (await fetch(`${server.url}/girok/v1/status`)).json()
    mostParts = Math.max(mostParts, store.activeParts)
    console.log(
      `${((performance.now() - begun) / 60_000).toFixed(0)} min: ${times.length} lines, median ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms, ${store.activeParts} parts, ${residentMB(server.pid).toFixed(0)} MB`,
    )
  }
} finally {
  const seconds = (performance.now() - begun) / 1_000
  const core = (cpuSeconds(server.pid) - cpuBefore) / seconds
  await server.stop()
  const median = quantile(times, 0.5)
  console.log(
    `median ${median.toFixed(1)} ms (goal 50), at most ${mostParts} parts (goal < 100), ${(core * 100).toFixed(1)} % of a core (goal 10)`,
  )
  process.exitCode = median <= 50 && mostParts < 100 && core <= 0.1 ? 0 : 1
}
