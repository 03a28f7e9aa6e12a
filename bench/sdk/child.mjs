// One library, one scenario, one process: node child.mjs LIBRARY SCENARIO speed|allocation DIST. Prints JSON.
import { PerformanceObserver } from 'node:perf_hooks'
import { pinoScenarios } from './pino-calls.mjs'
import { sdkScenarios } from './sdk-calls.mjs'
import { createSink } from './sink.mjs'

const [library, scenario, mode, dist] = process.argv.slice(2)
const WINDOWS = 5
const TICK = 1_024

const sink = createSink()
const scenarios =
  library === 'sdk' ? await sdkScenarios(dist, sink) : pinoScenarios((await import(library)).default, sink)
const { run, logs = 1 } = await scenarios[scenario]()
const tick = () => new Promise((done) => setImmediate(done))

let at = 0
async function runs(count) {
  for (const end = at + count; at < end; ) {
    for (const stop = Math.min(at + TICK, end); at < stop; at++) run(at)
    await tick()
  }
}

console.log(JSON.stringify(mode === 'allocation' ? await allocation() : await speed()))

/** Nanoseconds of CPU, all threads, per record: the median of the windows. */
async function speed() {
  const cpuMs = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  }
  await runs(60_000 / logs)
  // A window long enough for its figure not to hang on one collection.
  let count = 20_000
  for (;;) {
    const before = cpuMs()
    await runs(count)
    if (cpuMs() - before > 150) break
    count *= 2
  }
  const windows = []
  for (let index = 0; index < WINDOWS; index++) {
    const before = cpuMs()
    await runs(count)
    windows.push(((cpuMs() - before) * 1e6) / (count * logs))
  }
  windows.sort((one, other) => one - other)
  return { ns: windows[WINDOWS >> 1] }
}

/** Bytes of heap per record, over a window in which nothing was collected. */
async function allocation() {
  let collections = 0
  new PerformanceObserver((list) => {
    collections += list.getEntries().length
  }).observe({ entryTypes: ['gc'] })
  await runs(60_000 / logs)
  globalThis.gc()
  await tick()
  const count = 40_000 / logs
  const before = process.memoryUsage().heapUsed
  const seen = collections
  for (const end = at + count; at < end; at++) run(at)
  const after = process.memoryUsage().heapUsed
  await tick()
  await tick()
  // The collection asked for may be told late: one is allowed, and none may have followed it.
  return { bytes: (after - before) / (count * logs), collections: collections - seen }
}
