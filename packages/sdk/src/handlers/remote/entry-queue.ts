/** Entries that wait to be made into batches, oldest first. Its owner sees to its bounds. */
export interface EntryQueue {
  push(entry: string): void
  /** The oldest entries: at most this many, and of this size together, but one at least. Empty when none waits. */
  take(maxCount: number, maxSize: number): string[]
  /** Takes the oldest entry; undefined when none waits. */
  shift(): string | undefined
  readonly count: number
  /** In UTF-16 units. */
  readonly size: number
}

export function createEntryQueue(): EntryQueue {
  let waiting: string[] = []
  let first = 0
  let size = 0

  function advance(end: number, takenSize: number): void {
    first = end
    size -= takenSize
    if (first * 2 > waiting.length) {
      waiting = waiting.slice(first)
      first = 0
    }
  }

  return {
    push(entry) {
      waiting.push(entry)
      size += entry.length
    },
    take(maxCount, maxSize) {
      let taken = 0
      let end = first
      while (end < waiting.length && end - first < maxCount) {
        const length = (waiting[end] as string).length
        if (end > first && taken + length > maxSize) break
        taken += length
        end++
      }
      const entries = waiting.slice(first, end)
      advance(end, taken)
      return entries
    },
    shift() {
      const entry = waiting[first]
      if (entry !== undefined) advance(first + 1, entry.length)
      return entry
    },
    get count() {
      return waiting.length - first
    },
    get size() {
      return size
    },
  }
}
