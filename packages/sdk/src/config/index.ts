export { ConfigError } from './config-error.ts'
export { type Configured, type ConfigureOptions, configure, currentConfiguration } from './configure.ts'
export type { Entry, HandlerEntry, LoggerEntry, LoggingConfiguration } from './types.ts'
