import { labelsKey } from '../eval/labels.ts'
import type { Labels } from '../eval/types.ts'
import type { ProcessEntry } from './entry.ts'
import type { Output } from './stage.ts'

const MOST_BLOCKS = 1_000

interface Block {
  readonly first: ProcessEntry
  readonly lines: string[]
  length: number
  /** Of the last line; milliseconds. */
  lastMs: number
}

/**
 * Lines that wait to be joined, one block for each set of labels, the oldest first. A block comes out as its first entry,
 * with the lines joined.
 */
export class Blocks {
  private readonly blocks = new Map<string, Block>()
  private readonly separator: string

  constructor(separator: string) {
    this.separator = separator
  }

  /** Begins a block of the entry's labels. With too many blocks the oldest comes out. */
  open(entry: ProcessEntry, nowMs: number, out: Output): void {
    if (this.blocks.size >= MOST_BLOCKS) {
      const [oldest] = this.blocks.keys()
      this.closeKey(oldest as string, out)
    }
    this.blocks.set(labelsKey(entry.labels), {
      first: entry,
      lines: [entry.line],
      length: entry.line.length,
      lastMs: nowMs,
    })
  }

  /** The block of entries with the labels. */
  of(labels: Labels): { readonly lines: number; readonly length: number } | undefined {
    const block = this.blocks.get(labelsKey(labels))
    return block === undefined ? undefined : { lines: block.lines.length, length: block.length }
  }

  /** Adds the line to the block of its labels, which must be open; values that were extracted of it join those there. */
  append(entry: ProcessEntry, nowMs: number): void {
    const block = this.blocks.get(labelsKey(entry.labels)) as Block
    block.lines.push(entry.line)
    block.length += this.separator.length + entry.line.length
    block.lastMs = nowMs
    if (entry.extracted === undefined) return
    const { first } = block
    if (first.extracted === undefined) first.extracted = entry.extracted
    else for (const [name, value] of entry.extracted) first.extracted.set(name, value)
  }

  close(labels: Labels, out: Output): void {
    this.closeKey(labelsKey(labels), out)
  }

  /** Closes blocks whose last line came at `beforeMs` or earlier. */
  closeOlder(beforeMs: number, out: Output): void {
    for (const [key, block] of [...this.blocks]) if (block.lastMs <= beforeMs) this.closeKey(key, out)
  }

  oldest(): ProcessEntry | undefined {
    for (const { first } of this.blocks.values()) return first
    return undefined
  }

  private closeKey(key: string, out: Output): void {
    const block = this.blocks.get(key)
    if (block === undefined) return
    this.blocks.delete(key)
    const { first, lines } = block
    if (lines.length > 1) first.line = lines.join(this.separator)
    out(first)
  }
}
