import { createHierarchy, type Handler, type LogRecord } from '../../index.ts'
import { ConfigError, configure, type LoggingConfiguration } from '../index.ts'

export interface Recorder extends Handler {
  readonly records: LogRecord[]
  closed: number
}

/** A handler that keeps what it gets, and counts how often it is closed. */
export function recorder(options: object = {}): Recorder {
  const handler: Recorder = {
    name: 'recorder',
    level: 0,
    records: [],
    closed: 0,
    handle: (record) => void handler.records.push(record),
    close: async () => void handler.closed++,
    ...options,
  }
  return handler
}

/** A hierarchy of its own to configure. */
export function setUp() {
  const hierarchy = createHierarchy()
  return {
    ...hierarchy,
    hierarchy,
    apply: (configuration: object) => configure(configuration as LoggingConfiguration, { hierarchy }),
    problems(configuration: unknown): readonly string[] {
      try {
        configure(configuration as LoggingConfiguration, { hierarchy })
      } catch (error) {
        if (error instanceof ConfigError) return error.problems
        throw error
      }
      return []
    },
  }
}
