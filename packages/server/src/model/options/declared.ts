import type { z } from 'zod'
import type { KeyMeta } from './kinds.ts'

/** Keys and places in lists, from the outside in. */
type Path = readonly (string | number)[]

/** What a declaration says about one place of a value. */
export interface Declared {
  /** Without what makes it optional or gives it a default. */
  readonly schema: z.ZodType
  readonly meta: KeyMeta | undefined
}

/** Declarations do not change, and the same few are looked through again and again. */
const known = new WeakMap<z.ZodType, Declared>()

/** Looks through optional, default and parsing wrappers. */
export function declared(schema: z.ZodType): Declared {
  const found = known.get(schema) ?? lookThrough(schema)
  known.set(schema, found)
  return found
}

function lookThrough(schema: z.ZodType): Declared {
  let meta: KeyMeta | undefined
  let at = schema
  for (;;) {
    const found = at.meta() as Partial<KeyMeta> | undefined
    if (meta === undefined && found?.kind !== undefined) meta = found as KeyMeta
    const inner = innerOf(at)
    if (inner === undefined) return { schema: at, meta }
    at = inner
  }
}

interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly out?: z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
}

const definitionOf = (schema: z.ZodType) => schema.def as unknown as Definition

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  const { type, innerType, in: from, out: to } = definitionOf(schema)
  if (type === 'pipe') return from !== undefined && definitionOf(from).type === 'transform' ? to : from
  return innerType
}

/** Keys of a map that is declared key by key; undefined for anything else. */
export function knownKeys(schema: z.ZodType): readonly string[] | undefined {
  const { shape } = definitionOf(declared(schema).schema)
  return shape === undefined ? undefined : Object.keys(shape)
}

/** The declaration of what lies at a path, or undefined where it says nothing of it. */
export function declaredAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let at: z.ZodType | undefined = schema
  for (const step of path) {
    if (at === undefined) return undefined
    at = childOf(declared(at).schema, step)
  }
  return at
}

/** The declaration of one key, or of what any place of a list or any name of a map holds. */
function childOf(schema: z.ZodType, step: string | number): z.ZodType | undefined {
  const { shape, element, valueType } = definitionOf(schema)
  if (shape !== undefined) return Object.hasOwn(shape, step) ? shape[step] : undefined
  return element ?? valueType
}

/** One value that is no map or list, or one whose inside is not declared. */
export interface Leaf {
  readonly value: unknown
  readonly path: Path
  /** The last key of the path that the declaration names: `password_file`, but not a name that users chose. */
  readonly key: string
  readonly meta: KeyMeta | undefined
  /** Declared to be secret, or lies within what is. */
  readonly isSecret: boolean
}

/** Rebuilds a value with every leaf changed, its keys in the order of their declaration. */
export function mapLeaves(schema: z.ZodType, value: unknown, change: (leaf: Leaf) => unknown): unknown {
  const walk = (at: z.ZodType | undefined, here: unknown, path: Path, key: string, isSecret: boolean): unknown => {
    const { schema: inner, meta } = at === undefined ? { schema: undefined, meta: undefined } : declared(at)
    const hides = isSecret || meta?.secret === true
    if (Array.isArray(here)) {
      return here.map((one, index) => walk(inner && childOf(inner, index), one, [...path, index], key, hides))
    }
    if (typeof here === 'object' && here !== null) {
      const isDeclared = inner !== undefined && definitionOf(inner).shape !== undefined
      const names = [...new Set([...Object.keys((inner && definitionOf(inner).shape) ?? {}), ...Object.keys(here)])]
      const present = names.filter((name) => Object.hasOwn(here, name))
      const entries = present.map((name) => {
        const one = (here as Readonly<Record<string, unknown>>)[name]
        const below = inner && childOf(inner, name)
        return [name, walk(below, one, [...path, name], isDeclared ? name : key, hides)] as const
      })
      return Object.fromEntries(entries)
    }
    return change({ value: here, path, key, meta, isSecret: hides })
  }
  return walk(schema, value, [], '', false)
}
