import type { Processor } from '../processor.ts'
import { detectedLevel } from './detected-level.ts'
import { serviceName } from './service-name.ts'

/** Every processor, in the order in which they run. `enrich` of the configuration switches each on or off. */
export const processors: readonly Processor<Record<string, never>>[] = [serviceName, detectedLevel]
