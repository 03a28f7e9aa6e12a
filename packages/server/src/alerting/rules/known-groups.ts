import type { DocumentHead, DocumentStore } from '../../store/documents/document-store.ts'
import type { RuleGroup } from './rule.ts'

/** A document of the store with what was read from it. */
export interface KnownGroup<T> {
  readonly version: number
  /** By which groups are in order. */
  readonly order: string
  readonly stored: T
  /** Undefined where it cannot be read any more. */
  readonly group: RuleGroup | undefined
  readonly faults: readonly string[]
}

/** What this process knows of the groups of the store: each version is read once. */
export class KnownGroups<T> {
  readonly #entries = new Map<string, KnownGroup<T>>()
  /** For each reading of the store that is under way: what changes here in the meantime is newer than what it finds. */
  readonly #touched = new Set<Set<string>>()
  #inOrder: readonly KnownGroup<T>[] | undefined = []

  /** By their order; the same list as long as nothing changes. */
  list(): readonly KnownGroup<T>[] {
    this.#inOrder ??= [...this.#entries.values()].sort((a, b) => (a.order < b.order ? -1 : 1))
    return this.#inOrder
  }

  /** What this process has written itself. */
  put(id: string, entry: KnownGroup<T>): void {
    for (const ids of this.#touched) ids.add(id)
    this.#entries.set(id, entry)
    this.#inOrder = undefined
  }

  drop(id: string): void {
    for (const ids of this.#touched) ids.add(id)
    if (this.#entries.delete(id)) this.#inOrder = undefined
  }

  /**
   * Reads what others have changed.
   *
   * @param read of a document; called between pauses
   */
  async refresh(
    documents: Pick<DocumentStore, 'newestVersions' | 'list'>,
    tenant: string,
    kind: string,
    read: (head: DocumentHead) => KnownGroup<T>,
    pause: () => Promise<void> | undefined,
  ): Promise<void> {
    const touched = new Set<string>()
    this.#touched.add(touched)
    try {
      const versions = await documents.newestVersions(tenant, kind)
      const differing = [...versions].flatMap(([id, version]) => (this.#isAt(id, version) ? [] : [id]))
      const heads =
        differing.length > MOST_NAMED
          ? await documents.list(tenant, kind)
          : await documents.list(tenant, kind, differing)
      for (const id of this.#entries.keys()) {
        if (versions.has(id) || touched.has(id)) continue
        this.#entries.delete(id)
        this.#inOrder = undefined
      }
      for (const head of heads) {
        const waiting = pause()
        if (waiting !== undefined) await waiting
        if (touched.has(head.id) || this.#isAt(head.id, head.version)) continue
        this.#entries.set(head.id, read(head))
        this.#inOrder = undefined
      }
    } finally {
      this.#touched.delete(touched)
    }
  }

  #isAt(id: string, version: number): boolean {
    return this.#entries.get(id)?.version === version
  }
}

/** Above this many documents it is quicker to read all of them than to name them. */
const MOST_NAMED = 200
