import type { ConfigSection } from './keys.ts'
import { isSection } from './keys.ts'
import { findKey, type Setting, sectionGiven, unknownKey, valueOfText } from './setting.ts'

/** A flag that stands for one key, such as --port. */
export interface Override {
  /** Dotted. */
  readonly key: string
  readonly value: string | number | boolean
  /** As typed, for errors. */
  readonly from: string
}

/** Settings of `--set key.path=value` texts and of flags with names of their own; the latter win. */
export function flagSettings(
  set: readonly string[],
  overrides: readonly Override[],
  tree: ConfigSection,
  problems: string[],
): Setting[] {
  const settings: Setting[] = []
  const add = (path: string, value: string | number | boolean, from: string) => {
    const found = findKey(tree, path.split('.'), (given, known) => given.toLowerCase() === known.toLowerCase())
    if (found === undefined) problems.push(unknownKey(tree, path, from))
    else if (found.node !== undefined && isSection(found.node)) problems.push(sectionGiven(found.node, from))
    else {
      const typed = typeof value === 'string' ? valueOfText(value, found.node) : value
      settings.push({ path: found.path, value: typed, from })
    }
  }
  for (const text of set) {
    const at = text.indexOf('=')
    if (at < 1) problems.push(`--set ${text}: write --set key.path=value`)
    else add(text.slice(0, at).trim(), text.slice(at + 1), '--set')
  }
  for (const { key, value, from } of overrides) add(key, value, from)
  return settings
}
