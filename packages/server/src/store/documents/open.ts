import { randomBytes } from 'node:crypto'
import { GirokError } from '../../model/errors.ts'
import type { Driver } from '../driver.ts'
import { sqlString } from '../literal.ts'
import { textCell } from '../tab-cell.ts'
import {
  type DocumentChange,
  type DocumentHead,
  type DocumentStore,
  KEPT_VERSIONS,
  LONGEST_DOCUMENT,
  MOST_DOCUMENTS,
  type StoredDocument,
} from './document-store.ts'
import { DOCUMENTS, DOCUMENTS_COLUMNS } from './schema.ts'

const TIMEOUT_MS = 30_000
/** Versions past those that are kept which may gather before they are deleted: a deletion costs more than a row. */
const SPARE_VERSIONS = 20
/** How often a change of whatever is there is tried again when others were quicker. */
const MOST_TRIES = 10
/** Documents that one statement removes, by their ids in its text. */
const MOST_AT_ONCE = 1_000

/**
 * The documents of a store whose tables exist. Nothing is held in memory: a read is a statement of a few milliseconds over
 * a table of a few parts, and what another process on the same engine has changed is seen at once.
 *
 * Two processes may write the same version at the same moment. The engine stores inserts with equal tokens once, and the
 * token is the document and its version: so one row stands, and its mark says whose it is.
 */
