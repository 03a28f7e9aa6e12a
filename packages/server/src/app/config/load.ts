import { resolve } from 'node:path'
import type { z } from 'zod'
import { environmentSettings } from './environment.ts'
import { readConfigFile } from './file.ts'
import { flagSettings, type Override } from './flags.ts'
import type { ConfigKey, ConfigSection, ReceiverDeclaration } from './keys.ts'
import { configSchema, configTree, isSection } from './keys.ts'
import { ConfigError, shown } from './problem.ts'
import type { baseSchema } from './schema.ts'
import type { Setting } from './setting.ts'

type Frozen<T> = T extends readonly (infer I)[]
  ? readonly I[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T

/**
 * The resolved configuration: every key present, sizes in bytes, durations in milliseconds, paths absolute. Deeply
 * frozen, because every room of the server is given the same object.
 */
export type Config = Frozen<z.output<typeof baseSchema>> & {
  /** Options by receiver name, as the receiver's own schema gives them. */
  readonly receivers: Readonly<Record<string, unknown>>
}

export interface ConfigSources {
  /** The file named by --config; absent: girok.yaml in `cwd` if there is one. */
  readonly file?: string | undefined
  /** `key.path=value` texts of --set. */
  readonly set?: readonly string[] | undefined
  /** Flags that have names of their own; they win over everything else. */
  readonly overrides?: readonly Override[] | undefined
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Directory that relative paths start from. Default: the process's. */
  readonly cwd?: string | undefined
  /** Default: the receiver table. */
  readonly receivers?: readonly ReceiverDeclaration[] | undefined
}

/**
 * Reads the configuration: defaults, then file, then environment, then flags, the later winning.
 * @throws ConfigError with every fault found
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const { file, set = [], overrides = [], env = {}, cwd = process.cwd(), receivers } = sources
  const tree = configTree(receivers)
  const problems: string[] = []
  const settings = [
    ...readConfigFile(file, cwd, tree, problems),
    ...environmentSettings(env, tree, problems),
    ...flagSettings(set, overrides, tree, problems),
  ]
  const { raw, origins } = merge(settings)
  const parsed = configSchema(receivers).safeParse(raw)
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(sentence(issue, tree, raw, origins))
    throw new ConfigError(problems)
  }
  const config = parsed.data
  problems.push(...contradictions(config))
  if (problems.length > 0) throw new ConfigError(problems)
  return freeze({
    ...config,
    dataDir: resolve(cwd, config.dataDir),
    server: {
      ...config.server,
      tls: {
        cert: config.server.tls.cert === undefined ? undefined : resolve(cwd, config.server.tls.cert),
        key: config.server.tls.key === undefined ? undefined : resolve(cwd, config.server.tls.key),
      },
    },
  }) as Config
}

interface Tree {
  [name: string]: unknown
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

function merge(settings: readonly Setting[]): { raw: Tree; origins: Map<string, string> } {
  // Without a prototype, so that a key named __proto__ is a key.
  const raw: Tree = Object.create(null)
  const origins = new Map<string, string>()
  for (const { path, value, from } of settings) {
    let at = raw
    for (const name of path.slice(0, -1)) {
      if (!isTree(at[name])) at[name] = Object.create(null)
      at = at[name] as Tree
    }
    at[path.at(-1) ?? ''] = value
    origins.set(path.join('.'), from)
  }
  return { raw, origins }
}

function sentence(issue: z.core.$ZodIssue, tree: ConfigSection, raw: Tree, origins: Map<string, string>): string {
  const names = issue.path.map(String)
  let node: ConfigKey | ConfigSection | undefined = tree
  let value: unknown = raw
  let from: string | undefined
  let depth = 0
  for (const name of names) {
    if (node === undefined || !isSection(node)) break
    depth++
    node = node.children.get(name)
    value = isTree(value) ? value[name] : undefined
    from = origins.get(names.slice(0, depth).join('.')) ?? from
  }
  const where = from === undefined ? '' : ` (${from})`
  const key: ConfigKey | undefined = node !== undefined && !isSection(node) ? node : undefined
  const path = names.slice(0, key === undefined ? names.length : depth).join('.')
  if (key === undefined) return `${path}${where}: ${issue.message}`
  if (value === undefined) return `${path} is missing: ${key.description} Allowed is ${key.allowed}`
  const got = shown(value, key.secret)
  if (issue.code === 'custom') return `${path}${where}: ${got} is ${issue.message}`
  return `${path}${where}: ${got} is not allowed here; allowed is ${key.allowed}`
}

/** Faults that only show when keys are seen together. */
function contradictions(config: z.output<typeof baseSchema>): string[] {
  const problems: string[] = []
  const { cert, key } = config.server.tls
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert === undefined ? 'cert' : 'key'
    problems.push(`server.tls.${missing} is missing: TLS needs both server.tls.cert and server.tls.key`)
  }
  const bursts = [
    ['ingestionBurstBytes', 'ingestionRateBytes'],
    ['perStreamBurstBytes', 'perStreamRateBytes'],
  ] as const
  for (const [burst, rate] of bursts) {
    if (config.limits[rate] > 0 && config.limits[burst] < config.limits[rate]) {
      problems.push(`limits.${burst} must be at least limits.${rate}, or that rate can never be reached`)
    }
  }
  return problems
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const child of Object.values(value)) freeze(child)
  }
  return value
}
