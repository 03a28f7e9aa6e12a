/** A line at the margin of a script and the indented lines below it. */
export interface Block {
  readonly line: number
  readonly head: string
  readonly body: string[]
}

/** The blocks of a script. `#` outside of quotes starts a comment; within a backslash escapes, but not within backticks. */
export function blocksOf(text: string, quotes: string): Block[] {
  const blocks: Block[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = withoutComment(raw, quotes)
    if (line.trim() === '') continue
    if (/^\s/.test(line)) {
      const block = blocks.at(-1)
      if (block === undefined) throw new Error(`line ${index + 1} is indented but belongs to nothing`)
      block.body.push(line.trim())
    } else blocks.push({ line: index + 1, head: line.trim(), body: [] })
  }
  return blocks
}

function withoutComment(line: string, quotes: string): string {
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string
    if (quote !== '') {
      if (char === '\\' && quote !== '`') i++
      else if (char === quote) quote = ''
    } else if (quotes.includes(char)) quote = char
    // Not within a word, which may be a part of an address.
    else if (char === '#' && (i === 0 || /\s/.test(line[i - 1] as string))) return line.slice(0, i)
  }
  return line
}