export function openDocumentStore(driver: Driver, now: () => number = Date.now): DocumentStore {
  /** Documents by tenant and kind that may be made before they are counted again. */
  const room = new Map<string, number>()

  async function select(columns: readonly string[], where: string, rest = ''): Promise<string[][]> {
    const sql = `SELECT ${columns.join(', ')} FROM ${DOCUMENTS} WHERE ${where} ${rest}`
    const bytes = await driver.query(sql, 'JSONCompactEachRow', { lane: 'interactive', timeoutMs: TIMEOUT_MS })
    return bytes
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as string[])
  }

  /** The newest row of a document, removed ones included. */
  async function newest(tenant: string, kind: string, id: string): Promise<Newest | undefined> {
    const [row] = await select(['version', 'created', 'removed', 'name'], whereId(tenant, kind, id), NEWEST)
    if (row === undefined) return undefined
    const [version, created, removed, name = ''] = row
    return { version: Number(version), createdMs: Number(created), removed: Number(removed) === 1, name }
  }

  /** Stores a row; false when another process has stored that version. */
  async function store(tenant: string, kind: string, row: Row): Promise<boolean> {
    const mark = randomBytes(8).toString('hex')
    const { id, version } = row
    await driver.insert(DOCUMENTS, DOCUMENTS_COLUMNS, Buffer.from(lineOf(tenant, kind, row, mark)), {
      token: `document ${JSON.stringify([tenant, kind, id, version])}`,
    })
    const [stored] = await select(['mark'], `${whereId(tenant, kind, id)} AND version = ${version}`)
    return stored?.[0] === mark
  }

  async function forgetVersions(tenant: string, kind: string, ids: readonly string[], before: number): Promise<void> {
    await driver.command(
      `DELETE FROM ${DOCUMENTS} WHERE ${whereKind(tenant, kind)} AND ${whereAny(ids)} AND version < ${before} ` +
        'SETTINGS lightweight_deletes_sync = 0',
    )
  }

  /**
   * Counting reads all rows: it is done again when a tenth of the room that was found is filled from here. Other processes
   * may fill some of it too, so that there may be a few documents more than that.
   */
  async function refuseTooMany(tenant: string, kind: string): Promise<void> {
    const key = JSON.stringify([tenant, kind])
    const uncounted = room.get(key) ?? 0
    if (uncounted > 0) {
      room.set(key, uncounted - 1)
      return
    }
    const [row] = await select(['uniqExact(id) - uniqExactIf(id, removed = 1)'], whereKind(tenant, kind))
    const left = MOST_DOCUMENTS - Number(row?.[0] ?? 0)
    room.set(key, Math.floor(left / 10))
    if (left > 0) return
    throw new GirokError('limit_exceeded', `there are ${MOST_DOCUMENTS} ${kind}s already: delete one to make room`)
  }

  /** Undefined where another process was quicker. */
  async function tryWrite(
    tenant: string,
    kind: string,
    change: DocumentChange,
    after: number | undefined,
  ): Promise<DocumentHead | undefined> {
    const last = await newest(tenant, kind, change.id)
    const isThere = last !== undefined && !last.removed
    if (after === 0 && isThere) {
      throw new GirokError(
        'conflict',
        `there is a ${kind} ${shown(change.id)} already, at version ${last.version}: read it, and send that version`,
      )
    }
    if (after !== undefined && after > 0) refuseOther(kind, change.id, last, after)
    if (!isThere) await refuseTooMany(tenant, kind)
    const [version, atMs] = [(last?.version ?? 0) + 1, now()]
    const createdMs = isThere ? last.createdMs : atMs
    if (!(await store(tenant, kind, { ...change, createdMs, atMs, removed: false, version }))) return undefined
    if (version > KEPT_VERSIONS && version % SPARE_VERSIONS === 0) {
      await forgetVersions(tenant, kind, [change.id], version - KEPT_VERSIONS + 1)
    }
    const { id, name, summary } = change
    return { id, version, name, summary, createdMs, updatedMs: atMs }
  }

  return {
    async list(tenant, kind, ids) {
      if (ids?.length === 0) return []
      const latest = (column: string): string => `argMax(${column}, version)`
      const columns = ['id', 'max(version)', ...['name', 'summary', 'created', 'at'].map(latest)]
      const wanted = ids === undefined ? '' : ` AND ${whereAny(ids)}`
      return (await select(columns, whereKind(tenant, kind) + wanted, `${LIVING} ORDER BY id`)).map(headOf)
    },

    async newestVersions(tenant, kind) {
      const rows = await select(['id', 'max(version)'], whereKind(tenant, kind), LIVING)
      return new Map(rows.map(([id = '', version]) => [id, Number(version)]))
    },

    async read(tenant, kind, id, version) {
      const last = await newest(tenant, kind, id)
      if (last === undefined || last.removed) return undefined
      const wanted = version ?? last.version
      if (!isKept(wanted, last.version)) return undefined
      // A document that was made anew after it was removed has none of the versions it had before.
      const sameLife = `version = ${wanted} AND created = ${last.createdMs} AND removed = 0`
      const [row] = await select([...HEAD, 'body'], `${whereId(tenant, kind, id)} AND ${sameLife}`)
      if (row === undefined) return undefined
      return { ...headOf(row), body: row[HEAD.length] ?? '' } satisfies StoredDocument
    },

    async versions(tenant, kind, id) {
      const last = await newest(tenant, kind, id)
      if (last === undefined || last.removed) return []
      const sameLife = `created = ${last.createdMs} AND removed = 0`
      const rows = await select(HEAD, `${whereId(tenant, kind, id)} AND ${sameLife}`, 'ORDER BY version DESC')
      return rows.map(headOf).filter(({ version }) => isKept(version, last.version))
    },

    async write(tenant, kind, change, after) {
      refuseLarge(kind, change)
      for (let tries = 0; tries < (after === undefined ? MOST_TRIES : 1); tries++) {
        const head = await tryWrite(tenant, kind, change, after)
        if (head !== undefined) return head
      }
      throw overtaken(kind, change.id)
    },

    async remove(tenant, kind, id, version) {
      const last = await newest(tenant, kind, id)
      const { createdMs, name, version: current } = refuseOther(kind, id, last, version)
      const row = { id, name, summary: '', body: '', createdMs, atMs: now(), removed: true, version: current + 1 }
      if (!(await store(tenant, kind, row))) throw overtaken(kind, id)
      await forgetVersions(tenant, kind, [id], row.version)
    },

    async removeAll(tenant, kind, ids) {
      for (let at = 0; at < ids.length; at += MOST_AT_ONCE) {
        await removeSome(tenant, kind, ids.slice(at, at + MOST_AT_ONCE))
      }
    },
  }

  async function removeSome(tenant: string, kind: string, ids: readonly string[]): Promise<void> {
    const where = `${whereKind(tenant, kind)} AND ${whereAny(ids)}`
    const columns = ['id', 'max(version)', 'argMax(name, version)', 'argMax(created, version)']
    const rows = (await select(columns, where, LIVING)).map(([id = '', version, name = '', created]): Row => {
      const next = Number(version) + 1
      return { id, name, summary: '', body: '', createdMs: Number(created), atMs: now(), removed: true, version: next }
    })
    if (rows.length === 0) return
    const mark = randomBytes(8).toString('hex')
    const lines = rows.map((row) => lineOf(tenant, kind, row, mark)).join('')
    await driver.insert(DOCUMENTS, DOCUMENTS_COLUMNS, Buffer.from(lines), { token: `documents ${mark}` })
    // Rows of one insert have no tokens of their own: where another process wrote such a version too, the next one ends it.
    const stored = await select(['id', 'version'], `${where} AND mark != ${sqlString(mark)} AND removed = 0`)
    const ofOthers = new Set(stored.map(([id, version]) => `${version} ${id}`))
    for (const row of rows) {
      const { id, version } = row
      if (!ofOthers.has(`${version} ${id}`)) continue
      if (!(await store(tenant, kind, { ...row, version: version + 1, atMs: now() }))) throw overtaken(kind, id)
    }
    for (const version of new Set(rows.map((row) => row.version))) {
      const same = rows.flatMap((row) => (row.version === version ? [row.id] : []))
      await forgetVersions(tenant, kind, same, version)
    }
  }
}

