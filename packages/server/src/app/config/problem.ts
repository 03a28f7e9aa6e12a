/** Every fault found in the configuration, each in one sentence that says which key, where, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** A value as an error shows it: short, and never a secret. */
export function shown(value: unknown, secret: boolean): string {
  if (secret) return 'the value given (not shown, it is secret)'
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
