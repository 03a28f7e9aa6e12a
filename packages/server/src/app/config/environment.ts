import type { ConfigSection } from './keys.ts'
import { isSection, keysOf } from './keys.ts'
import { findKey, type Setting, sectionGiven, unknownKey, valueOfText } from './setting.ts'

const PREFIX = 'GIROK_'

/** `maxAge`, `MAXAGE` and `MAX_AGE` mean the same key; so do `remote-write` and `REMOTE_WRITE`: names of variables have no hyphens. */
const plain = (name: string) => name.replaceAll(/[_-]/g, '').toLowerCase()
const same = (given: string, known: string) => plain(given) === plain(known)

/**
 * Settings from variables such as GIROK_SERVER__PORT: two underscores part the path, case and single underscores do not
 * matter. A variable without two underscores counts only when it names a key at the top (GIROK_DATADIR): Kubernetes sets
 * GIROK_PORT, GIROK_SERVICE_HOST … for every service named girok, and those must not stop a start.
 */
export function environmentSettings(
  env: Readonly<Record<string, string | undefined>>,
  tree: ConfigSection,
  problems: string[],
): Setting[] {
  const settings: Setting[] = []
  for (const [variable, value] of Object.entries(env)) {
    if (value === undefined || value === '' || !variable.startsWith(PREFIX)) continue
    const name = variable.slice(PREFIX.length)
    const parts = name.split('__')
    const found = findKey(tree, parts, same)
    const from = `environment ${variable}`
    if (found === undefined) {
      if (parts.length > 1) problems.push(unknownKey(tree, parts.join('.').toLowerCase(), from))
      else if (!/^\w+:\/\//.test(value)) {
        const meant = [...keysOf(tree)].find((key) => same(name, key.path.replaceAll('.', '')))
        if (meant) problems.push(`${variable} is not read; write ${variableOf(meant.path)} for ${meant.path}`)
      }
    } else if (found.node !== undefined && isSection(found.node)) {
      if (parts.length > 1) problems.push(sectionGiven(found.node, from))
    } else settings.push({ path: found.path, value: valueOfText(value, found.node), from })
  }
  return settings
}

/** The variable of a key: `server.basePath` → `GIROK_SERVER__BASEPATH`, `remote-write` → `REMOTE_WRITE`. */
export function variableOf(path: string): string {
  return PREFIX + path.replaceAll('.', '__').replaceAll('-', '_').toUpperCase()
}
