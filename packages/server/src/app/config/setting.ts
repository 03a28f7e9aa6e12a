import { nearestPath } from '@girok/query/settings'
import { parse } from 'yaml'
import type { ConfigKey, ConfigSection } from './keys.ts'
import { isSection, keysOf } from './keys.ts'

/** A value for one key and where it came from, in words for errors: `girok.yaml:12`, `GIROK_SERVER__PORT`, `--port`. */
export interface Setting {
  readonly path: readonly string[]
  readonly value: unknown
  readonly from: string
}

export type Found = { readonly path: readonly string[]; readonly node: ConfigKey | ConfigSection | undefined }

/**
 * Finds a path in the tree. `same` says when a given part means a known name. The path found has the known spelling;
 * `node` is undefined below an open section, where any name is good. Undefined when there is no such key.
 */
export function findKey(
  tree: ConfigSection,
  parts: readonly string[],
  same: (given: string, known: string) => boolean,
): Found | undefined {
  const path: string[] = []
  let node: ConfigKey | ConfigSection = tree
  for (const part of parts) {
    if (!isSection(node)) return undefined
    if (node.open) return { path: [...path, ...parts.slice(path.length)], node: undefined }
    const name: string | undefined = [...node.children.keys()].find((known) => same(part, known))
    if (name === undefined) return undefined
    path.push(name)
    node = node.children.get(name) as ConfigKey | ConfigSection
  }
  return { path, node }
}

/** The sentence for a key that does not exist. */
export function unknownKey(tree: ConfigSection, path: string, from: string): string {
  const sections = new Set<string>()
  const keys = [...keysOf(tree)].map((key) => key.path)
  for (const key of keys)
    for (let at = key.indexOf('.'); at > 0; at = key.indexOf('.', at + 1)) sections.add(key.slice(0, at))
  const near = nearestPath(path, [...keys, ...sections])
  return `unknown key ${path} (${from})${near === undefined ? '; docs/configuration.md lists all keys' : `; did you mean ${near}?`}`
}

/** The sentence for a value where only a group of keys can stand. */
export function sectionGiven(section: ConfigSection, from: string): string {
  const names = [...section.children.keys()]
  return `${section.path} is a group of keys, not a value (${from}); it has ${names.join(', ')}`
}

const TRUE = new Set(['true', 'yes', 'on', '1'])
const FALSE = new Set(['false', 'no', 'off', '0'])

/** Reads the text of an environment variable or flag as what the key holds; text that does not fit stays text. */
export function valueOfText(text: string, key: ConfigKey | undefined): unknown {
  switch (key?.kind) {
    case 'text':
    case 'choice':
    case 'bytes':
    case 'duration':
      return text
    case 'count':
      return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text
    case 'flag': {
      const word = text.trim().toLowerCase()
      return TRUE.has(word) ? true : FALSE.has(word) ? false : text
    }
    case 'list':
      if (text.trim().startsWith('[')) return yamlOf(text)
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    default:
      return yamlOf(text)
  }
}

function yamlOf(text: string): unknown {
  try {
    return parse(text)
  } catch {
    // Not YAML: then it is what it looks like, text, and the schema of the key has the last word.
    return text
  }
}
