import { randomBytes } from 'node:crypto'
import type { Dashboard, DashboardOrigin } from '../model/dashboard.ts'
import { GirokError } from '../model/errors.ts'
import type { DocumentHead, DocumentStore, StoredDocument } from '../store/documents/document-store.ts'
import { checkDashboard } from './check.ts'
import type { DashboardFiles } from './files.ts'
import { queryFaults } from './query-faults.ts'
import type { Fault } from './shape.ts'

/** The dashboards of a tenant, wherever they come from: shipped with Girok, files, made here. */
export interface DashboardBook {
  /** By title. */
  list(tenant: string): Promise<readonly DashboardEntry[]>
  /** Rejects with `not_found`. */
  get(tenant: string, id: string): Promise<KeptDashboard>
  /** Rejects with `not_found`, also when the version is no longer kept. */
  version(tenant: string, id: string, version: number): Promise<KeptDashboard>
  /** Newest first; empty for what cannot be saved. Rejects with `not_found`. */
  versions(tenant: string, id: string): Promise<readonly DashboardVersion[]>
  /** Rejects with `bad_request` when it is no dashboard. */
  create(tenant: string, dashboard: unknown): Promise<KeptDashboard>
  /**
   * Takes the place of version `version`; 0 makes a dashboard with an id of the caller's, of 16 hex digits, where there is
   * none. Rejects with `bad_request`, `not_found`, `conflict`, and with `forbidden` for what is built in or a file.
   */
  replace(tenant: string, id: string, version: number, dashboard: unknown): Promise<KeptDashboard>
  /** Rejects as {@link replace}; any version without `version`. */
  remove(tenant: string, id: string, version: number | undefined): Promise<void>
}

export interface DashboardEntry {
  readonly id: string
  readonly title: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly origin: DashboardOrigin
  readonly panels: number
  readonly updatedMs?: number
}

export interface KeptDashboard {
  readonly id: string
  readonly origin: DashboardOrigin
  /** 0 for what cannot be saved. */
  readonly version: number
  readonly createdMs?: number
  readonly updatedMs?: number
  readonly file?: string
  readonly dashboard: Dashboard
  /** Of what was just saved: queries that cannot be parsed. They are kept as they are. */
  readonly warnings?: readonly Fault[]
}

export interface DashboardVersion {
  readonly version: number
  readonly atMs: number
  readonly title: string
}

const KIND = 'dashboard'
const STORED_ID = /^[0-9a-f]{16}$/

export function createDashboardBook(
  builtIn: Readonly<Record<string, Dashboard>>,
  files: Pick<DashboardFiles, 'get' | 'list'>,
  documents: DocumentStore,
): DashboardBook {
  /** What cannot be saved under this id. */
  function fixed(id: string): KeptDashboard | undefined {
    if (Object.hasOwn(builtIn, id)) {
      return { id, origin: 'built-in', version: 0, dashboard: builtIn[id] as Dashboard }
    }
    const found = files.get(id)
    if (found === undefined) return undefined
    const { file, updatedMs, dashboard } = found
    return { id, origin: 'file', version: 0, updatedMs, file, dashboard }
  }

  function refuseFixed(id: string): void {
    const found = fixed(id)
    if (found === undefined) return
    const where = found.origin === 'file' ? `is the file ${found.file}: change the file` : 'is built in'
    throw new GirokError('forbidden', `the dashboard ${JSON.stringify(id)} ${where}, or save a copy under a new id`)
  }

  async function save(tenant: string, id: string, given: unknown, after: number): Promise<KeptDashboard> {
    const dashboard = checkDashboard(given)
    const change = { id, name: dashboard.title, summary: summaryOf(dashboard), body: JSON.stringify(dashboard) }
    const { version, createdMs, updatedMs } = await documents.write(tenant, KIND, change, after)
    const warnings = queryFaults(dashboard)
    return { id, origin: 'stored', version, createdMs, updatedMs, dashboard, ...(warnings.length > 0 && { warnings }) }
  }

  return {
    async list(tenant) {
      const fixedOnes = [
        ...Object.entries(builtIn).map(([id, dashboard]) => entryOf(id, 'built-in', dashboard)),
        ...files.list().map(({ id, updatedMs, dashboard }) => ({ ...entryOf(id, 'file', dashboard), updatedMs })),
      ]
      const stored = (await documents.list(tenant, KIND)).map(storedEntry)
      return [...fixedOnes, ...stored].sort(byTitle)
    },

    async get(tenant, id) {
      const found = fixed(id) ?? keptOf(await documents.read(tenant, KIND, id))
      if (found === undefined) throw unknown(id)
      return found
    },

    async version(tenant, id, version) {
      const found = fixed(id) === undefined ? keptOf(await documents.read(tenant, KIND, id, version)) : undefined
      if (found !== undefined) return found
      throw new GirokError('not_found', `there is no version ${version} of a dashboard ${shown(id)}, or no longer`)
    },

    async versions(tenant, id) {
      if (fixed(id) !== undefined) return []
      const heads = await documents.versions(tenant, KIND, id)
      if (heads.length === 0) throw unknown(id)
      return heads.map(({ version, updatedMs, name }) => ({ version, atMs: updatedMs, title: name }))
    },

    create: (tenant, dashboard) => save(tenant, randomBytes(8).toString('hex'), dashboard, 0),

    async replace(tenant, id, version, dashboard) {
      refuseFixed(id)
      if (version === 0 && !STORED_ID.test(id)) {
        throw new GirokError('bad_request', `the id of a new dashboard is 16 hex digits, not ${shown(id)}`)
      }
      return await save(tenant, id, dashboard, version)
    },

    async remove(tenant, id, version) {
      refuseFixed(id)
      await documents.remove(tenant, KIND, id, version)
    },
  }
}

function entryOf(id: string, origin: DashboardOrigin, { title, description, tags, panels }: Dashboard): DashboardEntry {
  return {
    id,
    title,
    ...(description !== undefined && { description }),
    tags: tags ?? [],
    origin,
    panels: countPanels(panels),
  }
}

function storedEntry({ id, name, summary, updatedMs }: DocumentHead): DashboardEntry {
  const rest = JSON.parse(summary) as Pick<DashboardEntry, 'description' | 'tags' | 'panels'>
  return { id, title: name, ...rest, origin: 'stored', updatedMs }
}

function summaryOf({ description, tags, panels }: Dashboard): string {
  return JSON.stringify({ description, tags: tags ?? [], panels: countPanels(panels) })
}

/** Rows are headings. */
function countPanels(panels: Dashboard['panels']): number {
  return panels.filter(({ kind }) => kind !== 'row').length
}

function keptOf(document: StoredDocument | undefined): KeptDashboard | undefined {
  if (document === undefined) return undefined
  const { id, version, createdMs, updatedMs, body } = document
  return { id, origin: 'stored', version, createdMs, updatedMs, dashboard: JSON.parse(body) as Dashboard }
}

function byTitle(a: DashboardEntry, b: DashboardEntry): number {
  const [left, right] = [
    `${a.title.normalize('NFC').toLowerCase()}\0${a.id}`,
    `${b.title.normalize('NFC').toLowerCase()}\0${b.id}`,
  ]
  return left < right ? -1 : left > right ? 1 : 0
}

function unknown(id: string): GirokError {
  return new GirokError('not_found', `there is no dashboard ${shown(id)}`)
}

function shown(id: string): string {
  return JSON.stringify(id.slice(0, 100))
}
