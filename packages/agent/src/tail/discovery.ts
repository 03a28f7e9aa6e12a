import { type Dirent, readdirSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { type FileStat, faultCode, faultInWords, statPath } from './file-stat.ts'
import type { Glob, GlobStep } from './glob.ts'

/** Folders that one look at the patterns goes through at most. */
const MAX_FOLDERS = 20_000
/** Folders between two turns of the event loop. */
const FOLDERS_PER_TURN = 100
/** Of more folders than these changes are noticed only when all are read again. */
const MAX_CHECKED_FOLDERS = 2_000
/** Below, folders hold no logs but endless other things. */
const NEVER_WALKED = new Set(['/proc', '/sys', '/dev'])
/** A folder that was changed so shortly before it was read may change again without another time of change. */
const CLOCK_GRAIN_MS = 50

interface Folder {
  /** -1: there is none; NaN: it was changed a moment ago, so its list may be old. */
  readonly modifiedMs: number
  readonly entries: readonly Dirent[]
}

export interface DiscoveryOptions {
  readonly include: readonly Glob[]
  readonly exclude: readonly Glob[]
  /** Tells of a folder that cannot be read; the same one again each time. */
  readonly fault: (path: string, message: string) => void
}

/** Finds the paths that match patterns; looks again only into folders that changed. */
export class Discovery {
  readonly #options: DiscoveryOptions
  #folders = new Map<string, Folder>()
  #visited = new Map<string, Folder>()
  /** Paths without wildcards, and whether they were there: their folders need not be readable. */
  #named = new Map<string, boolean>()

  constructor(options: DiscoveryOptions) {
    this.#options = options
  }

  /** Whether a path is one that is looked for. */
  matches(path: string): boolean {
    const { include, exclude } = this.#options
    return include.some((glob) => glob.matches(path)) && !exclude.some((glob) => glob.matches(path))
  }

  /** Whether anything looked at has changed since the last `scan`, or has come or gone. */
  changed(): boolean {
    if (this.#folders.size > MAX_CHECKED_FOLDERS) return false
    for (const [path, folder] of this.#folders) {
      if ((this.#stat(path)?.modifiedMs ?? -1) !== folder.modifiedMs) return true
    }
    for (const [path, there] of this.#named) if ((this.#stat(path) !== undefined) !== there) return true
    return false
  }

  /** All paths that match, files and others. `fresh`: folders that seem unchanged are read as well. */
  async scan(fresh: boolean): Promise<Set<string>> {
    const found = new Set<string>()
    if (fresh) this.#folders = new Map()
    this.#visited = new Map()
    this.#named = new Map()
    for (const glob of this.#options.include) {
      for (const { base, steps } of glob.paths) await this.#walk(base, steps, 0, found)
    }
    this.#folders = this.#visited
    return found
  }

  async #walk(path: string, steps: readonly GlobStep[], depth: number, found: Set<string>): Promise<void> {
    const step = steps[depth]!
    if (depth > 0 && NEVER_WALKED.has(path)) return
    const last = depth === steps.length - 1
    if (step.kind === 'name' && typeof step.pattern === 'string') {
      const next = join(path, step.pattern)
      if (!last) return this.#walk(next, steps, depth + 1, found)
      const stat = this.#stat(next)
      this.#named.set(next, stat !== undefined)
      if (stat !== undefined && stat.kind !== 'folder') this.#take(next, found)
      return
    }
    if (step.kind === 'any depth' && !last) await this.#walk(path, steps, depth + 1, found)
    if (this.#visited.size % FOLDERS_PER_TURN === FOLDERS_PER_TURN - 1) await turn()
    for (const entry of this.#entries(path)) {
      const next = join(path, entry.name)
      if (step.kind === 'any depth') {
        // A symbolic link to a folder could lead round in a circle.
        if (entry.isDirectory()) await this.#walk(next, steps, depth, found)
        else if (last) this.#take(next, found)
      } else if ((step.pattern as RegExp).test(entry.name)) {
        if (!last) {
          if (entry.isDirectory() || entry.isSymbolicLink()) await this.#walk(next, steps, depth + 1, found)
        } else if (!entry.isDirectory()) this.#take(next, found)
      }
    }
  }

  #take(path: string, found: Set<string>): void {
    if (!this.#options.exclude.some((glob) => glob.matches(path))) found.add(path)
  }

  #entries(path: string): readonly Dirent[] {
    const visited = this.#visited.get(path)
    if (visited !== undefined) return visited.entries
    if (this.#visited.size >= MAX_FOLDERS) {
      this.#options.fault(path, `more than ${MAX_FOLDERS} folders match: name the folders more exactly`)
      return []
    }
    const stat = this.#stat(path)
    if (stat === undefined || stat.kind !== 'folder') {
      this.#visited.set(path, { modifiedMs: stat?.modifiedMs ?? -1, entries: [] })
      return []
    }
    const known = this.#folders.get(path)
    if (known?.modifiedMs === stat.modifiedMs) {
      this.#visited.set(path, known)
      return known.entries
    }
    const sure = Date.now() - stat.modifiedMs > CLOCK_GRAIN_MS
    let entries: readonly Dirent[] = []
    try {
      entries = readdirSync(path, { withFileTypes: true })
    } catch (error) {
      if (faultCode(error) !== 'ENOENT') this.#options.fault(path, `cannot be listed: ${faultInWords(error)}`)
    }
    this.#visited.set(path, { modifiedMs: sure ? stat.modifiedMs : Number.NaN, entries })
    return entries
  }

  #stat(path: string): FileStat | undefined {
    try {
      return statPath(path)
    } catch (error) {
      this.#options.fault(path, `cannot be read: ${faultInWords(error)}`)
      return undefined
    }
  }
}

function join(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}
