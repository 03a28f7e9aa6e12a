/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variables of this process; none in browsers. */
export function processEnvironment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {}
}

const PRODUCTION = new Set(['production', 'prod', 'staging'])
const DEVELOPMENT = new Set(['development', 'dev', 'local', 'test'])
const TRUE = new Set(['true', '1', 'yes', 'on'])
const FALSE = new Set(['false', '0', 'no', 'off'])

/**
 * Whether the environment says development or production. The first of these that says anything decides, case does not
 * matter: DEBUG (True, 1, yes, on: development; False, 0, no, off: production; names of modules, as other libraries use
 * it, say nothing); ENVIRONMENT, then NODE_ENV (production, prod, staging; development, dev, local, test). Undefined when
 * none does.
 */
export function environmentKind(
  environment: Environment = processEnvironment(),
): 'development' | 'production' | undefined {
  const word = (name: string) => (environment[name] ?? '').trim().toLowerCase()
  if (TRUE.has(word('DEBUG'))) return 'development'
  if (FALSE.has(word('DEBUG'))) return 'production'
  for (const name of ['ENVIRONMENT', 'NODE_ENV']) {
    if (PRODUCTION.has(word(name))) return 'production'
    if (DEVELOPMENT.has(word(name))) return 'development'
  }
  return undefined
}
