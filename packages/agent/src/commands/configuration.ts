import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type LoadedConfig, loadConfigFile, loadPlain } from '../config/load.ts'
import { ConfigProblem } from '../model/problem.ts'
import { type AgentIo, type CommandContext, type Flag, UsageProblem } from './command.ts'

/** Flags that say where a configuration comes from. */
export const CONFIG_FLAGS: Readonly<Record<string, Flag>> = {
  config: {
    type: 'string',
    value: 'FILE',
    summary: 'configuration (default girok-agent.yaml, or $GIROK_AGENT_CONFIG)',
  },
  'promtail-config': { type: 'string', value: 'FILE', summary: 'a configuration of Promtail instead' },
  url: { type: 'string', value: 'URL', summary: 'without a configuration: a Girok server to send to' },
  file: { type: 'string', multiple: true, value: 'GLOB', summary: 'without a configuration: files to read' },
  stdin: { type: 'boolean', summary: 'without a configuration: read standard input to its end' },
  host: { type: 'boolean', summary: 'without a configuration: collect metrics of this host' },
  label: {
    type: 'string',
    multiple: true,
    value: 'NAME=VALUE',
    summary: 'without a configuration: a label for everything',
  },
  data: {
    type: 'string',
    value: 'DIR',
    summary: 'where spool and positions are kept, over dataDir of the configuration',
  },
}

const DEFAULT_FILE = 'girok-agent.yaml'
const WITHOUT_CONFIG = ['url', 'file', 'stdin', 'host', 'label']

/** Reads the configuration that the flags name, anew with each call. */
export async function configurationOf({ flags, io }: CommandContext): Promise<LoadedConfig> {
  const loaded = await load(flags, io)
  return typeof flags.data === 'string' ? { ...loaded, dataDir: resolve(io.cwd, flags.data) } : loaded
}

async function load(flags: CommandContext['flags'], io: AgentIo): Promise<LoadedConfig> {
  const promtail = flags['promtail-config']
  const quick = WITHOUT_CONFIG.filter((name) => flags[name] !== undefined)
  const file = flags.config ?? (quick.length === 0 ? io.env.GIROK_AGENT_CONFIG : undefined)
  if (typeof promtail === 'string') {
    if (flags.config !== undefined || quick.length > 0) throw new UsageProblem('--promtail-config stands alone')
    return loadPromtail(resolve(io.cwd, promtail), io)
  }
  if (typeof file === 'string') {
    if (quick.length > 0)
      throw new UsageProblem(`--${quick[0]} is for running without a configuration; write it into ${file}`)
    return loadConfigFile({ file: resolve(io.cwd, file), env: io.env })
  }
  if (quick.length > 0) return loadPlain(quickConfig(flags, io), 'the command line', io.cwd)
  const found = join(io.cwd, DEFAULT_FILE)
  if (!existsSync(found)) {
    throw new UsageProblem(
      `there is no ${DEFAULT_FILE} here: name one by --config FILE, or go without: girok-agent --url http://127.0.0.1:4100 --file 'logs/**/*.log'`,
    )
  }
  return loadConfigFile({ file: found, env: io.env })
}

async function loadPromtail(file: string, io: AgentIo): Promise<LoadedConfig> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigProblem(`cannot read ${file}: ${(error as Error).message}`)
  }
  const { readPromtail } = await import('../promtail/index.ts')
  const { agentConfig, warnings, positions } = readPromtail(text, { file, env: io.env })
  const loaded = await loadPlain(agentConfig, file, io.cwd)
  return { ...loaded, startPlaces: positions.files, warnings: [...loaded.warnings, ...warnings] }
}

function quickConfig(flags: CommandContext['flags'], io: AgentIo): unknown {
  const inputs: unknown[] = []
  if (flags.file !== undefined) inputs.push({ type: 'file', include: flags.file })
  if (flags.stdin === true) inputs.push({ type: 'stdin' })
  if (flags.host === true) inputs.push({ type: 'host' })
  if (inputs.length === 0) throw new UsageProblem("say what to collect: --file 'logs/**/*.log', --stdin or --host")
  const labels: Record<string, string> = {}
  for (const label of (flags.label ?? []) as readonly string[]) {
    const at = label.indexOf('=')
    if (at <= 0) throw new UsageProblem(`--label ${label}: write NAME=VALUE`)
    labels[label.slice(0, at)] = label.slice(at + 1)
  }
  const { GIROK_TOKEN, GIROK_TENANT, GIROK_URL } = io.env
  const url = flags.url ?? GIROK_URL ?? 'http://127.0.0.1:4100'
  const destination = {
    type: 'girok',
    url,
    ...(GIROK_TOKEN && { token: GIROK_TOKEN }),
    ...(GIROK_TENANT && { tenant: GIROK_TENANT }),
  }
  return { labels, destinations: [destination], inputs, status: { port: 0 }, reload: { watch: false } }
}
