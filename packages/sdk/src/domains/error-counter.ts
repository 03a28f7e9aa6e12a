import type { Handler, HandlerOptions } from '../handler.ts'
import { LEVELS, levelValue } from '../level.ts'
import { allFields } from '../record.ts'

export interface ErrorCounter {
  countError(errorType: string): void
}

/**
 * Counts records of ERROR and above by their field error_type, `unknown` without one: `api_errors_total{error_type}` when
 * the counter is that of apiMetrics. Added to the root it counts the errors of all loggers.
 */
export function errorCounterHandler(counter: ErrorCounter, options: HandlerOptions = {}): Handler {
  return {
    name: 'error counter',
    level: levelValue(options.level ?? LEVELS.ERROR),
    filters: options.filters,
    handle(record) {
      const type = allFields(record)?.error_type
      counter.countError(typeof type === 'string' && type !== '' ? type : 'unknown')
    },
  }
}
