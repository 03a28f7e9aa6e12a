/** What the server keeps for people in its store, by kind: dashboards. Every version is a row; the last ones can be read. */
export interface DocumentStore {
  /** The newest version of every document, or of those of `ids` that there are, without bodies, by id. */
  list(tenant: string, kind: string, ids?: readonly string[]): Promise<readonly DocumentHead[]>
  /** The number of the newest version of every document by id: tells what has changed without reading it. */
  newestVersions(tenant: string, kind: string): Promise<ReadonlyMap<string, number>>
  /** The newest version, or the given one while it is kept; undefined when there is none, or the document was removed. */
  read(tenant: string, kind: string, id: string, version?: number): Promise<StoredDocument | undefined>
  /** Versions that can be read, newest first, without bodies; empty when there is no such document. */
  versions(tenant: string, kind: string, id: string): Promise<readonly DocumentHead[]>
  /**
   * Stores the version that follows `after` (0: there must be no such document; undefined: whatever is there) and resolves
   * when it is on the disk.
   * Rejects with `conflict` when the newest is another one, also where another process was quicker, with `not_found` when
   * there is none, with `limit_exceeded` when the tenant has too many or the body is too large.
   */
  write(tenant: string, kind: string, document: DocumentChange, after: number | undefined): Promise<DocumentHead>
  /** Ends a document with all its versions. Rejects with `not_found`, or with `conflict` when `version` is not the newest. */
  remove(tenant: string, kind: string, id: string, version: number | undefined): Promise<void>
  /** Ends those of the documents that there are, whatever their versions: at once, which is quicker than one by one. */
  removeAll(tenant: string, kind: string, ids: readonly string[]): Promise<void>
}

export interface DocumentChange {
  /** 1 to 100 characters. */
  readonly id: string
  readonly name: string
  readonly summary: string
  readonly body: string
}

export interface DocumentHead {
  readonly id: string
  /** From 1. */
  readonly version: number
  readonly name: string
  /** As it was given. */
  readonly summary: string
  /** Milliseconds since the epoch. */
  readonly createdMs: number
  readonly updatedMs: number
}

export interface StoredDocument extends DocumentHead {
  readonly body: string
}

/** Versions of a document that stay readable. */
export const KEPT_VERSIONS = 50
/** Bytes of one body. */
export const LONGEST_DOCUMENT = 2 * 2 ** 20
/** Documents of one kind and tenant. */
export const MOST_DOCUMENTS = 5_000
