// npm run bench:samples [-- --series 2000] [--samples 2880] [--check]
// What samples of metrics cost by remote write: decoding alone, until they are stored (merges included), at rest, and to
// be read again. The data: counters, gauges of two decimals, random numbers and constants, a quarter each, every 15 s.
// CPU seconds, not wall time: other programs may run meanwhile. With --check the exit code is 1 when a goal is missed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { ProtobufReader } from '../packages/server/dist/ingest/decode/protobuf.js'
import { decodeSnappyBlock } from '../packages/server/dist/ingest/decode/snappy.js'
import { ActiveSeries } from '../packages/server/dist/ingest/prometheus/active-series.js'
import { SampleAssembler } from '../packages/server/dist/ingest/prometheus/sample-assembler.js'
import { SeriesResolver } from '../packages/server/dist/ingest/prometheus/series-resolver.js'
import { decodeWriteV1 } from '../packages/server/dist/ingest/prometheus/write-v1.js'
import { decodeWriteV2 } from '../packages/server/dist/ingest/prometheus/write-v2.js'
import { openStore } from '../packages/server/dist/store/open.js'
import { field, number, snappy, varint } from './decode/protobuf.mjs'
import { startGirok } from './girok.mjs'
import { cpuSeconds, sleep } from './target.mjs'

const { values: flags } = parseArgs({
  options: {
    series: { type: 'string', default: '2000' },
    samples: { type: 'string', default: '2880' },
    check: { type: 'boolean', default: false },
  },
})
const SERIES = Number(flags.series)
const SAMPLES = Number(flags.samples)
const STEP_MS = 15_000
const START_MS = Math.floor(Date.now() / STEP_MS) * STEP_MS - (SAMPLES - 1) * STEP_MS
const SENDERS = 8
const MERGES_MS = 5_000

let state = 12_345
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}

const valuesOf = (kind) => {
  let counter = Math.floor(random() * 1e6)
  let gauge = Math.round(random() * 10_000) / 100
  return Float64Array.from({ length: SAMPLES }, () => {
    if (kind === 0) counter += Math.floor(random() * 20)
    if (kind === 1) gauge = Math.round((gauge + random() - 0.5) * 100) / 100
    return [counter, gauge, random() * 100, 1][kind]
  })
}
const values = Array.from({ length: SERIES }, (_, i) => valuesOf(i % 4))
const labels = Array.from({ length: SERIES }, (_, i) => [
  ['__name__', `bench_${['requests_total', 'temperature_celsius', 'noise_ratio', 'up'][i % 4]}`],
  ['cluster', 'eu-west-1'],
  ['instance', `10.0.${i >> 10}.${(i >> 2) & 255}:9100`],
  ['job', 'bench'],
  ['pod', `bench-${(i >> 2).toString(36)}-7f9c8d`],
])

/** A sample as senders write it: value, then time. */
function sample(id, s, t) {
  const value = Buffer.alloc(9)
  value[0] = 0x09
  value.writeDoubleLE(values[s][t], 1)
  return field(id, value, number(2, START_MS + t * STEP_MS))
}

function seriesV1(s, from, to) {
  const samples = []
  for (let t = from; t < to; t++) samples.push(sample(2, s, t))
  return field(1, ...labels[s].map(([name, value]) => field(1, field(1, name), field(2, value))), ...samples)
}

function requestV2(list, from, to) {
  const symbols = new Map([['', 0]])
  const ref = (text) => symbols.get(text) ?? symbols.set(text, symbols.size).get(text)
  const series = list.map((s) => {
    const refs = Buffer.concat(labels[s].flat().map((text) => varint(ref(text))))
    const samples = []
    for (let t = from; t < to; t++) samples.push(sample(2, s, t))
    return field(5, field(1, refs), ...samples)
  })
  return Buffer.concat([...[...symbols.keys()].map((text) => field(4, text)), ...series])
}

const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i)

/** Requests of `perRequest` series with `depth` samples each, in the order of time. */
function* requests(perRequest, depth, until = SAMPLES) {
  for (let t = 0; t < until; t += depth) {
    for (let s = 0; s < SERIES; s += perRequest) {
      const list = range(s, Math.min(SERIES, s + perRequest))
      const to = Math.min(until, t + depth)
      yield { body: snappy(Buffer.concat(list.map((one) => seriesV1(one, t, to)))), samples: list.length * (to - t) }
    }
  }
}

let missed = 0
function report(name, figure, unit, goal, isGood) {
  const verdict = goal === undefined ? '' : isGood ? ` (goal ${goal}: met)` : ` (goal ${goal}: MISSED)`
  if (goal !== undefined && !isGood) missed++
  console.log(`${name.padEnd(64)} ${figure} ${unit}${verdict}`)
}

const LIMITS = {
  maxMetricLabels: 60,
  maxLabelNameLength: 1024,
  maxLabelValueLength: 2048,
  rejectOldSamplesMaxAgeMs: 0,
  creationGracePeriodMs: 0,
}

