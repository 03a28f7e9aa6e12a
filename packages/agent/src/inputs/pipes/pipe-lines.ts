import type { InputContext } from '../../model/input.ts'
import type { Labels, Source } from '../../model/source.ts'
import type { Health } from '../measuring/health.ts'
import { LineCutter } from './cut-lines.ts'

/** Writes the lines of one pipe, which cannot be read again, to the sink as they come. */
export class PipeLines {
  readonly #context: InputContext
  readonly #health: Health
  readonly #source: Source
  #cutter = new LineCutter()

  constructor(context: InputContext, health: Health, name: string, labels: Labels) {
    this.#context = context
    this.#health = health
    this.#source = { key: `${context.name}:${name}`, input: context.name, labels }
  }

  /** Undefined when more may come at once; else whoever writes has to wait, because there is no memory. */
  push(chunk: Buffer): Promise<void> | undefined {
    this.#write(this.#cutter.push(chunk))
    return this.#context.lines.room(true)
  }

  /** The pipe is over; what stands behind its last end of line is a line, too. */
  end(): void {
    this.#write(this.#cutter.end())
    this.#cutter = new LineCutter()
  }

  #write(lines: ReturnType<LineCutter['push']>): void {
    if (lines.length === 0) return
    this.#health.add(lines.length)
    this.#context.lines.write(this.#source, lines, undefined)
  }
}
