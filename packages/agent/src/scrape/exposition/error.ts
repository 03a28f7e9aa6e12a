/** What a target answered is no exposition of metrics. */
export class ExpositionError extends Error {
  override readonly name = 'ExpositionError'
  /** Counted from 1. */
  readonly line: number

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`)
    this.line = line
  }
}
