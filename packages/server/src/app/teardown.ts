/** Something that was started, and how it ends. */
interface Step {
  readonly name: string
  readonly end: () => unknown
}

/** Ends what was started in reverse order; a step that fails is reported and does not keep the others from ending. */
export class Teardown {
  readonly #steps: Step[] = []
  readonly #report: (name: string, error: unknown) => void
  #ending: Promise<void> | undefined

  constructor(report: (name: string, error: unknown) => void) {
    this.#report = report
  }

  add(name: string, end: () => unknown): void {
    this.#steps.push({ name, end })
  }

  /** Idempotent: later calls wait for the first. */
  run(): Promise<void> {
    this.#ending ??= this.#run()
    return this.#ending
  }

  async #run(): Promise<void> {
    for (const { name, end } of this.#steps.reverse()) {
      try {
        await end()
      } catch (error) {
        this.#report(name, error)
      }
    }
  }
}
