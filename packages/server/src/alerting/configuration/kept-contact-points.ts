import type { DocumentStore } from '../../store/documents/document-store.ts'
import type { GivenIntegration } from './alerting-configuration.ts'

/** A contact point as it is kept, with its secrets. */
export interface KeptContactPoint {
  readonly name: string
  readonly integrations: readonly GivenIntegration[]
  readonly version: number
}

const KIND = 'contact-point'

/** Contact points of the store. Each version is read once. */
export function openContactPoints(documents: DocumentStore, tenant: string) {
  let known = new Map<string, KeptContactPoint>()

  async function read(id: string): Promise<KeptContactPoint | undefined> {
    const found = await documents.read(tenant, KIND, id)
    if (found === undefined) return undefined
    const { name, version, body } = found
    return { name, version, integrations: JSON.parse(body) as GivenIntegration[] }
  }

  return {
    /** By name. */
    async list(): Promise<readonly KeptContactPoint[]> {
      const versions = await documents.newestVersions(tenant, KIND)
      const found = await Promise.all(
        [...versions].map(async ([id, version]) => {
          const before = known.get(id)
          return [id, before?.version === version ? before : await read(id)] as const
        }),
      )
      known = new Map(found.flatMap(([id, one]) => (one === undefined ? [] : [[id, one]])))
      return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    /** Rejects with `conflict` and `not_found` as documents do. */
    async write(name: string, integrations: readonly GivenIntegration[], after: number): Promise<void> {
      const change = { id: name, name, summary: '', body: JSON.stringify(integrations) }
      await documents.write(tenant, KIND, change, after)
    },
    remove: (name: string, version: number): Promise<void> => documents.remove(tenant, KIND, name, version),
  }
}
