// npm run soak [-- --seconds 180 --lines 1000000 --check]
// Twenty dashboards of five panels (the last 15 minutes, every 5 s) beside an ingest of 20,000 lines a second, after a
// preload and a stretch of ingest alone. Wanted: ingest slowed by at most a tenth, no query over 2 s, no query failed,
// every acknowledged line stored once, at most 1.2 GB. Exit code 1 when something is missed. `--check` is for machines
// that others use as well: it reports times and holds the rest. `--lone`: see lone-lines.mjs.
import { flagsOf, startGirok } from './girok.mjs'
import { cpuSeconds, quantile, residentMB, sleep } from './target.mjs'
import { pushes, SPAN_MS, workload } from './workload.mjs'

const flags = flagsOf()
async function soak() {
  const seconds = Number(flags.seconds ?? 180)
  const preload = Number(flags.lines ?? 1_000_000)
  const dashboards = Number(flags.dashboards ?? 20)
  const linesPerSecond = Number(flags.rate ?? 20_000)
  const server = await startGirok()
  const verdict = []
  const hold = (what, isMet, isTime = false) => {
    verdict.push({ what, isMet, counts: !(isTime && flags.check) })
  }
  try {
    await load(server, preload)
    console.log(`${preload.toLocaleString('en')} lines preloaded`)
    const alone = await ingest(server, linesPerSecond, Math.ceil(Math.max(5, Math.min(30, seconds / 3))))
    console.log(`ingest alone: ${describe(alone)}`)

    const panels = watch(server, dashboards, seconds)
    const cpuBefore = cpuSeconds(server.pid)
    const beside = await ingest(server, linesPerSecond, seconds)
    const asked = await panels
    const cores = (cpuSeconds(server.pid) - cpuBefore) / seconds
    console.log(`beside ${dashboards} dashboards: ${describe(beside)}, ${cores.toFixed(2)} cores`)
    const [p50, p95, most] = [0.5, 0.95, 1].map((q) => quantile(asked.times, q))
    console.log(
      `${asked.times.length} queries: median ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, most ${most.toFixed(0)} ms; ${asked.skipped} refreshes skipped because the one before was under way; ${asked.failed} failed${asked.failed > 0 ? `: ${asked.failure}` : ''}`,
    )
    for (const [name, times] of asked.byPanel) {
      console.log(
        `  ${name.padEnd(28)} median ${quantile(times, 0.5).toFixed(0)} ms, most ${quantile(times, 1).toFixed(0)} ms`,
      )
    }
    const acknowledged = preload + alone.lines + beside.lines
    const stored = await countLines(server)
    hold(
      `ingest ${(100 * (beside.rate / alone.rate)).toFixed(0)} % of alone (at least 90)`,
      beside.rate >= 0.9 * alone.rate,
      true,
    )
    hold(`slowest query ${most.toFixed(0)} ms (at most 2000)`, most <= 2_000, true)
    hold(`${asked.skipped} refreshes skipped (none)`, asked.skipped === 0, true)
    hold(
      `${asked.failed} of ${asked.times.length + asked.failed} queries failed (none)`,
      asked.failed === 0 && asked.times.length > 0,
    )
    hold(`${stored} lines stored of ${acknowledged} acknowledged`, stored === acknowledged)
    hold(`memory ${beside.mostMB.toFixed(0)} MB (at most 1200)`, beside.mostMB <= 1_200)
  } finally {
    await server.stop()
  }
  for (const { what, isMet, counts } of verdict)
    console.log(`${isMet ? 'ok    ' : counts ? 'MISSED' : 'slow  '} ${what}`)
  process.exitCode = verdict.every(({ isMet, counts }) => isMet || !counts) && verdict.length > 0 ? 0 : 1
}

const describe = ({ rate, times, mostMB }) =>
  `${rate.toFixed(0)} lines a second, acknowledged after ${quantile(times, 0.5).toFixed(0)} ms at the median and ${quantile(times, 0.99).toFixed(0)} ms at p99, ${mostMB.toFixed(0)} MB`

