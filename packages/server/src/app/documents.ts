import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Document, Documents, Named } from '../model/documents.ts'
import { GirokError } from '../model/errors.ts'
import { replaceFile } from './replace-file.ts'

/** Bounds of a file of documents: it is held in memory and written whole. */
export interface DocumentLimits {
  readonly perTenant: number
  /** Of the file, over all tenants. */
  readonly totalBytes: number
}

type Content<T extends Named> = ReadonlyMap<string, readonly Document<T>[]>

/**
 * Opens a JSON file of small documents, such as saved views. The file is replaced in one step after each change, so that
 * a crash leaves the old or the new one; the data directory belongs to one process, so that nobody else writes it.
 * `what` names the documents in messages ("view"). Every call answers `internal` while the file is damaged: starting with
 * nothing would end in writing over what someone might still mend.
 */
export function openDocuments<T extends Named>(
  path: string,
  what: string,
  isValue: (value: unknown) => value is T,
  limits: DocumentLimits = { perTenant: 1_000, totalBytes: 32 * 1024 * 1024 },
): Documents<T> {
  let held: Content<T> | undefined
  // Read when first asked for: a damaged file of views is no reason not to take logs.
  const content = (): Content<T> => {
    held ??= readContent(path, what, isValue)
    return held
  }
  let queue: Promise<unknown> = Promise.resolve()

  /** Changes run one after another; memory follows the disk. */
  function change<R>(tenant: string, edit: (documents: readonly Document<T>[]) => Edit<T, R>): Promise<R> {
    const done = queue.then(async () => {
      const { documents, result } = edit(content().get(tenant) ?? [])
      const next = new Map(content())
      if (documents.length === 0) next.delete(tenant)
      else next.set(tenant, documents)
      await writeContent(path, what, next, limits.totalBytes)
      held = next
      return result
    })
    // A change that was refused must not refuse those behind it; its own caller is told.
    queue = done.catch(() => undefined)
    return done
  }

  function find(documents: readonly Document<T>[], id: string, version: number | undefined): Document<T> {
    const found = documents.find((document) => document.id === id)
    if (found === undefined) throw new GirokError('not_found', `there is no ${what} ${JSON.stringify(id.slice(0, 40))}`)
    if (version !== undefined && version !== found.version) {
      throw new GirokError(
        'conflict',
        `the ${what} ${JSON.stringify(found.value.name)} was changed in the meantime: it is at version ${found.version}, not ${version}`,
      )
    }
    return found
  }

  function refuseTaken(documents: readonly Document<T>[], { name }: T, except?: string): void {
    const taken = documents.some(({ id, value }) => id !== except && nameKey(value.name) === nameKey(name))
    if (taken) throw new GirokError('conflict', `there is a ${what} named ${JSON.stringify(name)} already`)
  }

  return {
    list: (tenant) => [...(content().get(tenant) ?? [])].sort(byName),
    create: (tenant, value) =>
      change(tenant, (documents) => {
        refuseTaken(documents, value)
        if (documents.length >= limits.perTenant) {
          throw new GirokError(
            'limit_exceeded',
            `there are ${limits.perTenant} ${what}s already: delete one to make room`,
          )
        }
        const at = new Date().toISOString()
        const result = { id: randomBytes(8).toString('hex'), version: 1, createdAt: at, updatedAt: at, value }
        return { documents: [...documents, result], result }
      }),
    replace: (tenant, id, version, value) =>
      change(tenant, (documents) => {
        const old = find(documents, id, version)
        refuseTaken(documents, value, id)
        const result = { ...old, version: old.version + 1, updatedAt: new Date().toISOString(), value }
        return { documents: documents.map((one) => (one === old ? result : one)), result }
      }),
    remove: (tenant, id, version) =>
      change(tenant, (documents) => {
        const old = find(documents, id, version)
        return { documents: documents.filter((one) => one !== old), result: undefined }
      }),
  }
}

interface Edit<T extends Named, R> {
  readonly documents: readonly Document<T>[]
  readonly result: R
}

/** The same name to a reader: Unicode has several spellings of one syllable. */
function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

function byName<T extends Named>(a: Document<T>, b: Document<T>): number {
  const [left, right] = [nameKey(a.value.name), nameKey(b.value.name)]
  return left < right ? -1 : left > right ? 1 : 0
}

function readContent<T extends Named>(path: string, what: string, isValue: (value: unknown) => value is T): Content<T> {
  if (!existsSync(path)) return new Map()
  const isDocument = (one: Partial<Document<T>> | null): one is Document<T> =>
    typeof one?.id === 'string' &&
    Number.isInteger(one.version) &&
    typeof one.createdAt === 'string' &&
    typeof one.updatedAt === 'string' &&
    isValue(one.value)
  try {
    const { tenants } = JSON.parse(readFileSync(path, 'utf8')) as { tenants: Record<string, Document<T>[]> }
    const content = new Map(Object.entries(tenants))
    if ([...content.values()].every((documents) => documents.every(isDocument))) return content
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
  }
  throw new GirokError('internal', `${path} is damaged: restore it, or move it away to start without saved ${what}s`)
}

async function writeContent<T extends Named>(
  path: string,
  what: string,
  content: Content<T>,
  mostBytes: number,
): Promise<void> {
  const text = `${JSON.stringify({ tenants: Object.fromEntries(content) })}\n`
  if (Buffer.byteLength(text) > mostBytes) {
    throw new GirokError('limit_exceeded', `the saved ${what}s of all tenants would exceed ${mostBytes} bytes`)
  }
  try {
    await replaceFile(path, text)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const full = code === 'ENOSPC' || code === 'EDQUOT'
    throw new GirokError(full ? 'disk_full' : 'internal', `the ${what} could not be written: ${message}`, { cause })
  }
}
