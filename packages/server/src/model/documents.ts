/** Something that people keep by name on the server: a saved view. Its version rises by one with each change. */
export interface Named {
  readonly name: string
}

/** A document as it is kept. Times are ISO 8601 in UTC. */
export interface Document<T extends Named> {
  /** 16 hex digits, made by the server. */
  readonly id: string
  /** From 1. */
  readonly version: number
  readonly createdAt: string
  readonly updatedAt: string
  readonly value: T
}

/**
 * Documents of each tenant. A change that resolved is on the disk. Two people who change the same document at once do not
 * overwrite one another: the second names a version that is no longer there and is refused with `conflict`.
 */
export interface Documents<T extends Named> {
  /** Ordered by name. */
  list(tenant: string): readonly Document<T>[]
  /** Rejects with `conflict` when the name is taken (case does not count), with `limit_exceeded` when there are too many. */
  create(tenant: string, value: T): Promise<Document<T>>
  /** Rejects with `not_found`, or with `conflict` when `version` is not the newest or the new name is taken. */
  replace(tenant: string, id: string, version: number, value: T): Promise<Document<T>>
  /** Rejects with `not_found`, or with `conflict` when `version` is given and not the newest. */
  remove(tenant: string, id: string, version: number | undefined): Promise<void>
}
