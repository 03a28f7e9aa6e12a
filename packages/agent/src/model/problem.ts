/** A mistake in a configuration or on a command line: its message says what, where and how to mend it. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem'
  /** Keys that lead to the mistake from what was being read, so that whoever has the text can tell the line. */
  readonly keys: readonly (string | number)[] | undefined

  constructor(message: string, keys?: readonly (string | number)[]) {
    super(message)
    this.keys = keys
  }
}
