/** Lines that wait to be sent, bounded by their size; what does not fit is counted and gone. */
export interface LineQueue {
  /** False when the line did not fit. */
  push(line: string): boolean
  /** Takes the oldest lines, at most this many characters together but at least one line; empty when none waits. */
  take(maxCharacters: number): string[]
  readonly lines: number
  readonly characters: number
  readonly dropped: number
  /** Drops everything that waits. */
  clear(): void
}

/** The newest line is the one dropped: what led to a failure is worth more than what followed it. */
export function createLineQueue(maxCharacters: number): LineQueue {
  let waiting: string[] = []
  let first = 0
  let characters = 0
  let dropped = 0
  return {
    push(line) {
      if (characters + line.length > maxCharacters) {
        dropped++
        return false
      }
      waiting.push(line)
      characters += line.length
      return true
    },
    take(max) {
      let size = 0
      let end = first
      while (end < waiting.length) {
        const length = waiting[end]?.length ?? 0
        if (size > 0 && size + length > max) break
        size += length
        end++
      }
      const taken = waiting.slice(first, end)
      first = end
      characters -= size
      if (first * 2 > waiting.length) {
        waiting = waiting.slice(first)
        first = 0
      }
      return taken
    },
    get lines() {
      return waiting.length - first
    },
    get characters() {
      return characters
    },
    get dropped() {
      return dropped
    },
    clear() {
      dropped += waiting.length - first
      waiting = []
      first = 0
      characters = 0
    },
  }
}
