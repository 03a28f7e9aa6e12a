import type { Follower } from './follower.ts'
import type { Absent } from './newcomer.ts'

/** All files that are known, by what they are found by. */
export class Roster {
  readonly all = new Set<Follower>()
  readonly #byId = new Map<string, Follower>()
  readonly #byPath = new Map<string, Follower>()
  readonly absent = new Map<string, Absent>()

  withId(id: string): Follower | undefined {
    return this.#byId.get(id)
  }

  at(path: string): Follower | undefined {
    return this.#byPath.get(path)
  }

  /** `placed`: it stands at its path, and not only in an open file. */
  add(follower: Follower, placed: boolean): void {
    this.all.add(follower)
    this.#byId.set(follower.id, follower)
    if (placed) this.#byPath.set(follower.path, follower)
  }

  /** The file stands at a path, under an inode that may be new. */
  place(follower: Follower, path: string, id: string): void {
    this.unplace(follower)
    if (this.#byId.get(follower.id) === follower) this.#byId.delete(follower.id)
    follower.path = path
    follower.id = id
    this.#byId.set(id, follower)
    this.#byPath.set(path, follower)
  }

  /** The file no longer stands at its path. */
  unplace(follower: Follower): void {
    if (this.#byPath.get(follower.path) === follower) this.#byPath.delete(follower.path)
  }

  /** Its content is no longer in the file of this inode. */
  release(follower: Follower): void {
    this.unplace(follower)
    if (this.#byId.get(follower.id) === follower) this.#byId.delete(follower.id)
  }

  remove(follower: Follower): void {
    this.release(follower)
    this.all.delete(follower)
  }
}
