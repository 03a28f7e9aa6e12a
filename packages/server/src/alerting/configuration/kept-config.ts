import type { DocumentStore } from '../../store/documents/document-store.ts'
import { hideSecrets } from '../alertmanager/config/secrets-in-text.ts'

/** The configuration that people edit in the web app, with its secrets. */
export interface KeptConfig {
  readonly yaml: string
  /** 0: none is kept. */
  readonly version: number
}

const KIND = 'alertmanager'
const ID = 'configuration'

export function openKeptConfig(documents: DocumentStore, tenant: string) {
  let shown: { readonly of: string; readonly yaml: string } | undefined
  return {
    async read(): Promise<KeptConfig> {
      const found = await documents.read(tenant, KIND, ID)
      return { yaml: found?.body ?? '', version: found?.version ?? 0 }
    },
    /** Rejects with `conflict` when the kept one is not at `version`. */
    async write(yaml: string, version: number): Promise<KeptConfig> {
      const change = { id: ID, name: ID, summary: '', body: yaml }
      const head = await documents.write(tenant, KIND, change, version)
      return { yaml, version: head.version }
    },
    /** As it may be shown. */
    shown(yaml: string): string {
      if (shown?.of !== yaml) shown = { of: yaml, yaml: hideSecrets(yaml) }
      return shown.yaml
    },
  }
}
