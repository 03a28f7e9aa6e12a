import { readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, extname, isAbsolute, join } from 'node:path'
import { parse } from 'yaml'
import { ConfigProblem } from '../model/problem.ts'
import type { Relabel } from '../scrape/relabel.ts'
import { Fields } from '../scrape/settings/fields.ts'
import { fits } from '../scrape/target-files.ts'
import type { Notes } from './notes.ts'

/** Files that are read under the same labels. */
export interface FileTarget {
  readonly path: string
  readonly exclude: string | undefined
  readonly labels: Readonly<Record<string, string>>
}

/** Reads `static_configs` and the files of `file_sd_configs`; relabelling is done here, once for each target. */
export function readTargets(config: Fields, folder: string, relabel: Relabel, notes: Notes): readonly FileTarget[] {
  const groups = config.items('static_configs').map((group) => readGroup(group))
  for (const discovery of config.items('file_sd_configs')) {
    for (const file of discoveredFiles(discovery, folder, notes)) groups.push(...readGroupFile(file, discovery))
  }
  return groups.flatMap((labels) => {
    const target = targetOf(labels, relabel, notes, config)
    return target === undefined ? [] : [target]
  })
}

function readGroup(group: Fields): ReadonlyMap<string, string> {
  // Promtail reads only files of its own machine, so that targets say nothing.
  const [address = 'localhost'] = group.texts('targets')
  const labels = new Map([['__address__', address], ...group.labels('labels')])
  group.end()
  return labels
}

function targetOf(
  labels: ReadonlyMap<string, string>,
  relabel: Relabel,
  notes: Notes,
  config: Fields,
): FileTarget | undefined {
  const host = labels.get('__host__')
  if (host !== undefined && host !== hostname()) {
    notes.add(
      `${config.pathOf('static_configs')}: a target is left out, because its __host__ is ${host} and this machine ${hostname()}`,
    )
    return undefined
  }
  const left = relabel(labels)
  if (left === undefined) {
    notes.add(`${config.pathOf('relabel_configs')} drop the target of ${labels.get('__path__') ?? 'no __path__'}`)
    return undefined
  }
  const path = left.get('__path__')
  if (path === undefined)
    return config.fail(
      'static_configs',
      'a target has no label __path__: give the files to read, such as /var/log/*.log',
    )
  const own = [...left].filter(([name]) => !name.startsWith('__'))
  return { path, exclude: left.get('__path_exclude__'), labels: Object.fromEntries(own) }
}

function discoveredFiles(discovery: Fields, folder: string, notes: Notes): string[] {
  const patterns = discovery.texts('files')
  if (patterns.length === 0) discovery.fail('files', 'name at least one file, such as targets/*.yml')
  const files = patterns.flatMap((pattern) => {
    const path = isAbsolute(pattern) ? pattern : join(folder, pattern)
    if (!['.json', '.yml', '.yaml'].includes(extname(path).toLowerCase()))
      discovery.fail('files', `${JSON.stringify(pattern)} has to end in .json, .yml or .yaml`)
    const found = filesOf(path)
    if (found.length === 0) notes.add(`${discovery.pathOf('files')}: there is no file ${path}`)
    return found
  })
  notes.ignore(
    discovery,
    ['refresh_interval'],
    'files of targets are read when the agent starts, and when its configuration is read again',
  )
  discovery.end()
  return files
}

function filesOf(path: string): string[] {
  try {
    const folder = dirname(path)
    return readdirSync(folder)
      .filter((name) => fits(basename(path), name))
      .sort()
      .map((name) => join(folder, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new ConfigProblem(`cannot read the folder of ${path}: ${(error as Error).message}`)
  }
}

function readGroupFile(path: string, discovery: Fields): ReadonlyMap<string, string>[] {
  const keys = [...discovery.keys, 'files']
  try {
    const text = readFileSync(path, 'utf8')
    const groups: unknown =
      (extname(path).toLowerCase() === '.json' ? JSON.parse(text) : parse(text, { merge: true })) ?? []
    const fields = new Fields({ groups }, [])
    return fields.items('groups').map((group) => new Map([...readGroup(group), ['__meta_filepath', path]]))
  } catch (error) {
    throw new ConfigProblem(`${discovery.pathOf('files')}: ${path}: ${(error as Error).message}`, keys)
  }
}
