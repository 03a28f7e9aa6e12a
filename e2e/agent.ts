/** Starts the built agent as a user would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { eventually, ROOT } from './server.ts'

export const AGENT = join(ROOT, 'packages/agent/bin/girok-agent.cjs')

export interface TestAgent {
  readonly pid: number
  output(): string
  /** What `GET /status` answers. */
  status(): Promise<AgentState>
  /** Where status and metrics are served. */
  url(): string
  /** SIGTERM, then the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Highest resident memory so far, and CPU seconds. */
  costs(): { readonly peakBytes: number; readonly cpuSeconds: number }
}

/** The parts of a status that tests look at. */
export interface AgentState {
  readonly inputs: readonly {
    readonly name: string
    readonly sources: readonly {
      readonly name: string
      readonly state: string
      readonly count: number
      readonly lagBytes?: number
      readonly error?: string
    }[]
  }[]
  readonly dropped: readonly { readonly stage: string; readonly reason: string; readonly count: number }[]
  readonly spool: {
    readonly bytes: number
    readonly waitingBytes: number
    readonly evicted: { readonly full: number; readonly age: number }
    readonly corrupt: { readonly records: number; readonly count: number }
    readonly error?: string
  }
  readonly destinations: readonly {
    readonly name: string
    readonly sent: { readonly lines: number }
    readonly backlog: { readonly records: number; readonly bytes: number }
    readonly rejected: number
    readonly lastError?: string
  }[]
}

/** Writes a configuration into a folder; its data directory is beside it. */
export function writeAgentConfig(folder: string, config: Readonly<Record<string, unknown>>): string {
  const file = join(folder, 'girok-agent.yaml')
  const status = { port: 0 }
  writeFileSync(file, stringify({ dataDir: join(folder, 'agent-data'), status, metrics: { ship: false }, ...config }))
  return file
}

/** Resolves when the agent collects; rejects with its output when it ends before. */
export async function startAgent(
  args: readonly string[],
  {
    dataDir,
    env,
    stdin,
  }: {
    readonly dataDir: string
    readonly env?: Readonly<Record<string, string>>
    readonly stdin?: 'pipe'
  },
): Promise<TestAgent & { readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [AGENT, ...args], {
    env: { ...process.env, ...env, NO_COLOR: '1' },
    stdio: [stdin ?? 'ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk))
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)))
  await eventually(() => {
    if (child.exitCode !== null) throw new Error(`the agent ended with ${child.exitCode}:\n${text}`)
    return text.includes('collecting')
  }, 20_000)
  const pid = child.pid ?? 0
  const url = () => (JSON.parse(readFileSync(join(dataDir, 'agent.json'), 'utf8')) as { url: string }).url
  const over = () => child.exitCode !== null || child.signalCode !== null
  return {
    child,
    pid,
    output: () => text,
    url,
    status: async () => (await fetch(`${url()}/status`)).json() as Promise<AgentState>,
    async stop() {
      if (!over()) child.kill('SIGTERM')
      return ended
    },
    async kill() {
      if (!over()) child.kill('SIGKILL')
      await ended
    },
    costs() {
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return { peakBytes: Number(peak) * 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 }
    },
  }
}

/** A command of the agent that ends by itself. */
export async function agentCommand(
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [AGENT, ...args], { cwd, env: { ...process.env, ...env, NO_COLOR: '1' } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, stdout, stderr }
}
