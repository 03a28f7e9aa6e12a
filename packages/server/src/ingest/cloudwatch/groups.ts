import { AwsError } from './error.ts'

/** Log groups and streams that are remembered, of all tenants together. */
const MAX_REMEMBERED = 50_000

export interface LogStream {
  readonly name: string
  readonly createdMs: number
  firstEventMs?: number
  lastEventMs?: number
  lastIngestionMs?: number
  /** Counts requests: the part of the sequence token that changes. */
  requests: number
}

export interface LogGroup {
  readonly name: string
  readonly createdMs: number
  retentionInDays?: number
  readonly streams: Map<string, LogStream>
}

/**
 * The log groups and streams that were named since the start, for clients that create and list them. Nothing depends on
 * them: who puts events or a stream into a group that is not known here creates it, because programs create theirs once
 * and do not know of our restarts. Those unused for longest are forgotten.
 */
export class LogGroups {
  /** By tenant and name, the one that was used last at the end. */
  readonly #groups = new Map<string, LogGroup>()
  #remembered = 0

  createGroup(tenant: string, name: string, nowMs: number): void {
    if (this.#groups.has(keyOf(tenant, name))) {
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists')
    }
    this.#use(tenant, name, nowMs)
  }

  createStream(tenant: string, group: string, name: string, nowMs: number): void {
    const { streams } = this.#use(tenant, group, nowMs)
    if (streams.has(name)) {
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists')
    }
    this.#stream(tenant, group, name, nowMs)
  }

  retain(tenant: string, group: string, days: number, nowMs: number): void {
    this.#use(tenant, group, nowMs).retentionInDays = days
  }

  /** Notes events that were stored; returns how many requests the stream has had. */
  put(tenant: string, group: string, name: string, firstMs: number, lastMs: number, nowMs: number): number {
    const stream = this.#stream(tenant, group, name, nowMs)
    stream.firstEventMs = Math.min(stream.firstEventMs ?? firstMs, firstMs)
    stream.lastEventMs = Math.max(stream.lastEventMs ?? lastMs, lastMs)
    stream.lastIngestionMs = nowMs
    return ++stream.requests
  }

  /** Sorted by name. */
  groups(tenant: string, prefix: string): LogGroup[] {
    const start = keyOf(tenant, prefix)
    const found: LogGroup[] = []
    for (const [key, group] of this.#groups) if (key.startsWith(start)) found.push(group)
    return found.sort(byName)
  }

  /** Sorted by name. Throws when the group is not known. */
  streams(tenant: string, group: string, prefix: string): LogStream[] {
    const known = this.#groups.get(keyOf(tenant, group))
    if (known === undefined) {
      throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
    }
    return [...known.streams.values()].filter(({ name }) => name.startsWith(prefix)).sort(byName)
  }

  #use(tenant: string, name: string, nowMs: number): LogGroup {
    const key = keyOf(tenant, name)
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = { name, createdMs: nowMs, streams: new Map() }
      this.#remembered++
    }
    this.#groups.delete(key)
    this.#groups.set(key, group)
    this.#forget(group)
    return group
  }

  #stream(tenant: string, group: string, name: string, nowMs: number): LogStream {
    const used = this.#use(tenant, group, nowMs)
    const known = used.streams.get(name)
    if (known !== undefined) return known
    const stream = { name, createdMs: nowMs, requests: 0 }
    used.streams.set(name, stream)
    this.#remembered++
    this.#forget(used)
    return stream
  }

  #forget(used: LogGroup): void {
    while (this.#remembered > MAX_REMEMBERED) {
      const [key, oldest] = this.#groups.entries().next().value as [string, LogGroup]
      if (oldest === used) {
        used.streams.delete(used.streams.keys().next().value as string)
        this.#remembered--
      } else {
        this.#groups.delete(key)
        this.#remembered -= 1 + oldest.streams.size
      }
    }
  }
}

function keyOf(tenant: string, group: string): string {
  return `${tenant} ${group}`
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
