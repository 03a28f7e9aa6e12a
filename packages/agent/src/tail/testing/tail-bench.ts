import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Input, InputContext } from '../../model/input.ts'
import type { Labels, Source, SourceLine, SourcePosition } from '../../model/source.ts'

/** A line that reached the sink, with what is known of it. */
export interface SeenLine extends SourceLine {
  readonly key: string
  readonly labels: Labels
}

/**
 * Stands in for the agent around an input: a sink that keeps what it is given and, like the spool, keeps with it how far each
 * source was read, so that an input that is opened again goes on there.
 */
export class TailBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'girok-tail-'))
  readonly lines: SeenLine[] = []
  readonly sourceLabels = new Map<string, Labels>()
  readonly ended: string[] = []
  readonly log: string[] = []
  readonly positions = new Map<string, SourcePosition>()
  /** Set: what is not urgent waits for it. */
  full: Promise<void> | undefined
  #input: Input | undefined
  #generation = 0
  #lastWrite: { readonly key: string; readonly begin: number; readonly count: number } | undefined

  path(name: string): string {
    return join(this.folder, name)
  }

  texts(): string[] {
    return this.lines.map(({ text }) => text)
  }

  /** Opens the input anew, with the positions that are kept. */
  start(open: (context: InputContext) => Input, name = 'files'): Input {
    const generation = ++this.#generation
    // After a crash nothing of what the input goes on to do counts.
    const alive = () => generation === this.#generation
    const context: InputContext = {
      name,
      labels: new Map(),
      lines: {
        write: (source, lines, after) => alive() && this.#write(source, lines, after),
        end: (source) => {
          if (!alive()) return
          this.positions.delete(source.key)
          this.#lastWrite = undefined
          this.ended.push(source.key)
        },
        room: (urgent) => (urgent ? undefined : this.full),
      },
      samples: { write: () => {} },
      kept: structuredClone([...this.positions.values()]),
      log: (level, message, fields) => this.log.push(`${level}: ${message} ${JSON.stringify(fields ?? {})}`),
      now: Date.now,
    }
    this.#input = open(context)
    this.#input.start()
    return this.#input
  }

  #write(source: Source, lines: readonly SourceLine[], after: unknown): void {
    if (lines.length > 0) this.#lastWrite = { key: source.key, begin: this.lines.length, count: lines.length }
    for (const line of lines) this.lines.push({ ...line, key: source.key, labels: line.labels ?? source.labels })
    const { key, identity } = source
    this.sourceLabels.set(key, source.labels)
    this.positions.set(key, { key, identity: structuredClone(identity), place: after as number })
  }

  async stop(): Promise<void> {
    await this.#input?.stop()
    this.#input = undefined
  }

  /** From now on nothing that the input does is kept; the process would be gone. */
  async crash(): Promise<void> {
    this.#generation++
    await this.stop()
  }

  /**
   * As if the record had ended in the middle of the last write and the next one had not been kept: a place before the one that
   * the identity knows. `part`: how much of it is kept, from 0 to 1.
   */
  cutLastWrite(part: number): void {
    const last = this.#lastWrite
    if (last === undefined || last.begin + last.count !== this.lines.length || last.count < 2) return
    const kept = last.begin + 1 + Math.floor(part * (last.count - 1))
    const place = this.lines[kept]!.place!
    this.lines.length = kept
    this.positions.set(last.key, { ...this.positions.get(last.key)!, place })
  }

  async end(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Resolves when the condition holds; throws with what was seen when it does not within the time. */
  async until(what: string, holds: () => boolean, timeoutMs = 8_000): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!holds()) {
      if (Date.now() > deadline) {
        const seen = this.texts().slice(-20)
        throw new Error(
          `${what}: not within ${timeoutMs} ms; last lines ${JSON.stringify(seen)}; ${this.log.join('; ')}`,
        )
      }
      await new Promise((again) => setTimeout(again, 5))
    }
  }
}

export const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))
