import { nearestPath } from '@girok/query/settings'
import type { z } from 'zod'
import { declared, declaredAt, knownKeys, mapLeaves } from '../../../model/options/declared.ts'
import type { Path, Reported } from './config-text.ts'

/** What stands for a secret where a configuration is shown. */
export const SECRET = '<secret>'

/**
 * Reads a value by its declaration; every fault is told with its place. Undefined when there is any.
 * @param path of the value in the whole configuration
 */
export function readDeclared<S extends z.ZodType>(
  schema: S,
  value: unknown,
  path: Path,
  reported: Reported,
): z.output<S> | undefined {
  let given = value
  let read = schema.safeParse(given)
  if (!read.success) {
    given = read.error.issues.reduce((at, issue) => asWanted(at, issue, path, reported), given)
    if (given !== value) read = schema.safeParse(given)
  }
  if (!read.success) {
    for (const issue of read.error.issues) tell(issue, schema, given, path, reported)
    return undefined
  }
  if (!holdsSecret(given)) return read.data
  let isShown = false
  mapLeaves(schema, given, (leaf) => {
    if (!leaf.isSecret || leaf.value !== SECRET) return
    isShown = true
    reported.problem(
      [...path, ...leaf.path],
      `${SECRET} is what is shown in place of a secret: write the secret itself`,
    )
  })
  return isShown ? undefined : read.data
}

function holdsSecret(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === SECRET
  return Object.values(value).some(holdsSecret)
}

const TRUE = /^(?:y|yes|on)$/i
const FALSE = /^(?:n|no|off)$/i

/**
 * Where a text is wanted, numbers and flags are what was written; where a flag is wanted, `yes` and `off` are flags: as
 * the reader of YAML that Alertmanager uses takes them.
 */
function asWanted(given: unknown, issue: z.core.$ZodIssue, path: Path, reported: Reported): unknown {
  if (issue.code !== 'invalid_type') return given
  const at = issue.path as Path
  const value = valueAt(given, at)
  if (issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return replaced(given, at, reported.written([...path, ...at])?.text ?? String(value))
  }
  if (issue.expected === 'boolean' && typeof value === 'string' && !reported.written([...path, ...at])?.isQuoted) {
    if (TRUE.test(value)) return replaced(given, at, true)
    if (FALSE.test(value)) return replaced(given, at, false)
  }
  return given
}

function tell(issue: z.core.$ZodIssue, schema: z.ZodType, given: unknown, path: Path, reported: Reported): void {
  const at = issue.path as Path
  const place = [...path, ...at]
  const target = declaredAt(schema, at)
  if (issue.code === 'unrecognized_keys') {
    const known = (target && knownKeys(target)) ?? []
    for (const key of issue.keys) reported.problem([...place, key], unknownKey(key, known), 'key')
    return
  }
  const { meta } = target === undefined ? { meta: undefined } : declared(target)
  const value = valueAt(given, at)
  if (value === undefined && issue.code === 'invalid_type') reported.problem(place, 'is missing')
  else if (issue.code === 'custom') reported.problem(place, issue.message)
  else {
    const shown = meta === undefined || meta.secret === true || !isPlain(value) ? '' : `, not ${JSON.stringify(value)}`
    reported.problem(place, `must be ${meta?.allowed ?? wanted(issue, target)}${shown}`)
  }
}

/** What to say of a key that is not known. */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestPath(key, known)
  return near === undefined ? `unknown key; known are ${known.join(', ')}` : `unknown key; is ${near} meant?`
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
}

function wanted(issue: z.core.$ZodIssue, target: z.ZodType | undefined): string {
  const keys = target === undefined ? undefined : knownKeys(target)
  if (issue.code === 'invalid_type') {
    const name = NAMES[issue.expected] ?? issue.expected
    return keys === undefined ? name : `${name} of ${keys.join(', ')}`
  }
  return `something else: ${issue.message}`
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= 80)
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (const step of path) at = (at as Readonly<Record<string | number, unknown>> | undefined)?.[step]
  return at
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return by
  if (Array.isArray(value)) return value.map((one, index) => (index === first ? replaced(one, rest, by) : one))
  const map = value as Readonly<Record<string, unknown>>
  return { ...map, [first]: replaced(map[first], rest, by) }
}
