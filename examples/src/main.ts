// Runs a workload in real time: node dist/main.js NAME [--steps N] [--port PORT] [--host HOST]
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createComplaints, defaultHierarchy, root, shutdown } from '@girok/sdk'
import { configureFromEnvironment, configureFromFile } from '@girok/sdk/config'
import { workloads } from './index.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: 'string' }, port: { type: 'string' }, host: { type: 'string', default: '127.0.0.1' } },
})
const workload = workloads.find(({ name }) => name === positionals[0])
const steps = Number(values.steps ?? Number.POSITIVE_INFINITY)
const port = values.port === undefined ? undefined : Number(values.port)

if (workload === undefined || Number.isNaN(steps) || Number.isNaN(port)) {
  console.error(`usage: main.js NAME [--steps N] [--port PORT] [--host HOST], where NAME is one of
${workloads.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}
LOG_LEVEL, LOG_FORMAT, LOG_DIRECTORY, LOG_CONFIG, GIROK_URL … are read from the environment.`)
  process.exitCode = 2
} else {
  const { LOG_CONFIG, LOG_LEVEL } = process.env
  if (LOG_CONFIG) {
    await configureFromFile(LOG_CONFIG)
    if (LOG_LEVEL) root.setLevel(LOG_LEVEL)
  } else {
    configureFromEnvironment()
  }
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
  const logDirectory = process.env.LOG_DIRECTORY ?? process.env.LOG_DIR ?? 'logs'
  const run = workload.open({
    hierarchy: defaultHierarchy,
    logDirectory,
    random: Math.random,
    now: Date.now,
    sleep: pause,
    listen: port === undefined ? undefined : { port, host: values.host },
  })
  const complain = createComplaints()
  for (let step = 0; step < steps && !stopping.signal.aborted; step++) {
    await run.step().catch((error: unknown) => complain(`${workload.name}: ${String(error)}`))
    await pause(100)
  }
  await run.close()
  await shutdown()
}