/** Pushes one body until it is taken; answers the milliseconds that took. */
async function push({ url }, body) {
  const started = performance.now()
  for (;;) {
    const response = await fetch(`${url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-scope-orgid': 'bench' },
      body,
    })
    const text = await response.text()
    if (response.status === 204) return performance.now() - started
    if (response.status !== 429) throw new Error(`push: ${response.status} ${text}`)
    await sleep(100)
  }
}

async function load(server, lines) {
  const bodies = pushes(lines, 5_000, Date.now() - SPAN_MS)
  const worker = async () => {
    for (let next = bodies.next(); !next.done; next = bodies.next()) await push(server, next.value)
  }
  await Promise.all([worker(), worker(), worker(), worker()])
}

/** Four pushes a second at set times, at most eight under way: who is slower than that falls behind. */
async function ingest(server, linesPerSecond, seconds) {
  const perPush = linesPerSecond / 4
  const line = workload(linesPerSecond * seconds, Date.now(), 1 + Math.floor(Math.random() * 1e9))
  const begun = performance.now()
  const underway = new Set()
  const times = []
  let mostMB = 0
  let made = 0
  for (let i = 0; i < seconds * 4; i++) {
    const due = begun + i * 250
    if (due > performance.now()) await sleep(due - performance.now())
    while (underway.size >= 8) await Promise.race(underway)
    const streams = new Map()
    const now = `${Date.now()}000000`
    for (let k = 0; k < perPush; k++) {
      const [, labels, text] = line(made++)
      const key = JSON.stringify(labels)
      if (!streams.has(key)) streams.set(key, { stream: labels, values: [] })
      streams.get(key).values.push([now, text])
    }
    const one = push(server, JSON.stringify({ streams: [...streams.values()] })).then((ms) => {
      times.push(ms)
      underway.delete(one)
    })
    underway.add(one)
    mostMB = Math.max(mostMB, residentMB(server.pid))
  }
  await Promise.all(underway)
  return { lines: made, rate: made / Math.max(seconds, (performance.now() - begun) / 1_000), times, mostMB }
}

async function countLines({ url }) {
  const params = new URLSearchParams({ query: 'sum(count_over_time({job=~".+"}[4h]))', time: `${Date.now()}000000` })
  const response = await fetch(`${url}/loki/api/v1/query?${params}`, { headers: { 'x-scope-orgid': 'bench' } })
  const { data } = await response.json()
  return Number(data.result[0]?.value[1])
}

/** The panels of a dashboard; each dashboard looks at another host or model, as people's do. */
const PANELS = {
  'requests per second by job': () => 'sum by (job) (rate({job=~".+"}[1m]))',
  'errors by path': (d) => `sum by (path) (count_over_time({job="api", host="h${d % 8}"} | json | level="ERROR" [1m]))`,
  'average latency': (d) => `avg_over_time({job="inference", host="g${d % 4}"} | json | unwrap latency_ms [1m]) by ()`,
  'p95 latency by model': (d) =>
    `quantile_over_time(0.95, {job="inference", host="g${d % 4}"} | json | unwrap latency_ms [1m]) by (model_name)`,
  'newest failures': (d) => `{job="api", host="h${d % 8}"} | json | status_code=500`,
}

async function watch({ url }, dashboards, seconds) {
  const result = {
    times: [],
    byPanel: new Map(Object.keys(PANELS).map((name) => [name, []])),
    failed: 0,
    failure: '',
    skipped: 0,
  }
  const until = performance.now() + seconds * 1_000
  const ask = async (name, query) => {
    const endMs = Date.now()
    const params = new URLSearchParams({
      query,
      start: `${endMs - 900_000}000000`,
      end: `${endMs}000000`,
      limit: '100',
      ...(query.startsWith('{') ? {} : { step: '15' }),
    })
    const started = performance.now()
    try {
      const response = await fetch(`${url}/loki/api/v1/query_range?${params}`, {
        headers: { 'x-scope-orgid': 'bench' },
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${name}: ${response.status} ${text.slice(0, 200)}`)
      if (JSON.parse(text).status !== 'success') throw new Error(`${name}: ${text.slice(0, 200)}`)
      result.times.push(performance.now() - started)
      result.byPanel.get(name).push(performance.now() - started)
    } catch (error) {
      result.failed++
      result.failure ||= String(error)
    }
  }
  const dashboard = async (d) => {
    await sleep((d * 5_000) / dashboards)
    let due = performance.now()
    while (performance.now() < until) {
      await Promise.all(Object.entries(PANELS).map(([name, query]) => ask(name, query(d))))
      for (due += 5_000; due < performance.now(); due += 5_000) result.skipped++
      await sleep(Math.max(0, Math.min(due, until) - performance.now()))
    }
  }
  await Promise.all(Array.from({ length: dashboards }, (_, d) => dashboard(d)))
  return result
}

if (flags.lone) await import('./lone-lines.mjs')
else await soak()
