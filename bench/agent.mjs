// npm run bench:agent [-- --gigabytes 5 --down 600 --only file,idle,steady,catchup]
// What the agent costs: a large file from its beginning, 2,000 files of which few are written to, 10,000 lines a second, and
// how it catches up after the server was away. CPU seconds and memory are those of the agent's process alone.
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { line } from './agent/line.mjs'
import { startAgent } from './agent/process.mjs'
import { startSink } from './agent/sink.mjs'
import { startWriter } from './agent/writer.mjs'
import { flagsOf, startGirok } from './girok.mjs'
import { sleep } from './target.mjs'

const flags = flagsOf()
const parts = { file: bigFile, idle: manyFiles, steady, catchup }
const chosen = typeof flags.only === 'string' ? flags.only.split(',') : Object.keys(parts)
for (const name of chosen) {
  const folder = mkdtempSync(join(tmpdir(), 'girok-agent-bench-'))
  try {
    await parts[name](folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A file that was there before the agent: how many lines one CPU second takes from the file to an HTTP server. */
async function bigFile(folder) {
  const bytes = Number(flags.gigabytes ?? 0.5) * 2 ** 30
  const file = join(folder, 'big.log')
  const lines = writeFile(file, bytes)
  for (const kind of flags.girok ? ['sink', 'girok'] : ['sink']) {
    const server = kind === 'girok' ? await startGirok() : await startSink()
    const agent = await startAgent(join(folder, kind), server.url, [file])
    const started = performance.now()
    await agent.delivered(lines)
    const seconds = (performance.now() - started) / 1e3
    const { cpu, peakMB } = agent.costs()
    await agent.stop()
    await server.stop()
    console.log(
      `${(bytes / 2 ** 30).toFixed(1)} GiB from the beginning to ${kind === 'girok' ? 'Girok' : 'a sink'}: ${lines.toLocaleString('en')} lines in ${seconds.toFixed(1)} s, ` +
        `${Math.round(lines / cpu).toLocaleString('en')} lines per CPU second (at least 100,000), at most ${peakMB.toFixed(0)} MiB (80)`,
    )
  }
}

/** 2,000 files, 200 of them given a line a second. */
async function manyFiles(folder) {
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  const files = Array.from({ length: 2_000 }, (_, i) => join(logs, `app-${i}.log`))
  files.forEach((file, i) => {
    writeFileSync(file, line(i))
  })
  const sink = await startSink()
  const agent = await startAgent(join(folder, 'agent'), sink.url, [join(logs, '*.log')])
  await agent.delivered(files.length)
  const seconds = Number(flags.seconds ?? 30)
  const active = startWriter(200, seconds + 2, files.slice(0, 200))
  await sleep(2_000)
  const before = agent.costs().cpu
  await sleep(seconds * 1e3)
  const { cpu, peakMB } = agent.costs()
  await active
  const idleBefore = agent.costs().cpu
  await sleep(10_000)
  const idle = (agent.costs().cpu - idleBefore) / 10
  await agent.stop()
  await sink.stop()
  console.log(
    `2,000 files: ${((100 * (cpu - before)) / seconds).toFixed(1)} % of a core while 200 get a line a second, ${(100 * idle).toFixed(1)} % while none does (at most 5), at most ${peakMB.toFixed(0)} MiB (80)`,
  )
}

/** 10,000 lines a second into Girok. */
async function steady(folder) {
  const seconds = Number(flags.seconds ?? 30)
  const server = await startGirok()
  const file = join(folder, 'live.log')
  writeFileSync(file, '')
  const agent = await startAgent(join(folder, 'agent'), server.url, [file])
  const before = agent.costs().cpu
  const lines = await startWriter(10_000, seconds, [file])
  await agent.delivered(lines)
  const { cpu, peakMB } = agent.costs()
  await agent.stop()
  await server.stop()
  console.log(
    `10,000 lines a second for ${seconds} s: ${(((cpu - before) / lines) * 1e5).toFixed(2)} CPU s per 100,000 lines (at most 1), at most ${peakMB.toFixed(0)} MiB (80)`,
  )
}

/** The server goes away while lines come; afterwards the backlog shrinks, and how fast. */
async function catchup(folder) {
  const down = Number(flags.down ?? 60)
  const live = 5_000
  const data = join(folder, 'girok')
  const first = await startGirok({ dir: data, flags: ['--port', '0'] })
  const port = new URL(first.url).port
  const file = join(folder, 'live.log')
  writeFileSync(file, '')
  const agent = await startAgent(join(folder, 'agent'), first.url, [file])
  const writer = startWriter(live, down + 60, [file])
  await sleep(3_000)
  await first.stop()
  await sleep(down * 1e3)
  const second = await startGirok({ dir: data, flags: ['--port', port] })
  const from = await agent.sent()
  const started = performance.now()
  const missed = down * live
  await agent.delivered(from + missed + live * 2)
  const seconds = (performance.now() - started) / 1e3
  const sent = (await agent.sent()) - from
  await agent.stop()
  await second.stop()
  writer.stop()
  console.log(
    `after ${down} s without the server: ${sent.toLocaleString('en')} lines in ${seconds.toFixed(1)} s, ${(sent / seconds / live).toFixed(1)} times the live rate (at least 5)`,
  )
}

function writeFile(file, bytes) {
  const fd = openSync(file, 'w')
  let lines = 0
  for (let written = 0; written < bytes; ) {
    let text = ''
    for (let i = 0; i < 5_000; i++) text += line(lines++)
    written += writeSync(fd, text)
  }
  closeSync(fd)
  return lines
}
