export {
  editDistance,
  formatBytes,
  formatDuration,
  nearestPath,
  parseBytes,
  parseDuration,
} from '@girok/query/settings'
export type { Override } from './flags.ts'
export { isLoopback } from './host.ts'
export type { ConfigKey, ReceiverDeclaration } from './keys.ts'
export { type Config, type ConfigSources, loadConfig } from './load.ts'
export { printConfig, redactConfig } from './print.ts'
export { ConfigError } from './problem.ts'
export { configReference, describeConfig } from './reference.ts'
