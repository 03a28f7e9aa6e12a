/**
 * 10,000 lines a second while Debian's logrotate rotates by rename and by copytruncate, and agent and server are killed
 * again and again: whatever stands on the disk afterwards is visible exactly once.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startAgent, type TestAgent, writeAgentConfig } from './agent.ts'
import { killSeed, randomFrom } from './random.ts'
import { eventually, QUIET, startServer, type TestServer, temporaryFolder, UNLIMITED } from './server.ts'
import { freePort } from './sockets.ts'

const SECONDS = Number(process.env.GIROK_ROTATION_SECONDS ?? 30)
const ROTATE_EVERY_MS = Number(process.env.GIROK_ROTATION_EVERY ?? 5) * 1_000
const LINES_PER_SECOND = 10_000
const KILLS = 5

test(
  `${KILLS} kills of each side while files are rotated lose nothing and double nothing`,
  async () => {
    const random = randomFrom(killSeed())
    const folder = temporaryFolder()
    const logs = join(folder, 'logs')
    mkdirSync(logs)
    const files = ['renamed.log', 'truncated.log'].map((name) => join(logs, name))
    for (const file of files) writeFileSync(file, '')
    const rotation = join(folder, 'logrotate.conf')
    const common = 'rotate 100\n missingok\n notifempty\n compress\n delaycompress\n size 1\n'
    writeFileSync(
      rotation,
      `su root root\n${files[0]} {\n ${common} nocreate\n}\n${files[1]} {\n ${common} copytruncate\n}\n`,
    )
    const port = await freePort()
    const data = join(folder, 'data')
    const flags = { dataDir: data, args: [...QUIET, ...UNLIMITED, '--port', String(port)] }
    const config = writeAgentConfig(folder, {
      destinations: [{ type: 'girok', url: `http://127.0.0.1:${port}` }],
      inputs: [{ type: 'file', include: [join(logs, '*.log')], labels: { job: 'rotation' } }],
    })
    const agentData = join(folder, 'agent-data')
    const costs = { peakBytes: 0, cpuSeconds: 0 }
    const note = (agent: TestAgent) => {
      const { peakBytes, cpuSeconds } = agent.costs()
      costs.peakBytes = Math.max(costs.peakBytes, peakBytes)
      costs.cpuSeconds += cpuSeconds
    }
    let server: TestServer | undefined
    let agent: TestAgent | undefined
    try {
      server = await startServer(flags)
      agent = await startAgent(['--config', config], { dataDir: agentData })
      const started = Date.now()
      const writer = spawn(process.execPath, [
        join(import.meta.dirname, 'line-writer.mjs'),
        String(LINES_PER_SECOND),
        String(SECONDS),
        ...files,
      ])
      let told = ''
      writer.stdout.on('data', (chunk) => (told += chunk))
      const done = new Promise((end) => writer.on('exit', end))
      const rotate = () =>
        execFileSync('logrotate', ['--force', '--state', join(folder, 'rotate.state'), rotation], { stdio: 'pipe' })
      const rotations = setInterval(rotate, ROTATE_EVERY_MS)
      for (let kill = 0; kill < KILLS * 2; kill++) {
        const due = started + ((kill + 0.3 + random() * 0.5) * SECONDS * 1_000) / (KILLS * 2)
        await new Promise((pause) => setTimeout(pause, Math.max(0, due - Date.now())))
        if (kill % 2 === 0) {
          note(agent)
          await agent.kill()
          await new Promise((pause) => setTimeout(pause, random() * 500))
          agent = await startAgent(['--config', config], { dataDir: agentData })
        } else {
          await server.kill()
          await new Promise((pause) => setTimeout(pause, random() * 500))
          server = await startServer(flags)
        }
      }
      await done
      clearInterval(rotations)
      const written = (JSON.parse(told) as number[]).reduce((a, b) => a + b)
      const onDisk = standing(logs)
      const running = server
      // What logrotate cuts off between its copy and its truncation is nowhere: nobody can read it.
      expect(onDisk.size).toBeGreaterThan(written * 0.98)
      await eventually(async () => (await count(running)) >= onDisk.size, 60_000)
      // Whatever would be doubled had time to be.
      await new Promise((pause) => setTimeout(pause, 1_500))
      const stored = await exported(server, started)
      const missing = [...onDisk].filter((line) => !stored.has(line))
      const doubled = [...stored].filter(([, times]) => times > 1)
      expect(missing.slice(0, 5)).toEqual([])
      expect(doubled.slice(0, 5)).toEqual([])
      note(agent)
      console.log(
        `${written} lines written, ${onDisk.size} on the disk, ${stored.size} stored; agent: at most ` +
          `${(costs.peakBytes / 1e6).toFixed(1)} MB, ${((costs.cpuSeconds / written) * 1e5).toFixed(2)} CPU s per 100,000 lines`,
      )
      expect(costs.peakBytes).toBeLessThan(80 * 1024 * 1024)
    } finally {
      await agent?.kill()
      await server?.dispose()
      rmSync(folder, { recursive: true, force: true })
    }
  },
  (SECONDS + 150) * 1_000,
)

/** Lines that files of a folder hold, compressed ones included. */
function standing(folder: string): Set<string> {
  const found = new Set<string>()
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    for (const line of text.split('\n')) if (line !== '') found.add(line)
  }
  return found
}

async function count(server: TestServer): Promise<number> {
  const query = 'sum(count_over_time({job="rotation"}[1h]))'
  const response = await server.fetch(`/loki/api/v1/query?${new URLSearchParams({ query })}`)
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
  return Number(data.result[0]?.value[1] ?? 0)
}

async function exported(server: TestServer, startMs: number): Promise<Map<string, number>> {
  const range = { start: `${startMs - 60_000}000000`, end: `${Date.now() + 60_000}000000` }
  const response = await server.fetch(
    `/girok/v1/export?${new URLSearchParams({ query: '{job="rotation"}', ...range })}`,
  )
  const counts = new Map<string, number>()
  // Row by row: minutes of lines are more than one string can hold.
  const body = Readable.fromWeb(response.body as WebStream)
  for await (const row of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
    const { line } = JSON.parse(row) as { line: string }
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return counts
}
