export { ConfigError } from './config-error.ts'
export { type Configured, type ConfigureOptions, configure, currentConfiguration } from './configure.ts'
export { parseDotenv } from './dotenv.ts'
export { type FastifyLogger, fastifyLogger } from './fastify-logger.ts'
export { type ConfigureFromFileOptions, configureFromFile, type FileConfiguration } from './from-file.ts'
export { type MetricsServer, type MetricsServerOptions, startMetricsServer } from './metrics-server.ts'
export type { LogSettings } from './settings.ts'
export {
  configureFromEnvironment,
  type EnvironmentConfiguration,
  type EnvironmentOptions,
  type SetupOptions,
  setupLogging,
} from './setup.ts'
export type { Entry, HandlerEntry, LoggerEntry, LoggingConfiguration } from './types.ts'
