import { chdbDriver } from './chdb.ts'
import { clickhouseDriver } from './clickhouse.ts'
import type { DriverDefinition } from './definition.ts'

/** All storage engines. */
export const DRIVERS: readonly DriverDefinition[] = [chdbDriver, clickhouseDriver]
