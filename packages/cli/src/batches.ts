/** How the lines of a batch are sent: as JSON values, or as text. */
export type LineFormat = 'json' | 'text'

export interface Batch {
  readonly format: LineFormat
  readonly lines: readonly string[]
  /** UTF-16 units, line ends included. */
  readonly size: number
}

/** A line is JSON when it is one whole object; anything else is kept as the text that it is. */
export function formatOf(line: string): LineFormat {
  if (!line.trimStart().startsWith('{')) return 'text'
  try {
    JSON.parse(line)
    return 'json'
  } catch {
    return 'text'
  }
}

/** Gathers lines into batches of one format each; `auto` looks at every line. */
export function createBatcher(format: LineFormat | 'auto', maxSize: number, maxLines: number) {
  const waiting: Record<LineFormat, { lines: string[]; size: number }> = {
    json: { lines: [], size: 0 },
    text: { lines: [], size: 0 },
  }
  const cut = (of: LineFormat): Batch => {
    const { lines, size } = waiting[of]
    waiting[of] = { lines: [], size: 0 }
    return { format: of, lines, size }
  }
  return {
    /** Empty lines are no records. Returns a batch that is full now. */
    add(line: string): Batch | undefined {
      if (line.trim() === '') return undefined
      const of = format === 'auto' ? formatOf(line) : format
      const into = waiting[of]
      into.lines.push(line)
      into.size += line.length + 1
      return into.size >= maxSize || into.lines.length >= maxLines ? cut(of) : undefined
    },
    /** What waits. */
    flush(): Batch[] {
      return (['json', 'text'] as const).filter((of) => waiting[of].lines.length > 0).map(cut)
    },
  }
}
