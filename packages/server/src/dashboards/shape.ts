import { nearestPath } from '@girok/query/settings'

/** What is wrong with a value: where it stands (`panels[3].queries[0].expr`), and what it should be. */
export interface Fault {
  readonly where: string
  readonly what: string
}

/** Takes a value from outside for what it must be, or adds faults and gives undefined. */
export type Rule<T> = (value: unknown, where: string, faults: Fault[]) => T | undefined

/** What a field of an object must be, and whether it may be absent. */
interface Field<T> {
  readonly rule: Rule<T>
  readonly optional: boolean
}

/** One field for each name of T; those that T may lack are made by {@link optional}. */
export type Fields<T> = {
  readonly [K in keyof T]-?: undefined extends T[K]
    ? Field<Exclude<T[K], undefined>> & { readonly optional: true }
    : Field<T[K]> & { readonly optional: false }
}

export function needed<T>(rule: Rule<T>): Field<T> & { readonly optional: false } {
  return { rule, optional: false }
}

export function optional<T>(rule: Rule<T>): Field<T> & { readonly optional: true } {
  return { rule, optional: true }
}

/** A value that `holds` of; `wanted` completes "must be …". */
export function value<T>(wanted: string, holds: (given: unknown) => given is T): Rule<T> {
  return (given, where, faults) => {
    if (holds(given)) return given
    faults.push({ where, what: `must be ${wanted}, not ${shown(given)}` })
    return undefined
  }
}

/** @param pattern what the whole text must match, described by `wanted` */
export function text(most: number, wanted?: string, pattern?: RegExp): Rule<string> {
  const words = wanted ?? `a text of at most ${most} characters`
  return value(
    words,
    (given): given is string => typeof given === 'string' && given.length <= most && (pattern?.test(given) ?? true),
  )
}

export function whole(least: number, most: number): Rule<number> {
  return value(
    `a whole number from ${least} to ${most}`,
    (given): given is number => Number.isSafeInteger(given) && (given as number) >= least && (given as number) <= most,
  )
}

export const finite: Rule<number> = value('a number', (given): given is number => Number.isFinite(given))

export const flag: Rule<boolean> = value(
  'true or false',
  (given): given is boolean => given === true || given === false,
)

export function oneOf<const W extends string>(words: readonly W[]): Rule<W> {
  return value(`one of ${words.join(', ')}`, (given): given is W => words.includes(given as W))
}

export function listOf<T>(item: Rule<T>, most: number, what: string): Rule<readonly T[]> {
  return (given, where, faults) => {
    if (!Array.isArray(given)) {
      faults.push({ where, what: `must be a list of ${what}, not ${shown(given)}` })
      return undefined
    }
    if (given.length > most) {
      faults.push({ where, what: `has ${given.length} ${what}, at most ${most} can be kept` })
      return undefined
    }
    return given.map((one, index) => item(one, `${where}[${index}]`, faults) as T)
  }
}

/** An object of any names with texts, such as old and new names. */
export function textsByName(most: number, longest: number): Rule<Readonly<Record<string, string>>> {
  return (given, where, faults) => {
    if (!isObject(given)) {
      faults.push({ where, what: `must be an object of texts, not ${shown(given)}` })
      return undefined
    }
    const entries = Object.entries(given)
    if (entries.length > most) faults.push({ where, what: `has ${entries.length} names, at most ${most} can be kept` })
    const isText = text(longest)
    const taken = entries.slice(0, most).map(([name, one]) => [name, isText(one, `${where}.${name}`, faults) ?? ''])
    // Not an assignment by name: that of "__proto__" would be lost.
    return Object.fromEntries(taken)
  }
}

/** An object with these fields and no others. What is taken has its fields in the order of the table. */
export function object<T extends object>(what: string, fields: Fields<T>): Rule<T> {
  const table = new Map(Object.entries(fields) as [string, Field<unknown>][])
  return (given, where, faults) => {
    if (!isObject(given)) {
      faults.push({ where, what: `must be ${what}: a JSON object, not ${shown(given)}` })
      return undefined
    }
    const taken: Record<string, unknown> = {}
    for (const [name, { rule, optional }] of table) {
      const at = where === '' ? name : `${where}.${name}`
      const member = Object.hasOwn(given, name) ? given[name] : undefined
      if (member === undefined) {
        if (!optional) faults.push({ where: at, what: `is missing: ${what} needs it` })
        continue
      }
      taken[name] = rule(member, at, faults)
    }
    for (const name of Object.keys(given)) {
      if (table.has(name)) continue
      const near = nearestPath(name, table.keys())
      const hint = near === undefined ? `it has ${[...table.keys()].join(', ')}` : `did you mean ${near}?`
      const at = where === '' ? name : `${where}.${name}`
      faults.push({ where: at.slice(0, 200), what: `is nothing that ${what} has; ${hint}` })
    }
    return taken as T
  }
}

/** One of several forms, told apart by the word under `name`. */
export function byWord<T extends object>(
  what: string,
  name: string,
  forms: Readonly<Record<string, Rule<T>>>,
): Rule<T> {
  const word = oneOf(Object.keys(forms))
  return (given, where, faults) => {
    if (!isObject(given)) {
      faults.push({ where, what: `must be ${what}: a JSON object, not ${shown(given)}` })
      return undefined
    }
    const kind = word(given[name], `${where}.${name}`, faults)
    return kind === undefined ? undefined : forms[kind]?.(given, where, faults)
  }
}

export function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}

function shown(given: unknown): string {
  if (given === undefined) return 'absent'
  if (Array.isArray(given)) return 'a list'
  if (isObject(given)) return 'an object'
  const text = JSON.stringify(given) ?? typeof given
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
