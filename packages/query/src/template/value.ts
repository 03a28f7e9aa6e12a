import { compareText } from './utf8.ts'

/**
 * A value that templates work with. `bigint` is Go's `int`, `number` its `float64`; strings, booleans, arrays, `Map`s and
 * plain objects are what they look like, `null` is nil, `undefined` no value at all. Other types of Go are `GoInt`s and
 * `GoObject`s, functions are `GoFunction`s, and a `Dictionary` is a map of strings to strings that is not built up front.
 */
export type Value = unknown

/** What functions of a table can ask for and do while they run. */
export interface CallScope {
  /** What was given to `execute` for the functions of tables. */
  readonly context: unknown
  /** Counts work against the template's bound; a unit is some nanoseconds. Throws `LimitFault`. */
  spend(units: number): void
  /** Throws `LimitFault` when a text of so many characters may not be made. */
  checkLength(characters: number): void
  readonly maxOutput: number
}

/** The type of a parameter. `reflect` takes anything, no value included; `any` makes nil of no value. */
export type ParameterType =
  | 'string'
  | 'int'
  | 'int64'
  | 'float64'
  | 'bool'
  | 'any'
  | 'reflect'
  | 'time.Time'
  | 'time.Duration'

/** A function that templates can call; `defineFunction` makes them. */
export class GoFunction {
  readonly parameters: readonly ParameterType[]
  /** Type of the arguments behind the fixed ones; undefined when there can be none. */
  readonly variadic: ParameterType | undefined
  readonly invoke: (args: readonly Value[], scope: CallScope) => Value

  constructor(
    parameters: readonly ParameterType[],
    variadic: ParameterType | undefined,
    invoke: (args: readonly Value[], scope: CallScope) => Value,
  ) {
    this.parameters = parameters
    this.variadic = variadic
    this.invoke = invoke
  }
}

/** A value with methods; `toString` is what templates print. */
export abstract class GoObject {
  /** The type as faults and `%T` show it, such as `time.Time`. */
  abstract readonly typeName: string
  abstract toString(): string
  /** A method by name. */
  method(_name: string): GoFunction | undefined {
    return undefined
  }
  /** A field by name; undefined when the type has none. */
  field(_name: string): { readonly value: Value } | undefined {
    return undefined
  }
  /** As `%#v` prints it. */
  goString(): string | undefined {
    return undefined
  }
  /** What its JSON is made of; undefined: its text. */
  json(): Value {
    return undefined
  }
}

/** What functions look at of a `time.Time`. */
export interface Instant {
  /** Whole seconds since 1970, rounded down. */
  readonly seconds: number
  /** 0 to 999,999,999. */
  readonly nanoseconds: number
  /** Milliseconds since 1970, rounded down; beyond 64 bits they wrap around, as in Go. */
  unixMilli(): bigint
  /** Nanoseconds since 1970, as `unixMilli`. */
  unixNano(): bigint
}

/** An integer of another type than `int`. */
export class GoInt {
  readonly typeName: string
  readonly value: bigint

  constructor(typeName: 'int64' | 'int32' | 'uint8' | 'uint64' | (string & {}), value: bigint) {
    this.typeName = typeName
    this.value = value
  }

  get unsigned(): boolean {
    return this.typeName.startsWith('uint')
  }

  /** The text of a type that has its own, such as `time.Duration`; undefined for plain numbers. */
  text(): string | undefined {
    return undefined
  }

  method(_name: string): GoFunction | undefined {
    return undefined
  }
}

/** A `map[string]string` whose entries are looked up when they are asked for. */
export abstract class Dictionary {
  readonly typeName: string = 'map[string]string'
  /** The value of a key, or undefined when there is none. */
  abstract get(key: string): string | undefined
  /** All keys, in any order. */
  abstract keys(): Iterable<string>
  /** A method by name, which goes before the key of that name. */
  method(_name: string): GoFunction | undefined {
    return undefined
  }
  /** The text of a type that has its own; undefined: printed as a map. */
  text(): string | undefined {
    return undefined
  }
}

/** A list of another type than `[]interface {}`: one that has methods, or that only lists of its type can stand for. */
export class GoList extends Array<Value> {
  typeName = '[]interface {}'

