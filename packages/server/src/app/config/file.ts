import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { isAlias, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { ConfigKey, ConfigSection } from './keys.ts'
import { isSection } from './keys.ts'
import { ConfigError } from './problem.ts'
import { type Setting, sectionGiven, unknownKey } from './setting.ts'

/** Looked for in the working directory when no file is named. */
export const DEFAULT_FILE = 'girok.yaml'

/**
 * Reads the settings of a configuration file; faults of single keys go to `problems`.
 * @throws ConfigError when the file cannot be read or is not YAML
 */
export function readConfigFile(
  file: string | undefined,
  cwd: string,
  tree: ConfigSection,
  problems: string[],
): Setting[] {
  const path = resolve(cwd, file ?? DEFAULT_FILE)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' && file === undefined) return []
    throw new ConfigError([
      `cannot read the configuration file ${path}: ${code === 'ENOENT' ? 'no such file' : (error as Error).message}`,
    ])
  }
  return settingsOf(text, basename(path), tree, problems)
}

/** The settings that a YAML text holds. `name` stands in errors, with the line. */
export function settingsOf(text: string, name: string, tree: ConfigSection, problems: string[]): Setting[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const fault = document.errors[0]
  if (fault) {
    const { line, col } = lines.linePos(fault.pos[0])
    throw new ConfigError([`${name}:${line}:${col}: not valid YAML: ${fault.message}`])
  }
  const settings: Setting[] = []
  const at = (node: Node | null | undefined) => `${name}:${node?.range ? lines.linePos(node.range[0]).line : 1}`

  const walk = (given: Node | null, section: ConfigSection, path: readonly string[], from: string): void => {
    const node = isAlias(given) ? (given.resolve(document) ?? null) : given
    if (node === null || (isScalar(node) && node.value === null)) return
    if (!isMap(node)) {
      problems.push(section.path === '' ? `${from}: a configuration is a map of keys` : sectionGiven(section, from))
      return
    }
    for (const pair of node.items) {
      const keyNode = pair.key as Node | null
      const key = isScalar(keyNode) ? String(keyNode.value) : '?'
      const here = [...path, key]
      const where = at(keyNode)
      const child: ConfigKey | ConfigSection | undefined = section.children.get(key)
      const value = pair.value as Node | null
      if (child !== undefined && isSection(child) && !child.open) walk(value, child, here, where)
      else if (child === undefined && !section.open) problems.push(unknownKey(tree, here.join('.'), where))
      else {
        const plain: unknown = value?.toJS(document) ?? null
        if (plain !== null) settings.push({ path: here, value: plain, from: where })
      }
    }
  }
  walk(document.contents as Node | null, tree, [], `${name}:1`)
  return settings
}
