import { parseBytes } from '../settings/bytes.ts'
import { parseDurationLiteral } from '../text/duration.ts'
import { meantName, StageProblem, shownValue } from './problem.ts'

/**
 * The options of one stage, read by hand: every value is checked, a key that nobody knows is a problem. Names are given in
 * camelCase; the configuration may write them so or with underscores.
 */
export class StageOptions {
  /** Path of the options. */
  readonly at: string
  /** Values by their name in camelCase; nulls are left out. */
  private readonly values = new Map<string, unknown>()
  /** Names as the configuration spells them. */
  private readonly spelled = new Map<string, string>()

  /** Throws `StageProblem` for what is no object and for keys that are not among the names. */
  constructor(given: unknown, at: string, names: readonly string[]) {
    this.at = at
    if (given === undefined || given === null) return
    if (!isObject(given)) {
      const shown = names.length === 0 ? 'has no options' : `takes options (${names.join(', ')})`
      throw new StageProblem(at, `${shown}, not ${shownValue(given)}`)
    }
    for (const [key, value] of Object.entries(given)) {
      const name = names.includes(key) ? key : camelCase(key)
      if (!names.includes(name)) {
        const known = names.length === 0 ? 'there are none' : `options are ${names.join(', ')}`
        throw new StageProblem(`${at}.${key}`, `is not an option${meantName(key, names)}; ${known}`)
      }
      if (this.spelled.has(name))
        throw new StageProblem(`${at}.${key}`, `is given twice, as ${this.spelled.get(name)} too`)
      this.spelled.set(name, key)
      if (value !== undefined && value !== null) this.values.set(name, value)
    }
  }

  has(name: string): boolean {
    return this.values.has(name)
  }

  /** The value as it is; undefined when it is absent. */
  raw(name: string): unknown {
    return this.values.get(name)
  }

  path(name: string): string {
    return `${this.at}.${this.spelled.get(name) ?? name}`
  }

  problem(name: string, reason: string): StageProblem {
    return new StageProblem(this.path(name), reason)
  }

  /** Numbers and booleans are taken for their text, as YAML writers leave out quotes. */
  text(name: string): string | undefined {
    const value = this.values.get(name)
    if (value === undefined) return undefined
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
    if (typeof value !== 'string') throw this.problem(name, `must be a text, not ${shownValue(value)}`)
    return value
  }

  requiredText(name: string, example: string): string {
    const value = this.text(name)
    if (value === undefined || value === '') {
      throw this.problem(name, `is missing: give a text such as ${shownValue(example)}`)
    }
    return value
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.values.get(name)
    if (value === undefined) return fallback
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    throw this.problem(name, `must be true or false, not ${shownValue(value)}`)
  }

  /** A number within bounds; `whole` numbers only if asked for. */
  number(
    name: string,
    bounds: { readonly min: number; readonly max: number; readonly whole?: boolean },
  ): number | undefined {
    const value = this.values.get(name)
    if (value === undefined) return undefined
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    const fits = typeof number === 'number' && number >= bounds.min && number <= bounds.max
    if (!fits || (bounds.whole === true && !Number.isInteger(number))) {
      const kind = bounds.whole === true ? 'a whole number' : 'a number'
      throw this.problem(name, `must be ${kind} from ${bounds.min} to ${bounds.max}, not ${shownValue(value)}`)
    }
    return number
  }

  /** Milliseconds of a duration such as `3s`, `1h30m`, `250ms`. */
  durationMs(name: string): number | undefined {
    const value = this.values.get(name)
    if (value === undefined) return undefined
    const ns = typeof value === 'string' ? parseDurationLiteral(value.trim()) : value === 0 ? 0n : undefined
    if (ns === undefined || ns < 0n) {
      throw this.problem(name, `must be a duration with its unit, such as 3s, 5m or 24h, not ${shownValue(value)}`)
    }
    return Number(ns) / 1e6
  }

  /** Bytes of a size such as `8KB` or `8KiB` (both 8,192), or a number. */
  bytes(name: string): number | undefined {
    const value = this.values.get(name)
    if (value === undefined) return undefined
    try {
      return parseBytes(typeof value === 'number' ? value : String(value))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw this.problem(name, `must be a size such as 8KB or 1MiB, not ${shownValue(value)}`)
    }
  }

  /** A text, or a list of texts. */
  texts(name: string): readonly string[] | undefined {
    return textsOf(this.values.get(name), this.path(name))
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase())
    if (found === undefined) {
      throw this.problem(
        name,
        `must be one of ${choices.join(', ')}, not ${shownValue(value)}${meantName(value, choices)}`,
      )
    }
    return found
  }
}

/** A text or a list of texts; undefined for nothing. */
export function textsOf(value: unknown, at: string): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.map((item, index) => {
    if (typeof item === 'string') return item
    if (typeof item === 'number' || typeof item === 'boolean') return String(item)
    throw new StageProblem(Array.isArray(value) ? `${at}[${index}]` : at, `must be a text, not ${shownValue(item)}`)
  })
}

/**
 * Names with a text each, such as `{level: lvl}`; a name without a text stands for itself where `alone` allows it. A list
 * of names is the same as names without texts.
 */
export function namedTexts(given: unknown, at: string, alone: boolean): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  if (Array.isArray(given) && alone) {
    for (const name of textsOf(given, at) ?? []) found.set(name, name)
    return found
  }
  if (!isObject(given)) {
    throw new StageProblem(at, `must be names with a text each, such as {level: lvl}, not ${shownValue(given)}`)
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === '') {
      if (!alone && value !== '') throw new StageProblem(`${at}.${name}`, 'is missing: give a text')
      found.set(name, alone ? name : '')
      continue
    }
    const [text] = textsOf(value, `${at}.${name}`) ?? []
    if (text === undefined || Array.isArray(value))
      throw new StageProblem(`${at}.${name}`, `must be a text, not ${shownValue(value)}`)
    found.set(name, text)
  }
  return found
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Names of labels, at least one. */
export function labelNames(given: unknown, at: string): ReadonlySet<string> {
  const names = textsOf(given, at) ?? []
  if (names.length === 0) throw new StageProblem(at, 'names no label: give a list such as [filename, pid]')
  return new Set(names)
}

const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Checks the name of a label. */
export function checkLabelName(name: string, at: string): void {
  if (!LABEL_NAME.test(name)) {
    throw new StageProblem(
      at,
      `${shownValue(name)} is no name of a label: letters, digits and _ only, no digit at the start`,
    )
  }
}

function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
}