  /** What `map`, `filter` and their kind make of a list is a plain one. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  method(_name: string): GoFunction | undefined {
    return undefined
  }

  /** The text of a type that has its own; undefined: printed as a list. */
  text(): string | undefined {
    return undefined
  }
}

/** A `map[string]string` over an object or a `Map`: unlike plain ones, absent keys are empty with `missingkey=zero`. */
export class StringMap extends Dictionary {
  private readonly entries: ReadonlyMap<string, string>

  constructor(entries: ReadonlyMap<string, string> | Readonly<Record<string, string>>) {
    super()
    // Label sets of a store are maps that are no `Map`.
    this.entries = isMap(entries) ? entries : new Map(Object.entries(entries))
  }

  override get(key: string): string | undefined {
    return this.entries.get(key)
  }

  override keys(): Iterable<string> {
    return this.entries.keys()
  }
}

function isMap(
  entries: ReadonlyMap<string, string> | Readonly<Record<string, string>>,
): entries is ReadonlyMap<string, string> {
  return typeof entries.get === 'function'
}

export type Kind =
  | 'invalid'
  | 'nil'
  | 'bool'
  | 'int'
  | 'uint'
  | 'float'
  | 'string'
  | 'slice'
  | 'map'
  | 'func'
  | 'struct'

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'float'
    case 'bigint':
      return 'int'
    case 'boolean':
      return 'bool'
    case 'undefined':
      return 'invalid'
    case 'object':
      if (value === null) return 'nil'
      if (value instanceof GoInt) return value.unsigned ? 'uint' : 'int'
      if (value instanceof GoFunction) return 'func'
      if (Array.isArray(value)) return 'slice'
      return value instanceof GoObject ? 'struct' : 'map'
    default:
      return 'func'
  }
}

export function typeName(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'float64'
    case 'bigint':
      return 'int'
    case 'boolean':
      return 'bool'
    case 'undefined':
      return 'invalid'
    case 'object':
      if (value === null) return 'interface {}'
      if (value instanceof GoInt || value instanceof GoObject || value instanceof Dictionary) return value.typeName
      if (value instanceof GoFunction) return functionType(value)
      if (value instanceof GoList) return value.typeName
      return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
    default:
      return 'func()'
  }
}

function functionType({ parameters, variadic }: GoFunction): string {
  const shown = parameters.map(typeOfParameter)
  if (variadic !== undefined) shown.push(`...${typeOfParameter(variadic)}`)
  return `func(${shown.join(', ')}) interface {}`
}

export function typeOfParameter(type: ParameterType): string {
  if (type === 'reflect') return 'reflect.Value'
  return type === 'any' ? 'interface {}' : type
}

/** Whether `if` takes the value for true: not the zero of its type. */
export function isTrue(value: Value): boolean {
  switch (typeof value) {
    case 'string':
      return value !== ''
    case 'number':
      return value !== 0
    case 'bigint':
      return value !== 0n
    case 'boolean':
      return value
    case 'undefined':
      return false
    case 'object':
      if (value === null) return false
      if (value instanceof GoInt) return value.value !== 0n
      if (Array.isArray(value)) return value.length > 0
      return kindOf(value) !== 'map' || mapSize(value) > 0
    default:
      return true
  }
}

/** The integer in a value of an integer kind. */
export function integerOf(value: Value): bigint {
  return typeof value === 'bigint' ? value : (value as GoInt).value
}

/** The value at a key of a map; undefined when there is none. */
export function mapGet(map: Value, key: string): Value {
  if (map instanceof Dictionary || map instanceof Map) return map.get(key)
  return Object.hasOwn(map as object, key) ? (map as Record<string, Value>)[key] : undefined
}

function keysOf(map: Value): Iterable<string> {
  return map instanceof Dictionary || map instanceof Map ? map.keys() : Object.keys(map as object)
}

export function mapSize(map: Value): number {
  if (map instanceof Map) return map.size
  let size = 0
  for (const _ of keysOf(map)) size++
  return size
}

/** The keys of a map in the order in which they are printed and ranged over. */
export function sortedKeys(map: Value): string[] {
  return [...keysOf(map)].sort(compareText)
}
