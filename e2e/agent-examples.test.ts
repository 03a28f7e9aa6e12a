/** The shipped configuration over the folders of a machine-learning project: programs write files, the agent ships them. */
import { spawn } from 'node:child_process'
import { appendFileSync, copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentCommand, startAgent, type TestAgent } from './agent.ts'
import {
  eventually,
  lines,
  QUIET,
  queryRange,
  ROOT,
  type StreamResult,
  startServer,
  type TestServer,
  temporaryFolder,
} from './server.ts'

const folder = temporaryFolder()
const config = join(folder, 'girok-agent.yaml')
const env = { GIROK_URL: '' }
let server: TestServer
let agent: TestAgent

beforeAll(async () => {
  copyFileSync(join(ROOT, 'examples/agent/girok-agent.yaml'), config)
  server = await startServer({ args: QUIET })
  env.GIROK_URL = server.url
  agent = await startAgent(['--config', config], { dataDir: join(folder, 'girok-agent-data'), env })
})

afterAll(async () => {
  await agent?.stop()
  await server?.dispose()
  rmSync(folder, { recursive: true, force: true })
})

async function streams(selector: string): Promise<readonly StreamResult[]> {
  return (await queryRange(server, selector)).result as readonly StreamResult[]
}

function write(name: string, text: string): void {
  const file = join(folder, 'logs', name)
  mkdirSync(join(file, '..'), { recursive: true })
  appendFileSync(file, text)
}

test('check says what the configuration does', async () => {
  const { code, stdout } = await agentCommand(['check', '--config', config], { env })
  expect(stdout).toContain('is valid')
  expect(stdout).toMatch(/vllm \(file\) → decolorize → multiline → regex → timestamp → labels/)
  expect(code).toBe(0)
})

test('a training job that logs to files is there by run, level and GPU, at the times of its lines', async () => {
  const example = spawn(process.execPath, [join(ROOT, 'examples/dist/main.js'), 'training-job', '--steps', '20'], {
    cwd: folder,
    stdio: 'ignore',
  })
  await eventually(async () => (await lines(server, '{job="training"} |= "training_step"')).length > 3, 30_000)
  example.kill('SIGTERM')
  const training = await streams('{job="training", service="mlops"}')
  expect(training[0]?.stream).toMatchObject({ level: 'INFO', service: 'mlops' })
  expect(training[0]?.stream.filename).toMatch(/logs\/training\/llama3_qlora_\d+_\d+\.log$/)
  for (const [ns, line] of training.flatMap(({ values }) => values)) {
    expect(Math.floor(Number(BigInt(ns) / 1_000_000n))).toBe(Date.parse(JSON.parse(line).timestamp))
  }
  await eventually(async () => (await streams('{job="system", gpu_id="1"}')).length > 0)
})

test('output of vLLM: levels, tracebacks whole, colours gone', async () => {
  // As vLLM writes it, without a year.
  const time = new Date().toISOString().slice(5, 19).replace('T', ' ')
  write(
    'vllm/server.log',
    [
      `INFO ${time} [loggers.py:118] Engine 000: Avg prompt throughput: 12.5 tokens/s, Running: 1 reqs`,
      `\u001b[1;36m(APIServer pid=1)\u001b[0;0m WARNING ${time} [config.py:7] Casting torch.bfloat16 to torch.float16.`,
      `ERROR ${time} engine.py:123] AssertionError()`,
      'Traceback (most recent call last):',
      '  File "engine.py", line 1, in run',
      'INFO:     127.0.0.1:52342 - "POST /v1/completions HTTP/1.1" 200 OK',
      '',
    ].join('\n'),
  )
  await eventually(async () => (await lines(server, '{job="vllm"}')).length >= 4)
  const found = new Map<string, string[]>()
  for (const { stream, values } of (await queryRange(server, '{job="vllm"}')).result as StreamResult[]) {
    const level = stream.level ?? ''
    found.set(level, [...(found.get(level) ?? []), ...values.map(([, line]) => line)])
  }
  expect(found.get('WARNING')).toEqual([
    `(APIServer pid=1) WARNING ${time} [config.py:7] Casting torch.bfloat16 to torch.float16.`,
  ])
  expect(found.get('ERROR')).toEqual([
    `ERROR ${time} engine.py:123] AssertionError()\nTraceback (most recent call last):\n  File "engine.py", line 1, in run`,
  ])
  expect(found.get('INFO')).toHaveLength(2)
})

test('output of MLflow and of its gunicorn', async () => {
  const now = new Date().toISOString()
  const day = now.slice(0, 10)
  const time = now.slice(11, 19)
  write(
    'mlflow/mlflow.log',
    [
      `[${day} ${time} +0000] [21] [INFO] Starting gunicorn 20.1.0`,
      `${day.replaceAll('-', '/')} ${time} WARNING mlflow.tracking.fluent: Experiment 'llama3' does not exist.`,
      'Creating a new experiment.',
      '',
    ].join('\n'),
  )
  await eventually(async () => (await lines(server, '{job="mlflow"}')).length >= 2)
  const all = (await streams('{job="mlflow"}')).flatMap(({ stream, values }) =>
    values.map(([ns, line]) => [stream.level, BigInt(ns) / 1_000_000_000n, line]),
  )
  const seconds = BigInt(Math.floor(Date.parse(now) / 1_000))
  expect(all.sort()).toEqual([
    ['INFO', seconds, `[${day} ${time} +0000] [21] [INFO] Starting gunicorn 20.1.0`],
    [
      'WARNING',
      seconds,
      `${day.replaceAll('-', '/')} ${time} WARNING mlflow.tracking.fluent: Experiment 'llama3' does not exist.\nCreating a new experiment.`,
    ],
  ])
})

test('status tells active folders from those that were never seen', async () => {
  const { stdout } = await agentCommand(['status', '--config', config], { env })
  expect(stdout).toMatch(/^training \(file\)$/m)
  expect(stdout).toMatch(/logs\/training\/llama3_qlora_\S+\.log +active/)
  expect(stdout).toMatch(/logs\/inference\/\*\.log +waiting/)
  expect(stdout).toMatch(/nothing waits/)
})
