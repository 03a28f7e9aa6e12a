import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { parse } from 'yaml'
import { readGroups, type TargetGroup } from './settings/discovery.ts'

/** Label that tells the file a target was read from. */
const FILE_LABEL = '__meta_filepath'

export interface FoundFile {
  readonly path: string
  /** Differs when the file was changed or replaced. */
  readonly state: string
}

/** Files that a path with `*` and `?` in its last part names, in order; one that does not exist is none. */
export async function filesOf(pattern: string): Promise<FoundFile[]> {
  const name = basename(pattern)
  const folder = dirname(pattern)
  const names = /[*?]/.test(name) ? (await entriesOf(folder)).filter((entry) => fits(name, entry)).sort() : [name]
  const found: FoundFile[] = []
  for (const path of names.map((entry) => join(folder, entry))) {
    const stats = await stat(path).catch(absent)
    if (stats?.isFile()) found.push({ path, state: `${stats.ino} ${stats.size} ${stats.mtimeMs}` })
  }
  return found
}

async function entriesOf(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(absent)) ?? []
}

/** What does not exist is no fault: it may be written later. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

/** Whether a name fits a pattern of `*` and `?`; linear for each star. */
export function fits(pattern: string, name: string): boolean {
  let p = 0
  let n = 0
  let star = -1
  let from = 0
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++
      from = n
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p++
      n++
    } else if (star >= 0) {
      p = star + 1
      n = ++from
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/**
 * Target groups of a file of `file_sd_configs`: a list in JSON or YAML.
 * @throws Error that names the file
 */
export async function readTargetFile(path: string): Promise<TargetGroup[]> {
  try {
    const text = await readFile(path, 'utf8')
    const value: unknown = extname(path).toLowerCase() === '.json' ? JSON.parse(text) : parse(text, { merge: true })
    return readGroups(value ?? [], []).map(({ targets, labels }) => ({
      targets,
      labels: new Map([...labels, [FILE_LABEL, path]]),
    }))
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
  }
}
