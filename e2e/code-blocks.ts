/** Fenced code of the documents. A test takes each block that it tries; what nobody takes is found. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './server.ts'

export interface CodeBlock {
  readonly file: string
  readonly line: number
  /** The word after the fence; empty when there is none. */
  readonly language: string
  readonly text: string
}

const FENCE = /^( *)```(\S*)\s*$/

/** All fenced blocks of a file, without the indentation of the list that they stand in. */
export function codeBlocks(file: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: { line: number; indent: number; language: string; lines: string[] } | undefined
  for (const [index, line] of readFileSync(join(ROOT, file), 'utf8').split('\n').entries()) {
    const fence = FENCE.exec(line)
    if (fence === null) open?.lines.push(line.slice(open.indent))
    else if (open === undefined) {
      open = { line: index + 1, indent: fence[1]?.length ?? 0, language: fence[2] ?? '', lines: [] }
    } else {
      blocks.push({ file, line: open.line, language: open.language, text: open.lines.join('\n') })
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: a code block without an end`)
  return blocks
}

export interface BlockBook {
  /** The one block of the file that holds `part`; throws when there is none, or several. */
  take(file: string, part: string): CodeBlock
  /** Blocks that nobody took, as `file:line`. */
  left(): string[]
}

export function blockBook(files: readonly string[]): BlockBook {
  const left = new Set(files.flatMap(codeBlocks))
  const all = [...left]
  return {
    take(file, part) {
      const found = all.filter((block) => block.file === file && block.text.includes(part))
      const [block] = found
      if (block === undefined || found.length > 1) {
        throw new Error(`${found.length} code blocks of ${file} hold ${JSON.stringify(part)}`)
      }
      left.delete(block)
      return block
    },
    left: () => [...left].map(({ file, line, text }) => `${file}:${line} ${text.split('\n', 1)[0]}`),
  }
}
