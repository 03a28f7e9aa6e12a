import { GirokError } from '../../model/errors.ts'
import type { DocumentStore, StoredDocument } from '../documents/document-store.ts'

/** Documents of one tenant in memory, the newest version of each; only names and versions are checked. */
export function memoryDocuments(): DocumentStore {
  const documents = new Map<string, StoredDocument>()
  const keyOf = (kind: string, id: string) => JSON.stringify([kind, id])
  const of = (kind: string) =>
    [...documents].flatMap(([key, document]) => (key === keyOf(kind, document.id) ? [document] : []))
  return {
    list: async (_, kind, ids) => of(kind).filter(({ id }) => ids === undefined || ids.includes(id)),
    newestVersions: async (_, kind) => new Map(of(kind).map(({ id, version }) => [id, version])),
    read: async (_, kind, id) => documents.get(keyOf(kind, id)),
    versions: async (_, kind, id) => [documents.get(keyOf(kind, id))].filter((one) => one !== undefined),
    async write(_, kind, change, after) {
      const key = keyOf(kind, change.id)
      const version = documents.get(key)?.version ?? 0
      if (version === 0 && after !== undefined && after !== 0) {
        throw new GirokError('not_found', `there is no ${kind} ${change.id}`)
      }
      if (after !== undefined && version !== after)
        throw new GirokError('conflict', `${kind} ${change.id} is at version ${version}`)
      const document = { ...change, version: version + 1, createdMs: 0, updatedMs: 0 }
      documents.set(key, document)
      return document
    },
    async remove(_, kind, id, version) {
      const key = keyOf(kind, id)
      const found = documents.get(key)
      if (found === undefined) throw new GirokError('not_found', `there is no ${kind} ${id}`)
      if (version !== undefined && version !== found.version) {
        throw new GirokError('conflict', `${kind} ${id} is at version ${found.version}`)
      }
      documents.delete(key)
    },
    async removeAll(_, kind, ids) {
      for (const id of ids) documents.delete(keyOf(kind, id))
    },
  }
}
