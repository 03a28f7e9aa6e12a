import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { CompiledStages } from '@girok/query/process'
import { nearestPath } from '@girok/query/settings'
import * as v from 'valibot'
import type { CompiledRule } from '../housekeeping/rule.ts'
import { INPUTS } from '../inputs/index.ts'
import type { InputKind } from '../model/input.ts'
import { ConfigProblem } from '../model/problem.ts'
import type { Labels } from '../model/source.ts'
import { DESTINATIONS, type DestinationKind } from '../ship/index.ts'
import { checked, problemAt } from './checked.ts'
import { housekeepingOf } from './housekeeping.ts'
import { type AgentSettings, agentSchema, commonDestination, commonInput } from './schema.ts'
import { stagesOf } from './stages.ts'
import { type ConfigPath, readYamlText, type YamlText } from './yaml-text.ts'

/** An input as a configuration has it, checked. */
export interface ConfiguredInput {
  readonly name: string
  readonly kind: InputKind
  readonly options: unknown
  readonly labels: Labels
  readonly stages: CompiledStages
  /** What `stages` were compiled from. */
  readonly processors: unknown
}

/** A destination as a configuration has it, checked. */
export interface ConfiguredDestination {
  readonly name: string
  readonly kind: DestinationKind
  readonly options: unknown
}

/** A configuration that can be put to work. */
export interface LoadedConfig {
  readonly file: string
  readonly settings: AgentSettings
  /** Absolute. */
  readonly dataDir: string
  readonly destinations: readonly ConfiguredDestination[]
  readonly inputs: readonly ConfiguredInput[]
  readonly housekeeping: readonly CompiledRule[]
  /** How far another collector had read files, by path. */
  readonly startPlaces?: ReadonlyMap<string, number>
  /** What is allowed but probably not meant, in words. */
  readonly warnings: readonly string[]
}

export interface ConfigSource {
  /** As messages call it; relative paths in the configuration count from its folder. */
  readonly file: string
  /** Where relative paths count from, when that is not the file's folder. */
  readonly folder?: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Reads a configuration file.
 * @throws ConfigProblem with file, line and key of the first mistake
 */
export async function loadConfigFile(source: ConfigSource): Promise<LoadedConfig> {
  let text: string
  try {
    text = readFileSync(source.file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigProblem(
      code === 'ENOENT' ? `there is no file ${source.file}` : `cannot read ${source.file}: ${(error as Error).message}`,
    )
  }
  return loadYaml(readYamlText(source.file, text, source.env), source.folder ?? dirname(resolve(source.file)))
}

/** A configuration that another program wrote: plain data without lines. */
export async function loadPlain(value: unknown, file: string, folder: string): Promise<LoadedConfig> {
  return loadYaml({ file, value, lineOf: () => 1 }, folder)
}

async function loadYaml(yaml: YamlText, folder: string): Promise<LoadedConfig> {
  if (yaml.value === null || yaml.value === undefined) {
    throw new ConfigProblem(`${yaml.file} is empty: write at least destinations and inputs`)
  }
  const settings = checked(agentSchema, yaml.value, yaml, [])
  const destinations: ConfiguredDestination[] = []
  for (const [i, destination] of settings.destinations.entries()) {
    const path = ['destinations', i]
    const kind = await kindOf(destination.type, DESTINATIONS, 'destination', yaml, path)
    const { name = settings.destinations.length === 1 ? kind.name : `${kind.name}-${i}` } = destination
    const options = checked(withCommon(kind.options, commonDestination), destination, yaml, path)
    if (destinations.some((other) => other.name === name)) {
      throw problemAt(yaml, [...path, 'name'], `there are two destinations named ${name}: give one another name`)
    }
    destinations.push({ name, kind, options: without(options, Object.keys(commonDestination)) })
  }
  const inputs: ConfiguredInput[] = []
  for (const [i, input] of settings.inputs.entries()) {
    inputs.push(await configuredInput(input, i, yaml, settings, folder))
  }
  const warnings = inputs.length === 0 ? [`${yaml.file} has no inputs: nothing is collected`] : []
  const housekeeping = await housekeepingOf(settings.housekeeping, yaml, ['housekeeping'], folder)
  const dataDir = resolve(folder, settings.dataDir)
  return { file: yaml.file, settings, dataDir, destinations, inputs, housekeeping, warnings }
}

async function configuredInput(
  input: AgentSettings['inputs'][number],
  index: number,
  yaml: YamlText,
  settings: AgentSettings,
  folder: string,
): Promise<ConfiguredInput> {
  const path = ['inputs', index]
  const kind = await kindOf(input.type, INPUTS, 'input', yaml, path)
  const placed = within(input, kind.pathOptions ?? [], folder)
  const all = checked(withCommon(kind.options, commonInput), placed, yaml, path)
  const sameType = settings.inputs.slice(0, index).filter(({ type }) => type === input.type).length
  return {
    name: input.name ?? `${kind.name}[${sameType}]`,
    kind,
    options: without(all, Object.keys(commonInput)),
    labels: new Map(Object.entries(input.labels)),
    processors: input.processors,
    stages: await stagesOf(input.processors, yaml, [...path, 'processors']),
  }
}

async function kindOf<Kind>(
  type: string,
  table: Readonly<Record<string, () => Promise<Kind>>>,
  what: string,
  yaml: YamlText,
  path: ConfigPath,
): Promise<Kind> {
  const open = Object.hasOwn(table, type) ? table[type] : undefined
  if (open !== undefined) return open()
  const near = nearestPath(type, Object.keys(table))
  const meant = near === undefined ? `; there are ${Object.keys(table).join(', ')}` : `, did you mean ${near}?`
  throw problemAt(yaml, [...path, 'type'], `there is no type of ${what} ${JSON.stringify(type)}${meant}`)
}

/** The options of a kind together with the keys that all of its family have. */
function withCommon(options: v.GenericSchema, common: v.ObjectEntries): v.GenericSchema {
  const { entries } = options as unknown as { entries?: v.ObjectEntries }
  if (entries === undefined) throw new TypeError('the options of a kind are a strict object')
  return v.strictObject({ ...common, ...entries })
}

function without(options: unknown, names: readonly string[]): unknown {
  return Object.fromEntries(Object.entries(options as object).filter(([name]) => !names.includes(name)))
}

/** Relative paths count from the folder of the configuration, wherever the agent is started. */
function within(options: unknown, names: readonly string[], folder: string): unknown {
  const resolved = { ...(options as Record<string, unknown>) }
  for (const name of names) {
    const value = resolved[name]
    if (typeof value === 'string') resolved[name] = resolve(folder, value)
    else if (Array.isArray(value))
      resolved[name] = value.map((path: unknown) => (typeof path === 'string' ? resolve(folder, path) : path))
  }
  return resolved
}
