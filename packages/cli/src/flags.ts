import { UsageError } from './failure.ts'

export interface Flag {
  /** `switch` takes no value and can be negated (--no-sample); `list` may be given several times. */
  readonly kind: 'value' | 'list' | 'switch'
  /** What stands for the value in help: FILE, N … */
  readonly value?: string
  readonly summary: string
}

export type FlagTable = Readonly<Record<string, Flag>>

/** Flags and words of a command line, checked against a table. */
export class Flags {
  readonly #values: ReadonlyMap<string, readonly string[]>
  readonly #switches: ReadonlyMap<string, boolean>

  constructor(values: ReadonlyMap<string, readonly string[]>, switches: ReadonlyMap<string, boolean>) {
    this.#values = values
    this.#switches = switches
  }

  /** The last value given. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1)
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** Undefined when neither --name nor --no-name was given. */
  switch(name: string): boolean | undefined {
    return this.#switches.get(name)
  }

  /** A whole number of at least `least`. */
  count(name: string, least = 0): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new UsageError(`--${name} ${text}: give a whole number, at least ${least}`)
    }
    return value
  }

  /** One of some words; the first is the default. */
  choice<const W extends string>(name: string, words: readonly [W, ...W[]]): W {
    const text = this.text(name) ?? words[0]
    const found = words.find((word) => word === text)
    if (found === undefined) throw new UsageError(`--${name} ${text}: use one of ${words.join(', ')}`)
    return found
  }
}

/** A flag that is not in the table; the caller looks for the name that was meant. */
export class UnknownFlag extends Error {
  override readonly name = 'UnknownFlag'
  readonly flag: string

  constructor(flag: string) {
    super(`unknown flag --${flag}`)
    this.flag = flag
  }
}

/** Splits a command line: `--name value`, `--name=value`, `--no-name`, `--` before words that begin with a dash. */
export function parseFlags(argv: readonly string[], table: FlagTable): { flags: Flags; words: string[] } {
  const values = new Map<string, string[]>()
  const switches = new Map<string, boolean>()
  const words: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? ''
    if (argument === '--') {
      words.push(...argv.slice(at + 1))
      break
    }
    if (!argument.startsWith('-') || argument === '-') {
      words.push(argument)
      continue
    }
    if (argument === '-h') {
      switches.set('help', true)
      continue
    }
    const [name = '', given] = splitOnce(argument.replace(/^--?/, ''))
    const negated = name.startsWith('no-') && !Object.hasOwn(table, name) ? name.slice(3) : undefined
    const flag = Object.hasOwn(table, negated ?? name) ? table[negated ?? name] : undefined
    if (flag === undefined || !argument.startsWith('--')) throw new UnknownFlag(name)
    if (flag.kind === 'switch') {
      if (given !== undefined) throw new UsageError(`--${name} takes no value; use --${name} or --no-${name}`)
      switches.set(negated ?? name, negated === undefined)
      continue
    }
    if (negated !== undefined) throw new UnknownFlag(name)
    const value = given ?? argv[++at]
    if (value === undefined) throw new UsageError(`--${name} needs a value: --${name} ${flag.value ?? 'VALUE'}`)
    values.set(name, [...(values.get(name) ?? []), value])
  }
  return { flags: new Flags(values, switches), words }
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf('=')
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
