/** A configuration that cannot be used; nothing was changed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** All that is wrong with it, each with its place: `handlers.file.maxBytes: …`. */
  readonly problems: readonly string[]

  constructor(what: string, problems: readonly string[]) {
    super(problems.length === 1 ? `${what}: ${problems[0]}` : `${what}:\n- ${problems.join('\n- ')}`)
    this.problems = problems
  }
}
