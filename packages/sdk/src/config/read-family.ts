import { type Check, isPlainObject, readKeys } from './check.ts'
import { type Kind, type Kinds, type PythonClass, pythonName } from './kind.ts'
import { suggestion } from './nearest.ts'

/** One entry of a configuration, looked through and ready to be made. */
export interface Spec<Made> {
  /** Equal for entries that make the same, so that what there is can be kept. */
  readonly identity: string
  /** As checked, under our names, with `level`, `formatter` and `filters` among them. */
  readonly options: Readonly<Record<string, unknown>>
  /** Made by the caller, who also closes it. */
  readonly given: boolean
  make(options: Readonly<Record<string, unknown>>): Made
}

/** A family of members that configurations name. */
export interface Family<Made> {
  readonly name: string
  readonly kinds: Kinds<Made>
  readonly classes: Readonly<Record<string, PythonClass>>
  /** What an entry without `kind` and `class` is. */
  readonly otherwise?: PythonClass
  /** Whether a value is a member already, made by code. */
  isMember(value: unknown): boolean
}

export function readFamily<Made>(family: Family<Made>, given: unknown, problems: string[]): Map<string, Spec<Made>> {
  const specs = new Map<string, Spec<Made>>()
  if (given === undefined) return specs
  if (!isPlainObject(given)) {
    problems.push(`${family.name}: ${JSON.stringify(given)} is no object of names`)
    return specs
  }
  for (const [name, entry] of Object.entries(given)) {
    const spec = readEntry(family, entry, `${family.name}.${name}`, problems)
    if (spec !== undefined) specs.set(name, spec)
  }
  return specs
}

function readEntry<Made>(family: Family<Made>, entry: unknown, at: string, problems: string[]): Spec<Made> | undefined {
  if (family.isMember(entry)) {
    return { identity: identityOf(entry), options: {}, given: true, make: () => entry as Made }
  }
  if (!isPlainObject(entry)) {
    problems.push(`${at}: ${JSON.stringify(entry)} is no object`)
    return undefined
  }
  const { '()': factory, ...others } = entry
  // Python takes the name of a class there, too.
  if (typeof factory === 'string' && family.classes[pythonName(factory)] !== undefined) {
    return readEntry(family, { ...others, class: factory }, at, problems)
  }
  if (factory !== undefined) return ofFactory(family, factory, others, at, problems)
  const { kind: kindName, class: className, ...rest } = others
  if (typeof kindName === 'string') return ofKind(family, kindName, rest, at, problems)
  const python = typeof className === 'string' ? family.classes[pythonName(className)] : family.otherwise
  if (python !== undefined) return ofClass(family, python, rest, at, problems)
  if (className !== undefined) {
    problems.push(
      `${at}.class: ${JSON.stringify(className)} is not known${suggestion(pythonName(String(className)), Object.keys(family.classes))}`,
    )
  } else {
    problems.push(`${at}.kind: missing; there are ${Object.keys(family.kinds).join(', ')}`)
  }
  return undefined
}

function ofFactory<Made>(
  family: Family<Made>,
  factory: unknown,
  options: Readonly<Record<string, unknown>>,
  at: string,
  problems: string[],
): Spec<Made> | undefined {
  if (typeof factory !== 'function') {
    problems.push(
      `${at}.(): ${JSON.stringify(factory)} is no function, nor a class known here: use kind or class, or give the function in code`,
    )
    return undefined
  }
  return {
    identity: identityOf([factory, withoutSettings(options)]),
    options,
    given: false,
    make(all) {
      const member: unknown = factory(all)
      if (family.isMember(member)) return member as Made
      throw new TypeError(`the function gave none of the ${family.name}`)
    },
  }
}

function ofKind<Made>(
  family: Family<Made>,
  kindName: string,
  options: Record<string, unknown>,
  at: string,
  problems: string[],
  others: readonly string[] = [],
): Spec<Made> | undefined {
  const kind = Object.hasOwn(family.kinds, kindName) ? family.kinds[kindName] : undefined
  if (kind === undefined) {
    problems.push(
      `${at}.kind: ${JSON.stringify(kindName)} is not known${suggestion(kindName, Object.keys(family.kinds))}`,
    )
    return undefined
  }
  return specOf(kindName, kind, readKeys(options, kind.keys, at, problems, others))
}

function ofClass<Made>(
  family: Family<Made>,
  python: PythonClass,
  given: Record<string, unknown>,
  at: string,
  problems: string[],
): Spec<Made> | undefined {
  const options: Record<string, unknown> = {}
  const theirs: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(python.arguments, name)) {
      options[name] = value
      continue
    }
    const ours = python.arguments[name]
    // None is Python's way of leaving an argument out.
    if (ours === undefined || value === null) continue
    options[ours] = value
    theirs[ours] = name
  }
  const { kind: kindName = python.kind, ...converted } = python.convert?.(given) ?? {}
  const own: string[] = []
  const all = { ...options, ...converted }
  const spec = ofKind(family, kindName as string, all, at, own, Object.keys(python.arguments))
  problems.push(...own.map((problem) => withTheirName(problem, at, theirs)))
  return spec
}

function withTheirName(problem: string, at: string, theirs: Readonly<Record<string, string>>): string {
  const place = problem.slice(at.length + 1)
  const ours = /^\w+/.exec(place)?.[0] ?? ''
  const name = problem.startsWith(`${at}.`) ? theirs[ours] : undefined
  return name === undefined ? problem : `${at}.${name}${place.slice(ours.length)}`
}

function specOf<Made>(name: string, kind: Kind<Made>, options: Record<string, unknown>): Spec<Made> {
  return {
    identity: identityOf([name, withoutSettings(options)]),
    options,
    given: false,
    make: (all) => kind.make(all as never),
  }
}

/** Without what can be changed in a handler that is in use. */
function withoutSettings({ level: _level, filters: _filters, ...fixed }: Record<string, unknown>): object {
  return fixed
}

const numbers = new WeakMap<object, number>()
let last = 0

/** Text that is equal for equal plain values, and for the same functions and objects that are not plain. */
function identityOf(value: unknown): string {
  if (typeof value === 'function' || (typeof value === 'object' && value !== null && !isPlain(value))) {
    let number = numbers.get(value)
    if (number === undefined) {
      number = ++last
      numbers.set(value, number)
    }
    return `#${number}`
  }
  if (Array.isArray(value)) return `[${value.map(identityOf).join(',')}]`
  if (!isPlainObject(value)) return JSON.stringify(value) ?? 'undefined'
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${identityOf(value[key])}`)
  return `{${members.join(',')}}`
}

function isPlain(value: object): boolean {
  return (
    Array.isArray(value) || (isPlainObject(value) && !Object.values(value).some((one) => typeof one === 'function'))
  )
}

/** A check for a name that must be among those defined. */
export function nameIn(what: string, names: ReadonlyMap<string, unknown>): Check {
  return (value, at, problems) => {
    if (typeof value !== 'string') problems.push(`${at}: ${JSON.stringify(value)} is no name`)
    else if (!names.has(value))
      problems.push(`${at}: there is no ${what} ${JSON.stringify(value)}${suggestion(value, [...names.keys()])}`)
    return value
  }
}
