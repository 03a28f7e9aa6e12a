import type { TargetSource } from './discovery-sources.ts'
import type { TargetGroup } from './settings/discovery.ts'

/** Asks sources for targets again and again, each in its own time. */
export class DiscoveryLoop {
  readonly #fixed: readonly TargetGroup[]
  readonly #sources: readonly TargetSource[]
  readonly #found: (groups: readonly TargetGroup[]) => void
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #running = new Set<Promise<void>>()
  readonly #stopped = new AbortController()
  #ready = true

  /** @param found called with all groups whenever they may have changed */
  constructor(
    fixed: readonly TargetGroup[],
    sources: readonly TargetSource[],
    found: (groups: readonly TargetGroup[]) => void,
  ) {
    this.#fixed = fixed
    this.#sources = sources
    this.#found = found
  }

  /**
   * @param together gives groups when all sources were asked, so that no target is missing for a moment; otherwise the
   *   fixed ones at once, the others as they come
   */
  start(together: boolean): void {
    this.#ready = !together
    if (this.#ready) this.#publish()
    for (const source of this.#sources) this.#ask(source)
    if (!together) return
    void Promise.all(this.#running).then(() => {
      this.#ready = true
      if (!this.#stopped.signal.aborted) this.#publish()
    })
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.all(this.#running)
    for (const source of this.#sources) source.close()
  }

  #ask(source: TargetSource): void {
    const asking = this.#askOnce(source).finally(() => this.#running.delete(asking))
    this.#running.add(asking)
  }

  async #askOnce(source: TargetSource): Promise<void> {
    const changed = await source.ask(this.#stopped.signal)
    if (this.#stopped.signal.aborted) return
    if (changed && this.#ready) this.#publish()
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#ask(source)
    }, source.pauseMs)
    this.#timers.add(timer)
  }

  #publish(): void {
    this.#found([...this.#fixed, ...this.#sources.flatMap(({ groups }) => groups)])
  }
}
