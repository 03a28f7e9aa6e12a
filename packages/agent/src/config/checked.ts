import { nearestPath } from '@girok/query/settings'
import * as v from 'valibot'
import { ConfigProblem } from '../model/problem.ts'
import type { ConfigPath, YamlText } from './yaml-text.ts'

/** Where values stand. */
export type Located = Pick<YamlText, 'file' | 'lineOf'>

export type { ConfigPath } from './yaml-text.ts'

/** `inputs[0].include` */
export function pathText(path: ConfigPath): string {
  let text = ''
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`
  return text
}

/** Says where in the file a mistake stands. */
export function problemAt({ file, lineOf }: Located, path: ConfigPath, message: string) {
  const where = path.length === 0 ? '' : ` ${pathText(path)}`
  return new ConfigProblem(`${file}:${lineOf(path)}:${where}: ${message}`)
}

/**
 * A part of a configuration, held against its schema.
 * @throws ConfigProblem that names file, line, key and what is allowed; the first mistake only, since others often follow from it
 */
export function checked<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  yaml: Located,
  at: ConfigPath,
): v.InferOutput<S> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const issue = result.issues[0]
  const inner = (issue.path ?? []).map((item) => item.key as string | number)
  throw problemAt(yaml, [...at, ...inner], wordsFor(issue, schema, inner))
}

function wordsFor(issue: v.BaseIssue<unknown>, schema: v.GenericSchema, path: ConfigPath): string {
  if (issue.type === 'strict_object') {
    const known = knownKeys(schema, path.slice(0, -1))
    if (issue.expected === 'never') {
      const near = nearestPath(String(path.at(-1)), known)
      return `unknown key${near === undefined ? `; there are ${known.join(', ')}` : `, did you mean ${near}?`}`
    }
    if (issue.received === 'undefined') return 'is missing'
  }
  if (issue.kind === 'schema') {
    const wanted = WORDS[issue.expected ?? ''] ?? issue.expected?.replaceAll('"', '') ?? 'something else'
    return issue.received === 'undefined' ? `is missing: write ${wanted}` : `is ${shown(issue.input)}: write ${wanted}`
  }
  return `${shown(issue.input)}: ${issue.message}`
}

const WORDS: Readonly<Record<string, string>> = {
  Array: 'a list',
  Object: 'keys and values',
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  '(string | number)': 'text',
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

type Inner = { readonly wrapped?: Inner; readonly pipe?: readonly Inner[]; readonly item?: Inner; entries?: object }

/** Keys that the object at a path of a schema has. */
function knownKeys(schema: v.GenericSchema, path: ConfigPath): string[] {
  let at: Inner | undefined = unwrapped(schema as unknown as Inner)
  for (const step of path) {
    at = typeof step === 'number' ? at?.item : (at?.entries as Record<string, Inner> | undefined)?.[step]
    at = unwrapped(at)
  }
  return Object.keys(at?.entries ?? {})
}

function unwrapped(schema: Inner | undefined): Inner | undefined {
  let inner = schema
  while (inner !== undefined) {
    if (inner.wrapped !== undefined) inner = inner.wrapped
    else if (inner.entries === undefined && inner.item === undefined && inner.pipe !== undefined) inner = inner.pipe[0]
    else break
  }
  return inner
}
