/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variables of this process; none in browsers. */
export function processEnvironment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {}
}
