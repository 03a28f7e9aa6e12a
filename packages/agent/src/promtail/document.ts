import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { ConfigProblem } from '../model/problem.ts'

type Keys = readonly (string | number)[]
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads YAML, with variables of the environment put in, and hands the data on; a mistake found there is told with
 * the file and the line of its keys.
 * @throws ConfigProblem
 */
export function readDocument<Read>(text: string, file: string, env: Environment, read: (value: unknown) => Read): Read {
  const lines = new LineCounter()
  const document = parseDocument(expanded(text, env), { lineCounter: lines, merge: true, prettyErrors: false })
  const [broken] = document.errors
  if (broken !== undefined) {
    const unset = [...expanded(text, env).matchAll(VARIABLE)][0]?.[1]
    const why = unset === undefined ? '' : ` (perhaps because the environment has no variable ${unset})`
    throw new ConfigProblem(`${file}:${lines.linePos(broken.pos[0]).line}: this is no YAML: ${broken.message}${why}`)
  }
  try {
    const value = plainOf(document)
    checkExpanded(value, [])
    return read(value)
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error
    const line = lines.linePos(offsetOf(document, error.keys ?? [])).line
    throw new ConfigProblem(`${file}:${line}: ${error.message}`, error.keys)
  }
}

function plainOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    // Aliases without an anchor, or so many that the document would grow beyond all bounds.
    throw new ConfigProblem(`this is no YAML: ${(error as Error).message}`)
  }
}

/** Where the nearest thing on the way to the keys begins. */
function offsetOf(document: Document, keys: Keys): number {
  let node: unknown = document.contents
  let offset = 0
  for (const key of keys) {
    let at: unknown
    if (isMap(node)) {
      const pair = node.items.find(({ key: name }) => isScalar(name) && String(name.value) === String(key))
      at = pair?.key
      node = pair?.value
    } else if (isSeq(node)) {
      at = node.items[Number(key)]
      node = at
    }
    if (!isNode(at) || !at.range) break
    offset = at.range[0]
  }
  return offset
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=]([^}]*)|:([^}]*))?\}/g
/** Where `${name}` is a group of a regular expression rather than a variable, unless there is one of the name. */
const OWN_REFERENCES = new Set<unknown>(['replacement', 'replace', 'template', 'expression', 'regex'])

/**
 * Puts variables of the environment, and defaults of those that are not set, into the text, as Promtail does before it reads
 * it. What has neither stays: it may be a comment.
 */
function expanded(text: string, env: Environment): string {
  return text.replace(VARIABLE, (whole, name: string, dashed: string | undefined, plain: string | undefined) => {
    return env[name] || (dashed ?? plain ?? env[name] ?? whole)
  })
}

/** Refuses variables that are left. */
function checkExpanded(value: unknown, keys: Keys): void {
  if (typeof value === 'string') {
    const [, name] = OWN_REFERENCES.has(keys.at(-1)) ? [] : [...value.matchAll(VARIABLE)].flat()
    if (name !== undefined) {
      throw new ConfigProblem(`the environment has no variable ${name}: set it, or write \${${name}:default}`, keys)
    }
  } else if (Array.isArray(value)) for (const [index, item] of value.entries()) checkExpanded(item, [...keys, index])
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) checkExpanded(item, [...keys, name])
  }
}
