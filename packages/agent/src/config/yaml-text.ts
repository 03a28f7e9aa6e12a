import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { ConfigProblem } from '../model/problem.ts'

/** Names and indexes from the top of a configuration down to a value. */
export type ConfigPath = readonly (string | number)[]

/** A YAML file as plain data, and where in it a value stands. */
export interface YamlText {
  /** As messages call it. */
  readonly file: string
  readonly value: unknown
  /** Line of the key or item at a path, or of the nearest one above it that is there; the first is 1. */
  readonly lineOf: (path: ConfigPath) => number
}

/**
 * Reads YAML, after `${NAME}` and `${NAME:-default}` were replaced from the environment inside its texts.
 * @throws ConfigProblem with the line: not YAML, or a variable that is not set and has no default
 */
export function readYamlText(file: string, text: string, env: Readonly<Record<string, string | undefined>>): YamlText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const fault = document.errors[0]
  if (fault !== undefined) {
    throw new ConfigProblem(`${file}:${lines.linePos(fault.pos[0]).line}: this is no YAML: ${fault.message}`)
  }
  const lineOf = (path: ConfigPath) => lines.linePos(offsetOf(document.contents, path)).line
  const value = expanded(
    document.toJS(),
    [],
    (name, path) => {
      const found = env[name]
      if (found === undefined) {
        throw new ConfigProblem(
          `${file}:${lineOf(path)}: the environment has no variable ${name}: set it, or write \${${name}:-default}`,
        )
      }
      return found
    },
    env,
  )
  return { file, value, lineOf }
}

function offsetOf(root: Node | null, path: ConfigPath): number {
  let node: Node | null = root
  let offset = root?.range?.[0] ?? 0
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
      if (pair === undefined) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value as Node | null
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined
      if (item === undefined) break
      offset = item.range?.[0] ?? offset
      node = item
    } else break
  }
  return offset
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

function expanded(
  value: unknown,
  path: ConfigPath,
  required: (name: string, path: ConfigPath) => string,
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  if (typeof value === 'string') {
    return value.replace(VARIABLE, (_, name: string, fallback: string | undefined) =>
      fallback === undefined ? required(name, path) : env[name] || fallback,
    )
  }
  if (Array.isArray(value)) return value.map((item, i) => expanded(item, [...path, i], required, env))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, expanded(item, [...path, name], required, env)]),
  )
}
