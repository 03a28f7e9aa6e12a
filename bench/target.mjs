// Measures one server with Loki's API: ingest (CPU seconds of its process, which hold on a shared machine), bytes on disk,
// memory, latency of each query. Reads /proc, so Linux only.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { pushes, QUERIES, SPAN_MS } from './workload.mjs'

const LINES_PER_PUSH = 5_000
const PARALLEL = 4
const REPEATS = 4

/** CPU seconds that a process has used. */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

export function residentMB(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
}

export const diskBytes = (folder) => Number(execFileSync('du', ['-sb', folder], { encoding: 'utf8' }).split('\t')[0])
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

/** `target`: {url, pid, dir}. Resolves with plain figures. */
export async function measure(target, lines, { settleMs = 20_000, log = () => {} } = {}) {
  // A whole minute, because Loki's front end moves the grid of a range query to multiples of its step; Girok answers at
  // start, start + step …, as asked.
  const startMs = Math.floor((Date.now() - SPAN_MS) / 60_000) * 60_000
  const headers = { 'content-type': 'application/json', 'x-scope-orgid': 'bench' }
  const cpuBefore = cpuSeconds(target.pid)
  const wallBefore = performance.now()
  let peakMB = 0
  let sent = 0
  const inFlight = new Set()
  const send = async (body) => {
    for (let tries = 0; ; tries++) {
      const response = await fetch(`${target.url}/loki/api/v1/push`, { method: 'POST', headers, body })
      const text = await response.text()
      if (response.ok) break
      if (tries === 20) throw new Error(`push: ${response.status} ${text}`)
      await sleep(300)
    }
    sent += LINES_PER_PUSH
    peakMB = Math.max(peakMB, residentMB(target.pid))
    if (sent % 200_000 === 0) log(`  ${sent.toLocaleString('en')} lines`)
  }
  for (const body of pushes(lines, LINES_PER_PUSH, startMs)) {
    const one = send(body).finally(() => inFlight.delete(one))
    inFlight.add(one)
    if (inFlight.size >= PARALLEL) await Promise.race(inFlight)
  }
  await Promise.all(inFlight)
  const wallSeconds = (performance.now() - wallBefore) / 1_000
  await sleep(settleMs)
  const figures = {
    lines,
    cpuSecondsPerMillion: (cpuSeconds(target.pid) - cpuBefore) / (lines / 1e6),
    linesPerSecond: lines / wallSeconds,
    bytesPerLine: diskBytes(target.dir) / lines,
    peakMB,
    settledMB: residentMB(target.pid),
    queries: {},
  }
  for (const [name, query] of Object.entries(QUERIES)) {
    figures.queries[name] = await time(target, query, startMs)
    log(`  ${name}: ${figures.queries[name].bestMs.toFixed(1)} ms`)
  }
  return figures
}

async function time(target, query, startMs) {
  const isMetric = !query.startsWith('{')
  const params = new URLSearchParams({
    query,
    start: `${startMs}000000`,
    end: `${startMs + SPAN_MS}000000`,
    limit: '100',
    ...(isMetric ? { step: '60' } : {}),
  })
  const times = []
  let answer = ''
  const cpuBefore = cpuSeconds(target.pid)
  for (let i = 0; i < REPEATS; i++) {
    const started = performance.now()
    const response = await fetch(`${target.url}/loki/api/v1/query_range?${params}`, {
      headers: { 'x-scope-orgid': 'bench', 'cache-control': 'no-cache' },
    })
    const body = await response.text()
    times.push(performance.now() - started)
    if (!response.ok) {
      answer = `${response.status} ${body.slice(0, 80)}`
      continue
    }
    const { result } = JSON.parse(body).data
    answer = `${result.length} series, ${result.reduce((sum, one) => sum + one.values.length, 0)} points`
  }
  return {
    firstMs: times[0],
    bestMs: Math.min(...times),
    cpuMs: ((cpuSeconds(target.pid) - cpuBefore) / REPEATS) * 1_000,
    answer,
  }
}
