import type { InputContext, SourceStatus } from '../../model/input.ts'

/** Lines or samples within this make a source `active`. */
const ACTIVE_MS = 60_000

/** How one source does: what its status says, and each fault in the log once until it works again. */
export class Health {
  readonly #name: string
  readonly #context: InputContext
  #count = 0
  #lastMs: number | undefined
  #error: string | undefined
  #failing = false

  constructor(name: string, context: InputContext) {
    this.#name = name
    this.#context = context
  }

  /** Lines or samples came. */
  add(count: number): void {
    this.#count += count
    this.#lastMs = this.#context.now()
  }

  /** What failed before works. */
  works(): void {
    if (this.#error !== undefined) this.#context.log('info', `${this.#name}: works again`)
    this.#error = undefined
    this.#failing = false
  }

  /** What is there fails: in words for users. */
  fails(error: string): void {
    this.#tell('error', error, true)
  }

  /** What is read is not there yet, which need not be a mistake. */
  waits(error: string): void {
    this.#tell('warning', error, false)
  }

  status(): SourceStatus {
    const lastMs = this.#lastMs
    const quiet = lastMs === undefined ? 'waiting' : this.#context.now() - lastMs <= ACTIVE_MS ? 'active' : 'idle'
    const waits = this.#error !== undefined ? 'waiting' : quiet
    return {
      name: this.#name,
      state: this.#failing ? 'failing' : waits,
      count: this.#count,
      ...(lastMs !== undefined && { lastMs }),
      ...(this.#error !== undefined && { error: this.#error }),
    }
  }

  #tell(level: 'warning' | 'error', error: string, failing: boolean): void {
    if (this.#error !== error) this.#context.log(level, `${this.#name}: ${error}`)
    this.#error = error
    this.#failing = failing
  }
}
