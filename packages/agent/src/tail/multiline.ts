import type { SourceLine } from '../model/source.ts'
import type { CutLine } from './line-cutter.ts'
import type { LineShape } from './line-shape.ts'

export interface MultilineOptions {
  /** Whether a line begins a block; all others belong to the block before. */
  readonly isFirst: (text: string) => boolean
  readonly maxWaitMs: number
  readonly maxLines: number
  readonly maxBytes: number
}

/** Joins lines to blocks; what comes before the first beginning is passed on as it is. */
export class Multiline implements LineShape {
  readonly #options: MultilineOptions
  #lines: CutLine[] = []
  #characters = 0
  /** Lines belong to a block, also when a part of it was given out. */
  #inBlock = false
  #sinceMs = 0

  constructor(options: MultilineOptions) {
    this.#options = options
  }

  get heldPlace(): number | undefined {
    return this.#lines[0]?.place
  }

  take(lines: readonly CutLine[], nowMs: number, out: SourceLine[]): void {
    const { isFirst, maxLines, maxBytes } = this.#options
    for (const line of lines) {
      if (isFirst(line.text)) this.#give(out)
      else if (!this.#inBlock) {
        out.push(line)
        continue
      }
      this.#inBlock = true
      this.#lines.push(line)
      this.#characters += line.text.length + 1
      if (this.#lines.length >= maxLines || this.#characters >= maxBytes) this.#givePart(out)
    }
    this.#sinceMs = nowMs
  }

  flush(nowMs: number, all: boolean, out: SourceLine[]): void {
    if (all || nowMs - this.#sinceMs >= this.#options.maxWaitMs) this.#give(out)
  }

  #give(out: SourceLine[]): void {
    this.#givePart(out)
    this.#inBlock = false
  }

  /** What is held becomes a block of its own; lines that follow are another. */
  #givePart(out: SourceLine[]): void {
    const first = this.#lines[0]
    if (first === undefined) return
    if (this.#lines.length === 1) out.push(first)
    else {
      const text = this.#lines.map((line) => line.text).join('\n')
      const metadata = this.#lines.flatMap((line) => line.metadata ?? []).slice(0, 1)
      out.push({ text, place: first.place, ...(metadata.length > 0 && { metadata }) })
    }
    this.#lines = []
    this.#characters = 0
  }
}
