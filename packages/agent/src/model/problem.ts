/** A mistake in a configuration or on a command line: its message says what, where and how to mend it. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem'
}
