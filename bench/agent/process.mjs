import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/prepare.mjs'
import { cpuSeconds, sleep } from '../target.mjs'

/** Starts the built agent for a measurement, reading files from their beginning. */
export async function startAgent(folder, url, include) {
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'agent.json')
  const destinations = [{ type: 'girok', url }]
  const inputs = [{ type: 'file', include, labels: { job: 'bench' } }]
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({ dataDir: 'data', status: { port: 0 }, metrics: { ship: false }, destinations, inputs }),
  )
  const child = spawn(process.execPath, [join(root, 'packages/agent/bin/girok-agent.cjs'), '--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  while (!output.includes('collecting')) {
    if (child.exitCode !== null) throw new Error(`the agent ended:\n${output}`)
    await sleep(50)
  }
  const statusUrl = JSON.parse(readFileSync(join(folder, 'data', 'agent.json'), 'utf8')).url
  const sent = async () => (await (await fetch(`${statusUrl}/status`)).json()).destinations[0].sent.lines
  return {
    sent,
    async delivered(lines) {
      while ((await sent()) < lines) await sleep(100)
    },
    costs: () => ({
      cpu: cpuSeconds(child.pid),
      peakMB: Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1_024,
    }),
    async stop() {
      const ended = new Promise((done) => child.on('exit', done))
      child.kill('SIGTERM')
      await ended
    },
  }
}
