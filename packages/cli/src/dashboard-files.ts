import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dashboard, DashboardResponse } from '@girok/server/contract'
import { Failure } from './failure.ts'

/** A dashboard in a folder; its name says which dashboard of a server it is. */
export interface DashboardFile {
  /** From the folder on, with `/`. */
  readonly name: string
  /** 16 hex digits. */
  readonly id: string
}

/**
 * The dashboards of a folder and those below it, by name. `gpus.0123456789abcdef.json` is the dashboard with that id; a file
 * without an id in its name has one that is made of its name, so that it is the same dashboard each time, on every server.
 */
export async function dashboardFiles(folder: string): Promise<readonly DashboardFile[]> {
  let entries: import('node:fs').Dirent[]
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true })
  } catch (error) {
    throw new Failure(`cannot read the folder ${folder}: ${(error as Error).message}`)
  }
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json') && !entry.name.startsWith('.'))
    .map((entry) => {
      const name = join(entry.parentPath, entry.name).slice(folder.length).replaceAll('\\', '/').replace(/^\/+/, '')
      return { name, id: idIn(name) ?? createHash('sha256').update(name).digest('hex').slice(0, 16) }
    })
    .filter(({ name }) => !/(?:^|\/)\./.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function idIn(name: string): string | undefined {
  return /\.([0-9a-f]{16})\.json$/.exec(name)?.[1]
}

/** Reads JSON, with the name of the file in the error. */
export async function readJson(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${(error as Error).message}`)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure(`${path} is not JSON: ${(error as Error).message}`)
  }
}

/** Writes a dashboard into the folder, over the file that has its id or into a new one; the name, and whether it changed. */
export async function writeDashboard(
  folder: string,
  known: readonly DashboardFile[],
  { id, dashboard }: Pick<DashboardResponse, 'id' | 'dashboard'>,
): Promise<{ readonly name: string; readonly state: 'new' | 'changed' | 'unchanged' }> {
  const text = `${JSON.stringify(dashboard, undefined, 2)}\n`
  const old = known.find((file) => file.id === id)
  const name = old?.name ?? `${slugOf(dashboard.title)}.${id}.json`
  const path = join(folder, name)
  if (old !== undefined && sameJson(await readJson(path), dashboard)) return { name, state: 'unchanged' }
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(path, text)
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${(error as Error).message}`)
  }
  return { name, state: old === undefined ? 'new' : 'changed' }
}

/** Whether two values are the same JSON; the order of members does not count. */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b))
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return members.map(([name, member]) => [name, ordered(member)])
}

function slugOf(title: Dashboard['title']): string {
  const words = title
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
  return (
    words
      .filter((word) => word !== '')
      .join('-')
      .slice(0, 60) || 'dashboard'
  )
}
