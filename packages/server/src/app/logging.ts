import {
  consoleHandler,
  createHierarchy,
  formatted,
  type Handler,
  type Hierarchy,
  LEVELS,
  type LevelName,
  textFormatter,
} from '@girok/sdk'
import { jsonFormatter } from '@girok/sdk/formatters'
import type { Config } from './config/index.ts'
import { createOwnLog, type OwnLine, type OwnLog } from './own-log.ts'

export interface ServerLogging {
  /** Loggers of the server: `girok.store`, `girok.http` … */
  readonly hierarchy: Hierarchy
  /** Undefined when `log.ingest` is off. */
  readonly ownLog: OwnLog | undefined
}

/** The server's own log: to the console, and (by default) into Girok itself as service_name="girok". */
export function createServerLogging(config: Config): ServerLogging {
  const hierarchy = createHierarchy()
  const { root } = hierarchy
  root.setLevel(config.log.level as LevelName)
  const json = jsonFormatter()
  const asText = config.log.format === 'text' || (config.log.format === 'auto' && process.stderr.isTTY === true)
  root.addHandler(consoleHandler({ formatter: asText ? textFormatter() : json }))
  if (!config.log.ingest) return { hierarchy, ownLog: undefined }
  const ownLog = createOwnLog(config.tenancy.default, { service_name: 'girok', job: 'girok' })
  root.addHandler(ownLogHandler(ownLog, json))
  return { hierarchy, ownLog }
}

function ownLogHandler(ownLog: OwnLog, formatter: ReturnType<typeof jsonFormatter>): Handler {
  return {
    name: 'own-log',
    level: 0,
    handle(record) {
      ownLog.add({
        timeMs: Math.floor(record.timeMs),
        level: levelWord(record.level),
        line: formatted(record, formatter),
      })
    },
  }
}

function levelWord(level: number): OwnLine['level'] {
  if (level >= LEVELS.CRITICAL) return 'critical'
  if (level >= LEVELS.ERROR) return 'error'
  if (level >= LEVELS.WARNING) return 'warn'
  return level >= LEVELS.INFO ? 'info' : 'debug'
}
