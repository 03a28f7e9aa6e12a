import type { DocumentStore } from '../../store/documents/document-store.ts'
import type { GivenIntegration } from './alerting-configuration.ts'

/** A contact point as it is kept, with its secrets. */
export interface KeptContactPoint {
  readonly name: string
  readonly integrations: readonly GivenIntegration[]
  readonly version: number
}

const KIND = 'contact-point'

/** Contact points of the store. */
export function openContactPoints(documents: DocumentStore, tenant: string) {
  return {
    /** By name. */
    async list(): Promise<readonly KeptContactPoint[]> {
      const heads = await documents.list(tenant, KIND)
      const found = await Promise.all(heads.map(({ id }) => documents.read(tenant, KIND, id)))
      return found
        .flatMap((one) =>
          one === undefined
            ? []
            : [{ name: one.name, version: one.version, integrations: JSON.parse(one.body) as GivenIntegration[] }],
        )
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    /** Rejects with `conflict` and `not_found` as documents do. */
    async write(name: string, integrations: readonly GivenIntegration[], after: number): Promise<void> {
      const change = { id: name, name, summary: '', body: JSON.stringify(integrations) }
      await documents.write(tenant, KIND, change, after)
    },
    remove: (name: string, version: number): Promise<void> => documents.remove(tenant, KIND, name, version),
  }
}
