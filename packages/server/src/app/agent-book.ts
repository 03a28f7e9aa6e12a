import { readFileSync } from 'node:fs'
import { type AgentBook, type AgentReport, keptReportOf, type ListedAgent } from '../api/index.ts'
import { GirokError } from '../model/errors.ts'
import { checkTenant } from '../model/tenant.ts'
import { replaceFile } from './replace-file.ts'

/** Bounds of what is held, and written whole. Sizes are in characters of JSON. */
export interface AgentLimits {
  readonly perTenant: number
  readonly tenantSize: number
  /** Over all tenants: where there are no tokens, anyone can name a new one. */
  readonly totalSize: number
}

export interface AgentBookOptions {
  /** Of the file that keeps the reports over a restart. */
  readonly path: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: (level: 'warning' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void
  readonly limits?: AgentLimits
  /** Shortest time between two writes of the file. */
  readonly writeEveryMs?: number
}

/** A book that is kept on the disk. */
export interface OpenAgentBook extends AgentBook {
  /** Writes what is not written yet. */
  close(): Promise<void>
}

const LIMITS: AgentLimits = { perTenant: 1_000, tenantSize: 16 * 1024 * 1024, totalSize: 32 * 1024 * 1024 }
const WRITE_EVERY_MS = 10_000
const SILENT_AFTER_INTERVALS = 3

interface Entry {
  readonly tenant: string
  readonly id: string
  readonly intervalMs: number
  readonly lastSeenMs: number
  /** The report as JSON: a tenth of what the objects would take, and what is written as it stands. */
  readonly text: string
}

/** Agents of one tenant, those first that were not heard of for longest. */
interface Shelf {
  readonly entries: Map<string, Entry>
  size: number
}

/**
 * Opens the book of agents. A file that is damaged is told in the log and costs the agents that are silent: the others
 * report again. So does a fault of writing, which is tried again.
 */
export function openAgentBook(options: AgentBookOptions): OpenAgentBook {
  const { path, now, log, limits = LIMITS, writeEveryMs = WRITE_EVERY_MS } = options
  const shelves = new Map<string, Shelf>()
  let totalSize = 0
  let timer: NodeJS.Timeout | undefined
  let changed = false
  let faulty = false
  let writing: Promise<void> = Promise.resolve()

  function put(entry: Entry): void {
    take(entry.tenant, entry.id)
    const shelf = shelves.get(entry.tenant) ?? { entries: new Map<string, Entry>(), size: 0 }
    shelves.set(entry.tenant, shelf)
    shelf.entries.set(entry.id, entry)
    shelf.size += entry.text.length
    totalSize += entry.text.length
    while (shelf.entries.size > limits.perTenant || shelf.size > limits.tenantSize) takeOldest([shelf])
    while (totalSize > limits.totalSize) takeOldest(shelves.values())
  }

  function take(tenant: string, id: string): void {
    const shelf = shelves.get(tenant)
    const entry = shelf?.entries.get(id)
    if (shelf === undefined || entry === undefined) return
    shelf.entries.delete(id)
    shelf.size -= entry.text.length
    totalSize -= entry.text.length
    if (shelf.entries.size === 0) shelves.delete(tenant)
  }

  function takeOldest(among: Iterable<Shelf>): void {
    let oldest: Entry | undefined
    for (const { entries } of among) {
      const [first] = entries.values()
      if (first !== undefined && first.lastSeenMs < (oldest?.lastSeenMs ?? Number.POSITIVE_INFINITY)) oldest = first
    }
    if (oldest !== undefined) take(oldest.tenant, oldest.id)
  }

  const stateOf = ({ lastSeenMs, intervalMs }: Entry): ListedAgent['state'] =>
    now() - lastSeenMs > SILENT_AFTER_INTERVALS * intervalMs ? 'silent' : 'connected'

  function noteChange(): void {
    changed = true
    timer ??= setTimeout(() => {
      timer = undefined
      void write()
    }, writeEveryMs).unref()
  }

  function write(): Promise<void> {
    writing = writing.then(async () => {
      if (!changed) return
      changed = false
      try {
        await replaceFile(path, fileText(shelves.values()))
        faulty = false
      } catch (error) {
        if (!faulty) log('error', `agents could not be written: ${(error as Error).message}`, { path })
        faulty = true
        noteChange()
      }
    })
    return writing
  }

  // A clock that was ahead must not keep agents connected until it is right.
  for (const entry of readEntries(path, log)) put({ ...entry, lastSeenMs: Math.min(entry.lastSeenMs, now()) })

  return {
    report(tenant, report) {
      put({ tenant, ...entryOf(report), lastSeenMs: now() })
      noteChange()
    },
    list(tenant) {
      const entries = [...(shelves.get(tenant)?.entries.values() ?? [])]
      return entries
        .map((entry) => ({
          ...(JSON.parse(entry.text) as AgentReport),
          lastSeenMs: entry.lastSeenMs,
          state: stateOf(entry),
        }))
        .sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id))
    },
    forget(tenant, id) {
      const entry = shelves.get(tenant)?.entries.get(id)
      if (entry === undefined)
        throw new GirokError('not_found', `there is no agent ${JSON.stringify(id.slice(0, 128))}`)
      if (stateOf(entry) === 'connected') {
        throw new GirokError('conflict', `the agent ${id} is connected: stop it first, or it would be back at once`)
      }
      take(tenant, id)
      noteChange()
    },
    async close() {
      clearTimeout(timer)
      await write()
      // A fault has set it again.
      clearTimeout(timer)
    },
  }
}

function entryOf(report: AgentReport): Pick<Entry, 'id' | 'intervalMs' | 'text'> {
  return { id: report.id, intervalMs: report.intervalMs, text: JSON.stringify(report) }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** `{"agents": [{"tenant", "lastSeenMs", "report"}]}` */
function fileText(shelves: Iterable<Shelf>): string {
  const agents = [...shelves].flatMap(({ entries }) =>
    [...entries.values()].map(
      ({ tenant, lastSeenMs, text }) =>
        `{"tenant":${JSON.stringify(tenant)},"lastSeenMs":${lastSeenMs},"report":${text}}`,
    ),
  )
  return `{"agents":[${agents.join(',\n')}]}\n`
}

/** Oldest first. An entry that is none is left out. */
function readEntries(path: string, log: AgentBookOptions['log']): Entry[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') tellLost((error as Error).message)
    return []
  }
  let agents: unknown
  try {
    agents = (JSON.parse(text) as { readonly agents?: unknown } | null)?.agents
  } catch {
    agents = undefined
  }
  if (!Array.isArray(agents)) {
    tellLost('it is damaged')
    return []
  }
  const entries = agents.flatMap(keptEntryOf).sort((a, b) => a.lastSeenMs - b.lastSeenMs)
  if (entries.length < agents.length) tellLost(`${agents.length - entries.length} of its entries are damaged`)
  return entries

  function tellLost(why: string): void {
    log('warning', `${path} cannot be read, ${why}: agents that are silent now may not be listed`, { path })
  }
}

function keptEntryOf(value: unknown): Entry[] {
  const { tenant, lastSeenMs, report } = (value ?? {}) as Readonly<Record<string, unknown>>
  const kept = keptReportOf(report)
  if (kept === undefined || typeof tenant !== 'string' || !Number.isFinite(lastSeenMs)) return []
  try {
    return [{ tenant: checkTenant(tenant), lastSeenMs: lastSeenMs as number, ...entryOf(kept) }]
  } catch {
    return []
  }
}
