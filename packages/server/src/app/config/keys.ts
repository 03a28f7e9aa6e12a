import { z } from 'zod'
import { receivers as receiverTable } from '../../ingest/receivers/index.ts'
import { flag, type Kind } from '../../model/options/kinds.ts'
import { configShape } from './schema.ts'

/** What configuration needs to know of a receiver; the receiver table fits. */
export interface ReceiverDeclaration {
  readonly name: string
  readonly summary: string
  readonly options: z.ZodType
}

/** One key, as the documentation and `config print` show it. */
export interface ConfigKey {
  /** Dotted: `server.port`. */
  readonly path: string
  readonly description: string
  readonly kind: Kind
  /** What may stand there, in words. */
  readonly allowed: string
  /** As it would be written in girok.yaml; empty when the key is unset by default. */
  readonly default: string
  readonly secret: boolean
}

/** A group of keys. `open`: nothing is known of the keys below, so that none is refused. */
export interface ConfigSection {
  readonly path: string
  readonly description: string
  readonly open: boolean
  readonly children: ReadonlyMap<string, ConfigKey | ConfigSection>
}

export function isSection(node: ConfigKey | ConfigSection): node is ConfigSection {
  return 'children' in node
}

/** The whole schema: the server's own keys, and the options that each receiver declares. */
export function configSchema(receivers: readonly ReceiverDeclaration[] = receiverTable) {
  const section = z
    .object(Object.fromEntries(receivers.map((receiver) => [receiver.name, optionsOf(receiver)])))
    .describe('Options of the receivers, by name.')
    .prefault({})
  return z.object({ ...configShape, receivers: section as z.ZodType<Record<string, unknown>> })
}

function optionsOf({ options, summary }: ReceiverDeclaration): z.ZodType {
  const description = options.description ?? `${summary}.`
  if (!(options instanceof z.ZodObject)) return options.prefault({}).describe(description)
  const enabled = flag(true).describe('Off: nothing of it is answered or opened.')
  return z
    .strictObject({ enabled, ...options.shape })
    .prefault({})
    .describe(description)
}

/** The tree of sections and keys of a schema. */
export function configTree(receivers?: readonly ReceiverDeclaration[]): ConfigSection {
  return sectionOf(configSchema(receivers), '', '')
}

/** All keys below a section, in order of declaration. */
export function* keysOf(section: ConfigSection): Iterable<ConfigKey> {
  for (const node of section.children.values()) {
    if (isSection(node)) yield* keysOf(node)
    else yield node
  }
}

function sectionOf(schema: z.ZodType, path: string, description: string): ConfigSection {
  const children = new Map<string, ConfigKey | ConfigSection>()
  const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {}
  for (const [name, child] of Object.entries(shape)) {
    children.set(name, nodeOf(child, path === '' ? name : `${path}.${name}`))
  }
  return { path, description, open: !(schema instanceof z.ZodObject), children }
}

function nodeOf(schema: z.ZodType, path: string): ConfigKey | ConfigSection {
  let inner = schema
  let fallback: unknown
  let meta: Record<string, unknown> = {}
  for (;;) {
    // Outer wrappers were described last, so they win.
    meta = { ...inner.meta(), ...meta }
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) fallback ??= inner.def.defaultValue
    const next = wrapped(inner)
    if (next === undefined) break
    inner = next
  }
  const description = typeof meta.description === 'string' ? meta.description : ''
  if (inner instanceof z.ZodObject || inner instanceof z.ZodRecord) return sectionOf(inner, path, description)
  const kind = typeof meta.kind === 'string' ? (meta.kind as Kind) : kindOf(inner)
  return {
    path,
    description,
    kind,
    allowed: typeof meta.allowed === 'string' ? meta.allowed : allowedBy(inner, kind),
    default: showDefault(fallback),
    secret: meta.secret === true,
  }
}

function wrapped(schema: z.ZodType): z.ZodType | undefined {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return schema.def.innerType as z.ZodType
  }
  return undefined
}

function kindOf(schema: z.ZodType): Kind {
  if (schema instanceof z.ZodString) return 'text'
  if (schema instanceof z.ZodNumber) return 'count'
  if (schema instanceof z.ZodBoolean) return 'flag'
  if (schema instanceof z.ZodEnum) return 'choice'
  if (schema instanceof z.ZodArray) return 'list'
  return 'other'
}

function allowedBy(schema: z.ZodType, kind: Kind): string {
  if (schema instanceof z.ZodEnum) return schema.options.join(', ')
  if (kind === 'flag') return 'true or false'
  if (kind === 'count') return 'a number'
  if (kind === 'list') return 'a list'
  return kind === 'text' ? 'text' : 'see the description'
}

function showDefault(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
}
