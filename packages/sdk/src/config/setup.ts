import { type Complain, createComplaints } from '../complaints.ts'
import { type Environment, processEnvironment } from '../formatters/process-environment.ts'
import { defaultHierarchy } from '../hierarchy.ts'
import type { Logger } from '../logger.ts'
import { type ConfigureOptions, configure } from './configure.ts'
import { readDotenv } from './dotenv.ts'
import { masked } from './mask.ts'
import { type MetricsServer, startMetricsServer } from './metrics-server.ts'
import { type LogSettings, readSettings } from './settings.ts'
import { settingsConfiguration } from './settings-configuration.ts'

export interface EnvironmentOptions extends ConfigureOptions {
  /** Reads a `.env` file too: that in the working directory, or the one named. The environment itself wins. Default false. */
  readonly dotenv?: boolean | string
  /** Told of variables that cannot be understood. Default: a warning of the logger `girok.sdk`. */
  readonly complain?: Complain
}

export interface EnvironmentConfiguration {
  /** What was understood, `***masked***` for secrets. */
  describe(): LogSettings
  /** What was not understood. */
  readonly problems: readonly string[]
  /** Set when ENABLE_METRICS is; undefined inside when the server could not start, which is complained of. */
  readonly metrics: Promise<MetricsServer | undefined> | undefined
  /** Resolves when handlers that are no longer used are closed. */
  readonly retired: Promise<void>
}

/**
 * Configures by environment variables, see docs: LOG_LEVEL, LOG_FORMAT, LOG_DIRECTORY and so on. Variables that cannot be
 * understood are complained of and do not count.
 * @throws ConfigError when a handler cannot be made, for one when the directory cannot
 */
export function configureFromEnvironment(
  environment: Environment = processEnvironment(),
  options: EnvironmentOptions = {},
): EnvironmentConfiguration {
  const problems: string[] = []
  return apply(readSettings(withDotenv(environment, options.dotenv, problems), problems), problems, options)
}

export interface SetupOptions extends EnvironmentOptions, Partial<LogSettings> {
  /** Variables that hold where no option says otherwise. Default: those of the process. */
  readonly variables?: Environment
}

/**
 * The one call at the start of a program: console, files and destinations by the environment and by what is given here,
 * which wins. The root's handlers from before are taken off. Gives the root logger.
 * @example setupLogging({ service: 'hapa-backend', file: 'hapa.log' })
 */
export function setupLogging(options: SetupOptions = {}): Logger {
  const { variables = processEnvironment(), dotenv, complain, hierarchy, ...given } = options
  const problems: string[] = []
  const overrides = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const known = { ...withDotenv(variables, dotenv, problems), ...asVariables(given) }
  const settings = { ...readSettings(known, problems), ...overrides } as LogSettings
  apply(settings, problems, options)
  return (hierarchy ?? defaultHierarchy).root
}

/** Options on which the defaults of others depend. */
function asVariables({ debug, service, environment }: Partial<LogSettings>): Record<string, string> {
  const variables: Record<string, string> = {}
  if (environment !== undefined) variables.ENVIRONMENT = environment
  if (debug !== undefined) variables.DEBUG = String(debug)
  if (service !== undefined) variables.SERVICE_NAME = service
  return variables
}

function withDotenv(environment: Environment, dotenv: boolean | string | undefined, problems: string[]): Environment {
  if (dotenv === undefined || dotenv === false) return environment
  const variables = readDotenv(dotenv === true ? '.env' : dotenv)
  // Not every machine has a .env; a name that was given is meant.
  if (variables === undefined && dotenv !== true) problems.push(`dotenv: there is no file ${dotenv}`)
  return { ...variables, ...environment }
}

function apply(settings: LogSettings, problems: readonly string[], options: EnvironmentOptions) {
  const { retired } = configure(settingsConfiguration(settings), options)
  const complain = options.complain ?? createComplaints({ intervalMs: 0 })
  // After configuring, so that it is told where everything else is.
  for (const problem of problems) complain(problem)
  const metrics =
    settings.metrics === undefined
      ? undefined
      : startMetricsServer(settings.metrics).catch((error: Error) => {
          complain(`no metrics are served: ${error.message}`)
          return undefined
        })
  return { describe: () => masked(settings) as LogSettings, problems, metrics, retired }
}
