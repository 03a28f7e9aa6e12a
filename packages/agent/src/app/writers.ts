import { type FileHolder, openFiles } from '../host/open-files.ts'
import type { SourceStatus } from '../model/input.ts'

/** So rarely, because all of /proc is read for it. */
const LOOK_EVERY_MS = 60_000

/**
 * Remembers which program was last seen with a file open for writing. Looks anew when it is asked and the last look is a
 * minute old.
 */
export class Writers {
  readonly #seen = new Map<string, string>()
  readonly #lookedMs = new Map<string, number>()

  /** The statuses of an input's files with their writers. */
  named(input: string, sources: readonly SourceStatus[], nowMs: number): SourceStatus[] {
    if (nowMs - (this.#lookedMs.get(input) ?? 0) >= LOOK_EVERY_MS) {
      this.#lookedMs.set(input, nowMs)
      this.#look(sources)
    }
    return sources.map((source) => {
      const writer = this.#seen.get(source.name)
      return writer === undefined ? source : { ...source, writer }
    })
  }

  #look(sources: readonly SourceStatus[]): void {
    const paths = new Set(sources.map(({ name }) => name))
    for (const [path, holders] of openFiles((name) => paths.has(name))) {
      const writer = writerOf(holders)
      if (writer !== undefined) this.#seen.set(path, writer)
    }
  }
}

function writerOf(holders: readonly FileHolder[]): string | undefined {
  const writer = holders.find(({ writes }) => writes)
  return writer === undefined ? undefined : `${writer.program} (${writer.pid})`
}
