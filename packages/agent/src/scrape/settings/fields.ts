import { nearestPath, parseBytes, parseDuration } from '@girok/query/settings'
import { ConfigProblem } from '../../model/problem.ts'
import { compileRelabel, type Relabel } from '../relabel.ts'

type Keys = readonly (string | number)[]

const SWITCHES: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  // What YAML 1.1 took for booleans, and Prometheus still does.
  ...['yes', 'on', 'y'].map((word) => [word, true] as const),
  ...['no', 'off', 'n'].map((word) => [word, false] as const),
])

/**
 * Reads the keys of one mapping of a configuration. Asking for a key makes it known; `end` refuses what nobody asked for.
 * Every mistake is a ConfigProblem that tells path and remedy, with the keys that lead to it.
 */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  /** What leads to this mapping. */
  readonly keys: Keys
  readonly #asked = new Set<string>()

  constructor(value: unknown, keys: Keys) {
    this.keys = keys
    if (value === undefined || value === null) this.#values = {}
    else if (typeof value === 'object' && !Array.isArray(value)) this.#values = value as Record<string, unknown>
    else throw new ConfigProblem(`${pathOf(keys)}: expected keys with values`, keys)
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** Undefined for null as well: a key without a value is as good as none. */
  get(key: string): unknown {
    this.#asked.add(key)
    return this.#values[key] ?? undefined
  }

  text(key: string): string | undefined {
    const value = this.get(key)
    if (value === undefined || typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return this.fail(key, 'expected a text')
  }

  switch(key: string, otherwise: boolean): boolean {
    const value = this.get(key)
    if (value === undefined) return otherwise
    return SWITCHES.get(value) ?? this.fail(key, 'expected true or false')
  }

  /** Milliseconds. */
  duration(key: string): number | undefined {
    return this.#parsed(key, parseDuration)
  }

  /** Bytes. */
  size(key: string): number | undefined {
    return this.#parsed(key, parseBytes)
  }

  count(key: string): number | undefined {
    const value = this.get(key)
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    return this.fail(key, 'expected a whole number from 0')
  }

  oneOf<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const value = this.get(key)
    if (value === undefined) return undefined
    return words.find((word) => word === value) ?? this.fail(key, `expected one of ${words.join(', ')}`)
  }

  list(key: string): readonly unknown[] {
    const value = this.get(key)
    if (value === undefined) return []
    return Array.isArray(value) ? value : this.fail(key, 'expected a list')
  }

  texts(key: string): string[] {
    return this.list(key).map((value, index) => {
      if (typeof value === 'string' || typeof value === 'number') return String(value)
      throw new ConfigProblem(`${pathOf([...this.keys, key, index])}: expected a text`, [...this.keys, key, index])
    })
  }

  /** The mappings of a list. */
  items(key: string): Fields[] {
    return this.list(key).map((value, index) => new Fields(value, [...this.keys, key, index]))
  }

  child(key: string): Fields {
    return new Fields(this.get(key), [...this.keys, key])
  }

  /** A mapping of texts, such as labels. */
  labels(key: string): Map<string, string> {
    const child = this.child(key)
    if (child.names().includes('')) this.fail(key, 'a label needs a name')
    return new Map(child.names().map((name) => [name, child.text(name) ?? '']))
  }

  /** Path of a key, as messages name it. */
  pathOf(key: string): string {
    return pathOf([...this.keys, key])
  }

  /** The mapping as it was given. */
  raw(): Readonly<Record<string, unknown>> {
    return this.#values
  }

  isKnown(key: string): boolean {
    return this.#asked.has(key)
  }

  names(): string[] {
    return Object.keys(this.#values)
  }

  relabel(key: string): Relabel {
    try {
      return compileRelabel(this.get(key), pathOf([...this.keys, key]), 'utf8')
    } catch (error) {
      if (!(error instanceof ConfigProblem)) throw error
      throw new ConfigProblem(error.message, [...this.keys, key, ...(error.keys ?? [])])
    }
  }

  fail(key: string | undefined, message: string): never {
    return this.failAt(key === undefined ? [] : [key], message)
  }

  /** @param below keys that lead from this mapping to the mistake */
  failAt(below: Keys, message: string): never {
    const keys = [...this.keys, ...below]
    throw new ConfigProblem(`${pathOf(keys)}: ${message}`, keys)
  }

  /** Refuses keys that were not asked for. */
  end(): void {
    const unknown = this.names().find((key) => !this.#asked.has(key))
    if (unknown === undefined) return
    const near = nearestPath(unknown, this.#asked)
    this.fail(unknown, near === undefined ? 'no such key' : `no such key; did you mean ${near}?`)
  }

  #parsed(key: string, parse: (value: string | number) => number): number | undefined {
    const value = this.get(key)
    if (value === undefined) return undefined
    if (typeof value !== 'string' && typeof value !== 'number')
      return this.fail(key, 'expected a text such as 30s or 10MB')
    try {
      return parse(value)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return this.fail(key, error.message)
    }
  }
}

/** `scrape_configs[0].relabel_configs`; the whole configuration is `configuration`. */
export function pathOf(keys: Keys): string {
  let path = ''
  for (const key of keys) path += typeof key === 'number' ? `[${key}]` : path === '' ? key : `.${key}`
  return path === '' ? 'configuration' : path
}
