/**
 * - `integer`: a number without a fraction; `number`: any number, NaN and infinities too
 * - `date`: a Date; `error`: an Error
 * - `json`: anything but undefined
 */
export type FieldKind =
  | 'string'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'date'
  | 'error'
  | 'json'
  | 'string[]'
  | 'number[]'

/** A kind, `?` at its end for a field that may be missing, or the list of the texts allowed. */
export type FieldType = FieldKind | `${FieldKind}?` | readonly string[]

/** A field with more to say about it. */
export interface FieldDefinition {
  readonly type: FieldType
  /** Whether it may be missing; for lists of texts, which cannot have a `?`. */
  readonly optional?: boolean
  /** For documentation: what it is, and its unit. */
  readonly description?: string
}

export type FieldSchemas = Readonly<Record<string, FieldType | FieldDefinition>>

interface KindTypes {
  readonly string: string
  readonly number: number
  readonly integer: number
  readonly boolean: boolean
  readonly date: Date
  readonly error: Error
  readonly json: unknown
  readonly 'string[]': readonly string[]
  readonly 'number[]': readonly number[]
}

type ValueOf<T> = T extends readonly (infer Word)[]
  ? Word
  : T extends `${infer Kind extends FieldKind}?`
    ? KindTypes[Kind]
    : T extends FieldKind
      ? KindTypes[T]
      : never

type TypeOf<F> = F extends FieldDefinition ? F['type'] : F

type IsOptional<F> = F extends { readonly optional: true } ? true : TypeOf<F> extends `${string}?` ? true : false

type Shown<T> = { [K in keyof T]: T[K] }

/** The TypeScript type of the fields of an event. */
export type EventFields<S extends FieldSchemas> = Shown<
  { readonly [K in keyof S as IsOptional<S[K]> extends true ? never : K]: ValueOf<TypeOf<S[K]>> } & {
    readonly [K in keyof S as IsOptional<S[K]> extends true ? K : never]?: ValueOf<TypeOf<S[K]>> | undefined
  }
>

/** One field of an event as plain data. */
export interface FieldSchema {
  readonly name: string
  /** `enum` when `values` lists the texts allowed. */
  readonly kind: FieldKind | 'enum'
  readonly values?: readonly string[]
  readonly optional: boolean
  readonly description?: string
}

/** What defineEvent was told, as plain data: for documentation, or for whoever reads the records. */
export interface EventSchema {
  readonly name: string
  readonly category?: string
  /** Number of the level. */
  readonly level: number
  readonly description?: string
  readonly fields: readonly FieldSchema[]
}

const KINDS: readonly FieldKind[] = [
  'string',
  'number',
  'integer',
  'boolean',
  'date',
  'error',
  'json',
  'string[]',
  'number[]',
]

/** Names that a record has itself, and those that events add. */
const TAKEN = new Set(['timestamp', 'level', 'logger', 'message', 'event_name', 'event_category', 'event_invalid'])

/**
 * The fields of a definition in their order.
 * @throws RangeError for a name or a type that cannot be
 */
export function readFields(event: string, fields: FieldSchemas): FieldSchema[] {
  return Object.entries(fields).map(([name, given]) => {
    const where = `event ${event}, field ${JSON.stringify(name)}`
    if (name === '' || TAKEN.has(name)) {
      throw new RangeError(`${where}: records have something of this name themselves; choose another`)
    }
    // Objects put such keys first, whatever the order in which they were given.
    if (/^\d+$/.test(name)) throw new RangeError(`${where}: a name must not be a number`)
    const { type, optional = false, description }: FieldDefinition = isDefinition(given) ? given : { type: given }
    const more = description === undefined ? {} : { description }
    if (type === undefined) throw new RangeError(`${where}: the type is missing`)
    if (typeof type !== 'string') {
      if (!Array.isArray(type) || type.length === 0 || !type.every((word) => typeof word === 'string')) {
        throw new RangeError(`${where}: the list of texts allowed is empty or has something else in it`)
      }
      return { name, kind: 'enum', values: [...type], optional, ...more }
    }
    const kind = KINDS.find((one) => type === one || type === `${one}?`)
    if (kind === undefined) {
      throw new RangeError(
        `${where}: unknown type ${JSON.stringify(type)}; use one of ${KINDS.join(', ')}, with ? when it may be missing, ` +
          'or a list of texts',
      )
    }
    return { name, kind, optional: optional || type.endsWith('?'), ...more }
  })
}

function isDefinition(given: FieldType | FieldDefinition): given is FieldDefinition {
  return typeof given === 'object' && !Array.isArray(given)
}
