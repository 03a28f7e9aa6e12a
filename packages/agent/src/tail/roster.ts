import type { Place } from '../model/source.ts'
import type { Follower } from './follower.ts'
import type { FileIdentity } from './identity.ts'

/** A position whose file is not there: it may come back, or be found compressed. */
export interface Absent {
  readonly key: string
  readonly place: Place
  readonly identity: FileIdentity
  readonly offset: number
  /** Milliseconds since the epoch; it is forgotten then. */
  readonly untilMs: number
}

/** All files that are known, by what they are found by. */
export class Roster {
  readonly all = new Set<Follower>()
  readonly #byId = new Map<string, Follower>()
  readonly #byPath = new Map<string, Follower>()
  readonly absent = new Map<string, Absent>()
  readonly #named = new Map<string, Set<Follower>>()

  withId(id: string): Follower | undefined {
    return this.#byId.get(id)
  }

  at(path: string): Follower | undefined {
    return this.#byPath.get(path)
  }

  /** Files whose name a path begins with and goes on behind, as rotation gives names: `app.log` for `app.log.1`. */
  extendedBy(path: string): Follower[] {
    const found: Follower[] = []
    for (let end = path.lastIndexOf('/') + 2; end < path.length; end++) {
      for (const follower of this.#named.get(path.slice(0, end)) ?? []) found.push(follower)
    }
    return found
  }

  #name(follower: Follower): void {
    for (const name of new Set([follower.path, follower.origin])) {
      const named = this.#named.get(name)
      if (named === undefined) this.#named.set(name, new Set([follower]))
      else named.add(follower)
    }
  }

  #unname(follower: Follower): void {
    for (const name of new Set([follower.path, follower.origin])) {
      const named = this.#named.get(name)
      named?.delete(follower)
      if (named?.size === 0) this.#named.delete(name)
    }
  }

  /** `placed`: it stands at its path, and not only in an open file. */
  add(follower: Follower, placed: boolean): void {
    this.all.add(follower)
    this.#byId.set(follower.id, follower)
    this.#name(follower)
    if (placed) this.#byPath.set(follower.path, follower)
  }

  /** The file stands at a path, under an inode that may be new. */
  place(follower: Follower, path: string, id: string): void {
    this.unplace(follower)
    if (this.#byId.get(follower.id) === follower) this.#byId.delete(follower.id)
    this.rename(follower, path)
    follower.id = id
    this.#byId.set(id, follower)
    this.#byPath.set(path, follower)
  }

  /** The file has another path, which may not match. */
  rename(follower: Follower, path: string): void {
    this.#unname(follower)
    follower.path = path
    this.#name(follower)
  }

  /** The file no longer stands at its path. */
  unplace(follower: Follower): void {
    if (this.#byPath.get(follower.path) === follower) this.#byPath.delete(follower.path)
  }

  remove(follower: Follower): void {
    this.unplace(follower)
    this.#unname(follower)
    if (this.#byId.get(follower.id) === follower) this.#byId.delete(follower.id)
    this.all.delete(follower)
  }
}
