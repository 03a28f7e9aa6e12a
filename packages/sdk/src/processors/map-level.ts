import { levelValue } from '../level.ts'
import type { Processor } from '../processor.ts'
import { changed, type LogRecord } from '../record.ts'

/**
 * Gives records another level, by number or name; undefined keeps it. The level of the logger was asked before, those of
 * handlers are asked after: `mapLevel((record) => record.logger === 'noisy' ? Math.min(record.level, 20) : undefined)`.
 */
export function mapLevel(map: (record: LogRecord) => number | string | undefined): Processor {
  return Object.assign(
    (record: LogRecord) => {
      const given = map(record)
      const level = given === undefined ? record.level : levelValue(given)
      return level === record.level ? record : changed(record, { level })
    },
    { reason: 'map_level' },
  )
}
