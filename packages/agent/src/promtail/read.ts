import { dirname, join, resolve } from 'node:path'
import { ConfigProblem } from '../model/problem.ts'
import { Fields } from '../scrape/settings/fields.ts'
import { alloyRefusal } from './alloy.ts'
import { defined, readClients } from './clients.ts'
import { type Environment, readDocument } from './document.ts'
import { Notes } from './notes.ts'
import { type PromtailPositions, readPositions } from './positions.ts'
import { readScrapeConfig } from './scrape-config.ts'

export interface PromtailOptions {
  /** Path of the file: for messages, and what relative paths in it start from. */
  readonly file: string
  /** For `${NAME}` and `${NAME:default}`. */
  readonly env: Environment
}

/** A configuration of Promtail, translated. */
export interface ReadPromtail {
  /** The agent's own configuration, as plain data. */
  readonly agentConfig: Readonly<Record<string, unknown>>
  /** What the configuration says and what means nothing, or something else, here: in words for users. */
  readonly warnings: readonly string[]
  /** How far Promtail had read, by its own file of positions: nothing when there is none. */
  readonly positions: PromtailPositions
}

const FOLDER = 'girok-agent-data'
/** Where Promtail keeps its positions when it is not told. */
const DEFAULT_POSITIONS = '/var/log/positions.yaml'

/**
 * Translates a configuration of Promtail. Files of `file_sd_configs` and of positions are read, too.
 * @throws ConfigProblem with file, line and key of what is not supported, and what to use instead
 */
export function readPromtail(yamlText: string, { file, env }: PromtailOptions): ReadPromtail {
  const refusal = alloyRefusal(yamlText, file)
  if (refusal !== undefined) throw new ConfigProblem(refusal)
  return readDocument(yamlText, file, env, (value) => translate(value, dirname(resolve(file))))
}

function translate(value: unknown, folder: string): ReadPromtail {
  if (value === undefined || value === null)
    throw new ConfigProblem('the file is empty: give clients and scrape_configs')
  const top = new Fields(value, [])
  const notes = new Notes()
  const clients = readClients(top, notes)
  const limits = readLimits(top, notes)
  const inputs = top.items('scrape_configs').flatMap((config) => readScrapeConfig(config, { folder, limits, notes }))
  const { dataDir, positions } = readPositionsConfig(top, folder, notes)
  const agentConfig = defined({
    dataDir,
    labels: clients.labels,
    destinations: clients.destinations,
    batch: Object.keys(clients.batch).length === 0 ? undefined : clients.batch,
    ...readServer(top, notes),
    inputs: named(inputs),
  })
  notes.ignore(top, ['target_config'], 'new files are found within seconds')
  notes.ignore(top, ['global', 'options', 'wal', 'tracing'], 'there is nothing like it in the agent')
  top.end()
  return { agentConfig, warnings: notes.all, positions }
}

/** Jobs of one name become inputs of different ones. */
function named(inputs: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] {
  const seen = new Map<unknown, number>()
  return inputs.map((input) => {
    const times = seen.get(input.name) ?? 0
    seen.set(input.name, times + 1)
    return times === 0 ? input : { ...input, name: `${String(input.name)}#${times + 1}` }
  })
}

function readServer(top: Fields, notes: Notes): Record<string, unknown> {
  if (!top.has('server')) return {}
  const server = top.child('server')
  const status = defined({
    enabled: server.switch('disable', false) ? false : undefined,
    host: server.text('http_listen_address'),
    port: portOf(server),
  })
  const level = server.text('log_level')?.toUpperCase()
  const log = defined({
    level: level === 'WARN' ? 'WARNING' : level,
    format: server.text('log_format') === 'json' ? 'json' : undefined,
  })
  const others = server.names().filter((name) => !server.isKnown(name))
  notes.ignore(server, others, 'the agent only shows its status and /metrics')
  return defined({
    status: Object.keys(status).length === 0 ? undefined : status,
    log: Object.keys(log).length === 0 ? undefined : log,
  })
}

function portOf(server: Fields): number | undefined {
  const text = server.text('http_listen_port')
  if (text === undefined) return undefined
  const port = Number(text)
  return Number.isInteger(port) && port >= 0 && port <= 65_535
    ? port
    : server.fail('http_listen_port', 'expected a port from 0 to 65535')
}

function readPositionsConfig(
  top: Fields,
  folder: string,
  notes: Notes,
): { dataDir: string; positions: PromtailPositions } {
  const fields = top.child('positions')
  const path = resolve(folder, fields.text('filename') ?? DEFAULT_POSITIONS)
  notes.ignore(fields, ['sync_period', 'ignore_invalid_yaml'], 'positions are kept together with the lines')
  fields.end()
  return { dataDir: join(dirname(path), FOLDER), positions: readPositions(path) }
}

/** Limits as stages: each input has them by itself, where Promtail has them once. */
function readLimits(top: Fields, notes: Notes): readonly unknown[] {
  if (!top.has('limits_config')) return []
  const fields = top.child('limits_config')
  const stages: unknown[] = []
  const longest = fields.size('max_line_size')
  if (fields.switch('max_line_size_truncate', false)) {
    fields.fail('max_line_size_truncate', 'is not supported: lines are kept whole, or dropped by max_line_size')
  }
  if (longest !== undefined && longest > 0)
    stages.push({ drop: { longerThan: longest, dropCounterReason: 'line_too_long' } })
  const enabled = fields.switch('readline_rate_enabled', false)
  const rate = fields.count('readline_rate') ?? 10_000
  const burst = fields.count('readline_burst') ?? 10_000
  const drop = fields.switch('readline_rate_drop', true)
  if (enabled) {
    stages.push({ rateLimit: { rate, burst, drop } })
    notes.add(`${fields.pathOf('readline_rate')} holds for each file by itself, not for all together`)
  }
  notes.ignore(fields, ['max_streams'], 'streams are limited by the server')
  fields.end()
  return stages
}
