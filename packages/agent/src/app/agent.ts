import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, unwatchFile, watchFile, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadedConfig } from '../config/load.ts'
import type { InputContext } from '../model/input.ts'
import { ConfigProblem } from '../model/problem.ts'
import { Collection } from './collection.ts'
import { metricsText } from './metrics-text.ts'
import { OWN_METRICS, ownSamples } from './own-metrics.ts'
import { reportOf } from './report.ts'
import { StageCounts } from './stage-counts.ts'
import type { AgentStatus } from './status.ts'
import { type StatusServer, startStatusServer } from './status-server.ts'
import { VERSION } from './version.ts'

export interface AgentOptions {
  /** Reads the configuration anew. Throws ConfigProblem. */
  readonly load: () => Promise<LoadedConfig>
  readonly log: InputContext['log']
}

/** An agent in this process. */
export interface Agent {
  /** Opens everything and begins. Rejects with a ConfigProblem; everything is closed again then. */
  start(): Promise<void>
  /**
   * Puts the configuration as it is now in force. Rejects with a ConfigProblem when it cannot be; the one before stays then.
   */
  reload(): Promise<void>
  /** Resolves when all inputs have come to their own end and everything is delivered. */
  finished(): Promise<void>
  stop(): Promise<void>
  status(): AgentStatus
  /** Where status and metrics are served; undefined when they are not. */
  readonly url: string | undefined
}

/** File in the data directory that tells other processes where the status is. */
export const AGENT_FILE = 'agent.json'
const WATCH_EVERY_MS = 2_000
const FIRST_REPORT_MS = 2_000
const REPORT_EVERY_MS = 15_000

/** Makes an agent; nothing happens before `start`. */
export function createAgent({ load, log }: AgentOptions): Agent {
  const startedMs = Date.now()
  const counts = new StageCounts()
  let config: LoadedConfig
  let loadedMs = startedMs
  let collection: Collection
  let server: StatusServer | undefined
  const timers: NodeJS.Timeout[] = []
  let id = ''
  let reloadError: string | undefined
  /** Reloads and the stop, one after the other. */
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }

  const agent: Agent = {
    async start() {
      config = await load()
      tellWarnings()
      mkdirSync(config.dataDir, { recursive: true, mode: 0o750 })
      collection = await Collection.open(config, log, counts)
      try {
        const { status } = config.settings
        if (status.enabled) server = await startStatusServer(status, paths())
      } catch (error) {
        await collection.stop()
        throw error
      }
      const file = join(config.dataDir, AGENT_FILE)
      id = keptId(file) ?? randomUUID()
      writeFileSync(file, `${JSON.stringify({ id, pid: process.pid, url: server?.url })}\n`)
      begin()
      log('info', 'collecting', {
        inputs: config.inputs.length,
        destinations: config.destinations.map(({ name }) => name),
        ...(server !== undefined && { status: server.url }),
      })
    },
    reload: () => inTurn(reload),
    finished: () => collection.finished(),
    stop: () =>
      inTurn(async () => {
        rest()
        await collection.stop()
        await server?.close()
      }),
    status,
    get url() {
      return server?.url
    },
  }
  return agent

  function begin(): void {
    collection.start()
    const { metrics, reload: watching } = config.settings
    const ship = metrics.ship && collection.takesSamples
    if (ship) timers.push(setInterval(shipOwn, metrics.interval))
    if (collection.isListed) timers.push(setTimeout(report, FIRST_REPORT_MS), setInterval(report, REPORT_EVERY_MS))
    if (watching.watch) watchFile(config.file, { interval: WATCH_EVERY_MS, persistent: false }, changed)
  }

  function rest(): void {
    for (const timer of timers.splice(0)) clearInterval(timer)
    unwatchFile(config.file, changed)
  }

  function changed(now: { readonly mtimeMs: number }): void {
    // Between the removal and the renaming of editors there is no file for a moment.
    if (now.mtimeMs > 0) void agent.reload().catch(() => undefined)
  }

  async function reload(): Promise<void> {
    try {
      const next = await load()
      if (next.dataDir !== config.dataDir) {
        throw new ConfigProblem(`${next.file}: dataDir cannot change while the agent runs: restart it`)
      }
      rest()
      await collection.stop()
      const before = config
      config = next
      try {
        collection = await Collection.open(config, log, counts)
        reloadError = undefined
      } catch (error) {
        config = before
        collection = await Collection.open(config, log, counts)
        throw error
      } finally {
        begin()
      }
      loadedMs = Date.now()
      tellWarnings()
      log('info', 'configuration reloaded', { file: config.file })
    } catch (error) {
      reloadError = error instanceof Error ? error.message : String(error)
      log('error', `configuration not reloaded, the one before stays in force: ${reloadError}`)
      throw error
    }
  }

  function tellWarnings(): void {
    for (const warning of config.warnings) log('warning', warning)
  }

  function shipOwn(): void {
    const nowMs = Date.now()
    const { samples, descriptions } = collection.logMetrics(nowMs)
    collection.writeOwn(samples, descriptions)
    collection.writeOwn(ownSamples(status(), nowMs), OWN_METRICS)
  }

  function report(): void {
    void collection.report(reportOf(status(), { id, intervalMs: REPORT_EVERY_MS, atMs: Date.now() }))
  }

  function status(): AgentStatus {
    const { user, system } = process.cpuUsage()
    return {
      version: VERSION,
      pid: process.pid,
      startedMs,
      configuration: { file: config.file, loadedMs, ...(reloadError !== undefined && { error: reloadError }) },
      ...collection.status(),
      ...counts.all(),
      memoryBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1e6,
    }
  }

  function paths() {
    return {
      '/status': { contentType: 'application/json', get: () => `${JSON.stringify(status())}\n` },
      '/metrics': { contentType: 'text/plain; version=0.0.4; charset=utf-8', get: allMetrics },
      '/healthz': { get: () => 'ok\n' },
      '/housekeeping': {
        get: () => keeper().dryRun(),
        post: async () => {
          const before = await keeper().dryRun()
          await keeper().runNow()
          return before
        },
      },
      '/-/reload': {
        post: async () => {
          await agent.reload()
          return 'reloaded\n'
        },
      },
    }
  }

  function keeper() {
    const { housekeeper } = collection
    if (housekeeper === undefined) throw new ConfigProblem(`${config.file} has no rules of housekeeping`)
    return housekeeper
  }

  function allMetrics(): string {
    const nowMs = Date.now()
    const { samples, descriptions } = collection.logMetrics(nowMs)
    return metricsText([...ownSamples(status(), nowMs), ...samples], [...OWN_METRICS, ...descriptions])
  }
}

/** The agent keeps its id over restarts. */
function keptId(file: string): string | undefined {
  try {
    const { id } = JSON.parse(readFileSync(file, 'utf8')) as { id?: unknown }
    return typeof id === 'string' ? id : undefined
  } catch {
    // The first start, or a file that was cut off by a crash.
    return undefined
  }
}