interface Newest {
  readonly version: number
  readonly createdMs: number
  readonly removed: boolean
  readonly name: string
}

interface Row extends DocumentChange {
  readonly createdMs: number
  readonly atMs: number
  readonly removed: boolean
  readonly version: number
}

const HEAD = ['id', 'version', 'name', 'summary', 'created', 'at'] as const
const NEWEST = 'ORDER BY version DESC LIMIT 1'
const LIVING = 'GROUP BY id HAVING argMax(removed, version) = 0'

function headOf(row: readonly string[]): DocumentHead {
  const [id = '', version, name = '', summary = '', created, at] = row
  return {
    id,
    version: Number(version),
    name,
    summary,
    createdMs: Number(created),
    updatedMs: Number(at),
  }
}

function whereKind(tenant: string, kind: string): string {
  return `tenant = ${sqlString(tenant)} AND kind = ${sqlString(kind)}`
}

function whereAny(ids: readonly string[]): string {
  return `id IN (${ids.map(sqlString).join(', ')})`
}

function lineOf(tenant: string, kind: string, row: Row, mark: string): string {
  const { id, name, summary, body, createdMs, atMs, removed, version } = row
  const cells = [tenant, kind, id, name, summary, body, createdMs, atMs, removed ? 1 : 0, mark, version]
  return `${cells.map((cell) => textCell(String(cell))).join('\t')}\n`
}

function whereId(tenant: string, kind: string, id: string): string {
  return `${whereKind(tenant, kind)} AND id = ${sqlString(id)}`
}

function isKept(version: number, newest: number): boolean {
  return Number.isSafeInteger(version) && version > newest - KEPT_VERSIONS && version <= newest
}

function refuseLarge(kind: string, { body, name, summary }: DocumentChange): void {
  const size = Buffer.byteLength(body) + Buffer.byteLength(name) + Buffer.byteLength(summary)
  if (size <= LONGEST_DOCUMENT) return
  throw new GirokError(
    'limit_exceeded',
    `the ${kind} has ${size} bytes, at most ${LONGEST_DOCUMENT} are kept: split it in two`,
  )
}

function refuseOther(kind: string, id: string, last: Newest | undefined, wanted: number | undefined): Newest {
  if (last === undefined || last.removed) throw new GirokError('not_found', `there is no ${kind} ${shown(id)}`)
  if (wanted === undefined || wanted === last.version) return last
  throw new GirokError(
    'conflict',
    `the ${kind} ${JSON.stringify(last.name)} was changed in the meantime: it is at version ${last.version}, not ${wanted}`,
  )
}

function overtaken(kind: string, id: string): GirokError {
  return new GirokError('conflict', `the ${kind} ${shown(id)} was changed in the meantime: read it again and retry`)
}

function shown(id: string): string {
  return JSON.stringify(id.slice(0, 100))
}
