import { readdir, readFile, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Dashboard } from '../model/dashboard.ts'
import { GirokError } from '../model/errors.ts'
import { checkDashboard } from './check.ts'
import { importGrafana, looksLikeGrafana } from './grafana/import.ts'

/** Dashboards of a folder of JSON files, as they stand there now. */
export interface DashboardFiles {
  list(): readonly FileDashboard[]
  get(id: string): FileDashboard | undefined
  /** Files that are no dashboards, with what is wrong, by name. */
  faults(): readonly FileFault[]
  stop(): Promise<void>
}

export interface FileDashboard {
  /** The name of the file without `.json`; what cannot stand in an address is a hyphen. */
  readonly id: string
  /** From the folder on, with `/`. */
  readonly file: string
  readonly updatedMs: number
  readonly dashboard: Dashboard
}

export interface FileFault {
  readonly file: string
  readonly message: string
}

export interface DashboardFilesOptions {
  /** Undefined: there are none. */
  readonly path: string | undefined
  /** Ids that are taken. */
  readonly reserved: Iterable<string>
  /** Between two looks. */
  readonly intervalMs?: number
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void
}

const MOST_FILES = 2_000
const LONGEST_FILE = 16 * 2 ** 20
/** Folders below one another. */
const DEEPEST = 8

/**
 * Reads the folder and looks again every two seconds: names, sizes and times of files are cheap to ask for, and work on
 * every file system; only what has changed is read. A file with a fault keeps the dashboard that it last held. Folders
 * below are tags of their dashboards. Resolves after the first look; a folder that is not there is a fault, not an error.
 */
export async function openDashboardFiles(options: DashboardFilesOptions): Promise<DashboardFiles> {
  const { path, intervalMs = 2_000 } = options
  if (path === undefined) {
    return { list: () => [], get: () => undefined, faults: () => [], stop: async () => undefined }
  }
  let seen: ReadonlyMap<string, Seen> = new Map()
  let shown = arrange(seen, [], options.reserved)
  let told = ''

  async function look(folder: string): Promise<void> {
    const faults: FileFault[] = []
    const next = new Map<string, Seen>()
    for (const file of await jsonFiles(folder, faults)) {
      const known = seen.get(file)
      next.set(file, await readOne(folder, file, known))
    }
    seen = next
    shown = arrange(next, faults, options.reserved)
    const now = JSON.stringify(shown.faults)
    if (now !== told && shown.faults.length > 0)
      options.log('files of dashboards have faults', { faults: shown.faults })
    told = now
  }

  let looking = look(path)
  await looking
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const wait = (): void => {
    timer = setTimeout(() => {
      looking = look(path)
        .catch((error: unknown) => options.log('the files of dashboards could not be read', { error }))
        .finally(() => {
          if (!stopped) wait()
        })
    }, intervalMs).unref()
  }
  wait()

  return {
    list: () => [...shown.dashboards.values()],
    get: (id) => shown.dashboards.get(id),
    faults: () => shown.faults,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await looking
    },
  }
}

/** A file as it was last read. */
interface Seen {
  readonly mark: string
  readonly updatedMs: number
  readonly dashboard: Dashboard | undefined
  readonly fault: string | undefined
}

/** Names of the JSON files below a folder, with `/`, in order. */
async function jsonFiles(folder: string, faults: FileFault[]): Promise<string[]> {
  const found: string[] = []
  async function walk(below: string, depth: number): Promise<void> {
    let entries: import('node:fs').Dirent[]
    try {
      entries = await readdir(join(folder, below), { withFileTypes: true })
    } catch (error) {
      faults.push({ file: below === '' ? folder : below, message: `cannot be read: ${(error as Error).message}` })
      return
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue
      const name = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory() && depth < DEEPEST) await walk(name, depth + 1)
      else if (!entry.isDirectory() && entry.name.endsWith('.json')) found.push(name)
    }
  }
  await walk('', 0)
  if (found.length > MOST_FILES) {
    faults.push({
      file: folder,
      message: `holds ${found.length} files, of which the first ${MOST_FILES} are read: put others in another place`,
    })
  }
  return found.slice(0, MOST_FILES)
}

async function readOne(folder: string, file: string, known: Seen | undefined): Promise<Seen> {
  const path = join(folder, ...file.split('/')).replaceAll('/', sep)
  let mark = ''
  let updatedMs = 0
  try {
    const { size, mtimeMs, ino } = await stat(path)
    mark = `${size} ${mtimeMs} ${ino}`
    updatedMs = Math.floor(mtimeMs)
    if (known?.mark === mark) return known
    if (size > LONGEST_FILE) throw new GirokError('bad_request', `has ${size} bytes, at most ${LONGEST_FILE} are read`)
    const dashboard = dashboardOfText(await readFile(path, 'utf8'))
    return { mark, updatedMs, dashboard: withTags(dashboard, file.split('/').slice(0, -1)), fault: undefined }
  } catch (error) {
    // The last good content stays: a file that is being written is whole again at the next look.
    const kept = { updatedMs: known?.updatedMs ?? updatedMs, dashboard: known?.dashboard }
    return { mark, ...kept, fault: (error as Error).message }
  }
}

/** The text of a file: a dashboard of ours, or one of Grafana. Throws a GirokError. */
function dashboardOfText(text: string): Dashboard {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (cause) {
    throw new GirokError('bad_request', `this is not JSON: ${(cause as Error).message}`, { cause })
  }
  return looksLikeGrafana(given) ? importGrafana(given).dashboard : checkDashboard(given)
}

function withTags(dashboard: Dashboard, folders: readonly string[]): Dashboard {
  if (folders.length === 0) return dashboard
  return { ...dashboard, tags: [...new Set([...(dashboard.tags ?? []), ...folders])] }
}

function arrange(
  seen: ReadonlyMap<string, Seen>,
  others: readonly FileFault[],
  reserved: Iterable<string>,
): { readonly dashboards: ReadonlyMap<string, FileDashboard>; readonly faults: readonly FileFault[] } {
  const taken = new Set(reserved)
  const dashboards = new Map<string, FileDashboard>()
  const faults = [...others]
  for (const [file, { dashboard, updatedMs, fault }] of seen) {
    if (fault !== undefined) faults.push({ file, message: fault })
    if (dashboard === undefined) continue
    const id = idOf(file)
    const other = dashboards.get(id)
    if (taken.has(id) || other !== undefined) {
      const who = other === undefined ? 'a built-in dashboard' : `the file ${other.file}`
      faults.push({ file, message: `its id ${id} is that of ${who}: give the file another name` })
      continue
    }
    dashboards.set(id, { id, file, updatedMs, dashboard })
  }
  return { dashboards, faults }
}

function idOf(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1, -'.json'.length)
  const id = name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .slice(0, 100)
  return id === '' || /^\.+$/.test(id) ? 'dashboard' : id
}