function benchDecode(name, bodies, samplesPerBody, decode, goal) {
  const resolver = new SeriesResolver(LIMITS)
  const active = new ActiveSeries(0)
  let samples = 0
  const round = () => {
    for (const body of bodies) {
      const reader = new ProtobufReader(decodeSnappyBlock(body, 2 ** 27))
      const options = { limits: LIMITS, active, nowMs: Date.now() }
      const assembler = new SampleAssembler('bench', 'bench', reader.bytes.length / 18, options)
      decode(reader, assembler, { tenant: 'bench', resolver })
      if (assembler.finish().batch.count !== samplesPerBody) throw new Error('not all samples were decoded')
      samples += samplesPerBody
    }
  }
  for (let i = 0; i < 5; i++) round()
  samples = 0
  const before = process.cpuUsage()
  const end = performance.now() + 2000
  while (performance.now() < end) round()
  const { user, system } = process.cpuUsage(before)
  const rate = samples / (user + system)
  report(name, rate.toFixed(2), 'M samples per CPU second', goal, rate >= goal)
}

benchDecode(
  'decode 1.0, 20 samples a series',
  [...requests(500, 20, 40)].map(({ body }) => body),
  10_000,
  decodeWriteV1,
  2,
)
benchDecode(
  'decode 1.0, 1 sample a series',
  [...requests(2000, 1, 10)].map(({ body }) => body),
  Math.min(SERIES, 2000),
  decodeWriteV1,
)
benchDecode(
  'decode 2.0, 20 samples a series',
  range(0, 4).map((i) => snappy(requestV2(range(i * 500, i * 500 + 500), 0, 20))),
  10_000,
  decodeWriteV2,
)

const dir = mkdtempSync(join(tmpdir(), 'girok-bench-samples-'))
try {
  await benchStored('stored, 20 samples a series, 8 senders of 10,000', 500, 20, SAMPLES, dir, 0.65)
  await benchRead(dir)
  const small = mkdtempSync(join(tmpdir(), 'girok-bench-samples-'))
  await benchStored('stored, 1 sample a series, 8 senders of 2,000', 2000, 1, Math.min(SAMPLES, 480), small)
  rmSync(small, { recursive: true, force: true })
} finally {
  rmSync(dir, { recursive: true, force: true })
}
process.exitCode = flags.check && missed > 0 ? 1 : 0

async function benchStored(name, perRequest, depth, until, folder, goal) {
  const server = await startGirok({ dir: folder, flags: ['--set', 'limits.rejectOldSamplesMaxAgeMs=0'] })
  try {
    const queue = [...requests(perRequest, depth, until)]
    let samples = 0
    const before = cpuSeconds(server.pid)
    const send = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const response = await fetch(`${server.url}/api/v1/write`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
          body: next.body,
        })
        if (response.status !== 204)
          throw new Error(`remote write answered ${response.status}: ${await response.text()}`)
        samples += next.samples
      }
    }
    await Promise.all(range(0, SENDERS).map(send))
    const sent = cpuSeconds(server.pid)
    // Merges go on for a moment.
    await sleep(MERGES_MS)
    const seconds = cpuSeconds(server.pid) - before
    const rate = samples / seconds / 1e6
    console.log(
      `  ${samples} samples, ${seconds.toFixed(1)} s of CPU, ${(sent - before).toFixed(1)} of it until the last answer`,
    )
    report(name, rate.toFixed(2), 'M samples per CPU second', goal, rate >= goal)
  } finally {
    await server.stop()
  }
}

async function benchRead(folder) {
  const store = await openStore({ dataDir: folder })
  try {
    const sizes = await store.driver.query(
      "SELECT sum(bytes_on_disk) / sum(rows), count() FROM system.parts WHERE active AND table = 'samples'",
      'TabSeparated',
      { lane: 'query', timeoutMs: 10_000 },
    )
    const [perSample, parts] = sizes.toString().trim().split('\t').map(Number)
    report(`at rest, ${parts} parts`, perSample.toFixed(2), 'bytes per sample', 3.2, perSample <= 3.2)
    const all = [...store.samples.series.list('default', 0n, 2n ** 63n)].map(({ id }) => id)
    const whole = { startMs: START_MS, endMs: START_MS + SAMPLES * STEP_MS }
    await benchQuery(store, 'read 1 series, all of its time', all.slice(0, 1), whole)
    await benchQuery(store, 'read 25 series, all of their time', all.slice(0, 25), whole)
    await benchQuery(store, 'read 500 series, all of their time', all.slice(0, 500), whole)
    await benchQuery(store, `read ${all.length} series, one hour`, all, { ...whole, endMs: START_MS + 3_600_000 - 1 })
  } finally {
    await store.close()
  }
}

async function benchQuery(store, name, ids, range) {
  let best = { cpuUs: Number.POSITIVE_INFINITY, samples: 0 }
  for (let i = 0; i < 5; i++) {
    const before = process.cpuUsage()
    let samples = 0
    for await (const { times } of store.samples.stream({ tenant: 'default', ids, ...range, timeoutMs: 60_000 })) {
      samples += times.length
    }
    const { user, system } = process.cpuUsage(before)
    if (user + system < best.cpuUs) best = { cpuUs: user + system, samples }
  }
  const { cpuUs, samples } = best
  report(name, (samples / cpuUs).toFixed(2), `M samples per CPU second (${samples} in ${(cpuUs / 1000).toFixed(0)} ms)`)
}
