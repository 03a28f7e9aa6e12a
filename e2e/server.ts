/** Starts the built server as a user would, on a free port and in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '..')
export const CLI = join(ROOT, 'packages/cli/bin/girok.cjs')

export interface StartOptions {
  /** Kept by the caller; default: a new folder that `dispose` removes. */
  readonly dataDir?: string
  /** Flags besides --port and --data. Default: no samples, no own log. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** A program that runs the server's command line, such as strace with its arguments. */
  readonly under?: readonly string[]
  /** A file that the process gets as standard input; default: none. */
  readonly stdin?: string
}

export interface TestServer {
  readonly url: string
  readonly pid: number
  readonly dataDir: string
  /** What the process has written to stdout and stderr so far. */
  output(): string
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** SIGTERM, then the exit code (null after a signal). */
  stop(): Promise<number | null>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Stops if need be and removes the folder. */
  dispose(): Promise<void>
}

export const QUIET: readonly string[] = [
  '--no-sample',
  ...['log.ingest=false', 'telemetry.ownMetrics=false'].flatMap((setting) => ['--set', setting]),
]

/** Without rates, so that tests may push as fast as they can. */
export const UNLIMITED: readonly string[] = [
  'ingestionRateBytes',
  'ingestionBurstBytes',
  'perStreamRateBytes',
  'perStreamBurstBytes',
  'rejectOldSamplesMaxAgeMs',
].flatMap((name) => ['--set', `limits.${name}=0`])

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'girok-e2e-'))
}

/** Resolves when the server answers; rejects with its output when it ends before. */
export async function startServer(options: StartOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? temporaryFolder()
  const [program = process.execPath, ...prefix] = [...(options.under ?? []), process.execPath]
  const flags = ['serve', '--port', '0', '--data', dataDir, ...(options.args ?? QUIET)]
  const child = spawn(program, [...prefix, CLI, ...flags], {
    env: { ...process.env, ...options.env, NO_COLOR: '1' },
    stdio: [options.stdin === undefined ? 'ignore' : openSync(options.stdin, 'r'), 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout?.on('data', (chunk) => {
    text += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text += chunk
  })
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)))
  const url = await new Promise<string>((found, failed) => {
    const look = () => {
      const match = /^Girok is ready at (\S+)$/m.exec(text)
      if (match?.[1]) found(match[1].replace(/\/$/, ''))
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.on('exit', (code) => failed(new Error(`the server ended with ${code}:\n${text}`)))
  })
  return handle(child, { url, dataDir, ended, output: () => text, owned: options.dataDir === undefined })
}

interface Parts {
  readonly url: string
  readonly dataDir: string
  readonly ended: Promise<number | null>
  readonly output: () => string
  readonly owned: boolean
}

function handle(child: ChildProcess, parts: Parts): TestServer {
  const { url, dataDir, ended, output } = parts
  // Under another program (strace) the server is the one that the lock names.
  const pid = Number(readFileSync(join(dataDir, 'girok.lock'), 'utf8'))
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(pid, name)
    } catch {
      // It has ended by itself.
    }
  }
  return {
    url,
    pid,
    dataDir,
    output,
    fetch: (path, init) => fetch(`${url}${path}`, init),
    async stop() {
      if (child.exitCode === null) signal('SIGTERM')
      return ended
    },
    async kill() {
      signal('SIGKILL')
      await ended
    },
    async dispose() {
      if (child.exitCode === null && child.signalCode === null) signal('SIGKILL')
      await ended
      if (parts.owned) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Pushes lines to one stream by Loki's JSON; answers the status. Times: [milliseconds, line]. */
export async function push(
  server: Pick<TestServer, 'fetch'>,
  stream: Readonly<Record<string, string>>,
  lines: readonly (readonly [timeMs: number, line: string])[],
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const values = lines.map(([timeMs, line]) => [`${timeMs}000000`, line])
  const response = await server.fetch('/loki/api/v1/push', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  })
  await response.text()
  return response.status
}

export interface StreamResult {
  readonly stream: Readonly<Record<string, string>>
  readonly values: readonly (readonly [ns: string, line: string, own?: unknown])[]
}

/** Runs a range query; throws with the body when it is refused. */
export async function queryRange(
  server: Pick<TestServer, 'fetch'>,
  query: string,
  params: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
) {
  const search = new URLSearchParams({ query, limit: '5000', ...params })
  const response = await server.fetch(`/loki/api/v1/query_range?${search}`, { headers })
  const body = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${body}`)
  return JSON.parse(body).data as { resultType: string; result: never[] }
}

/** Lines of a log query, newest first unless `direction` says otherwise. */
export async function lines(...args: Parameters<typeof queryRange>): Promise<string[]> {
  const { result } = await queryRange(...args)
  return (result as StreamResult[]).flatMap((stream) => stream.values.map(([, line]) => line))
}

/** Waits until `check` holds, asking every 50 ms; fails after `timeoutMs`. */
export async function eventually(check: () => Promise<boolean> | boolean, timeoutMs = 10_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await check())) {
    if (performance.now() > end) throw new Error('waited in vain')
    await new Promise((done) => setTimeout(done, 50))
  }
}
