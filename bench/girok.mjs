// Starts the built server for a measurement and stops it again.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepare, root } from '../scripts/prepare.mjs'

/** Without samples and rates, so that only the workload is measured. */
const FLAGS = [
  '--no-sample',
  ...['log.ingest=false', 'telemetry.ownMetrics=false', 'log.level=WARNING'],
  ...['ingestionRateBytes', 'ingestionBurstBytes', 'perStreamRateBytes', 'perStreamBurstBytes'].map(
    (name) => `limits.${name}=0`,
  ),
].flatMap((flag) => (flag.startsWith('--') ? [flag] : ['--set', flag]))

/** Resolves with {url, pid, dir, readyMs, stop}. `dir` is removed at the stop unless it was given. */
export async function startGirok({ dir, flags = [] } = {}) {
  await prepare()
  const folder = dir ?? mkdtempSync(join(tmpdir(), 'girok-bench-'))
  const started = performance.now()
  const child = spawn(
    process.execPath,
    [join(root, 'packages/cli/bin/girok.cjs'), 'serve', '--port', '0', '--data', folder, ...FLAGS, ...flags],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    },
  )
  let output = ''
  const url = await new Promise((found, failed) => {
    const look = (chunk) => {
      output += chunk
      const match = /https?:\/\/127\.0\.0\.1:\d+/.exec(output)
      if (match) found(match[0])
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.on('exit', (code) => failed(new Error(`the server ended with ${code}:\n${output}`)))
  })
  const readyMs = performance.now() - started
  return {
    url,
    dir: folder,
    readyMs,
    pid: Number(readFileSync(join(folder, 'girok.lock'), 'utf8')),
    async stop() {
      const ended = new Promise((done) => child.on('exit', done))
      child.kill('SIGTERM')
      await ended
      if (dir === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Values of `--name value` and bare `--name` of this process. */
export function flagsOf(argv = process.argv.slice(2)) {
  const flags = {}
  for (let i = 0; i < argv.length; i++) {
    const name = argv[i].replace(/^--/, '')
    flags[name] = argv[i + 1] !== undefined && !argv[i + 1].startsWith('--') ? argv[++i] : true
  }
  return flags
}
