import { existsSync, renameSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Complain } from '../../complaints.ts'
import { Compressor } from './compressor.ts'
import { type DatedNames, freePath, isBackup, prune } from './dated-backups.ts'
import { type FileHandler, type FileOptions, handlerOf, pathOption } from './handler.ts'
import type { FilePlan, Period } from './plan.ts'
import { checkSchedule, periodName, periodOf, type Schedule, type When } from './schedule.ts'

/** Options of handlers that keep old files by date. */
export interface DatedFileOptions extends FileOptions {
  /** How many finished files are kept. Default 0: all. */
  readonly backupCount?: number
  /** Finished files are compressed in the background. Default false. */
  readonly gzip?: boolean
  /** Periods and names by UTC instead of local time. Default false. */
  readonly utc?: boolean
}

export interface TimedRotatingFileOptions extends DatedFileOptions {
  /** Of the file being written; made when missing, with its directories. */
  readonly path: string
  /** Default `midnight`. */
  readonly when?: When
  /** How many of these one file is for. Default 1. */
  readonly interval?: number
}

/**
 * Writes to `app.log`; when its time is over it becomes `app.log.2024-12-28`, named by when its time began, as with
 * Python's TimedRotatingFileHandler. The times of the records decide. A file that an earlier process left belongs to the
 * time at which it was changed last.
 */
export function timedRotatingFileHandler(options: TimedRotatingFileOptions): FileHandler {
  const path = pathOption('path', options.path)
  const { gzip = false, utc = false, interval = 1, when = 'midnight' } = options
  const schedule = { when, interval, utc }
  checkSchedule(schedule)
  const backupCount = checkedCount(options.backupCount, path)
  const rules = `${JSON.stringify(schedule)}, ${backupCount} kept${gzip ? ', gzip' : ''}`
  const plan = (complain: Complain) => renamedFiles(path, schedule, backupCount, gzip, complain)
  return handlerOf({ key: path, rules, truncate: false, plan }, options)
}

/** @throws RangeError for what is not a whole number from 0 */
export function checkedCount(backupCount = 0, what: string): number {
  if (Number.isInteger(backupCount) && backupCount >= 0) return backupCount
  throw new RangeError(`backupCount of ${what} is ${backupCount}: use a whole number, 0 keeps all files`)
}

/**
 * A period for writing: a clock that is set back by less than the period's length changes nothing, so that no time is
 * finished twice because of it.
 */
export function lenient({ fromMs, untilMs }: Period): Period {
  return { fromMs: fromMs - (untilMs - fromMs), untilMs }
}

function renamedFiles(
  path: string,
  schedule: Schedule,
  backupCount: number,
  gzip: boolean,
  complain: Complain,
): FilePlan {
  const compressor = new Compressor(complain)
  const names: DatedNames = {
    directory: dirname(path),
    before: `${basename(path)}.`,
    date: String.raw`\d{4}-\d\d-\d\d(?:_\d\d(?:-\d\d){0,2})?`,
    after: '',
  }
  if (gzip) compressor.recover(names.directory, (name) => !name.endsWith('.gz') && isBackup(names, name))
  let period: Period = { fromMs: 0, untilMs: 0 }
  return {
    path,
    maxBytes: Number.POSITIVE_INFINITY,
    begin(timeMs, modifiedMs) {
      period = periodOf(modifiedMs ?? timeMs, schedule)
      return lenient(period)
    },
    turn(timeMs) {
      // The clock was set back: the file goes on under the new time, there is nothing to put away.
      if (timeMs >= period.untilMs && existsSync(path)) {
        const finished = freePath(names, periodName(period.fromMs, schedule), isTaken)
        renameSync(path, finished)
        if (gzip) compressor.add(finished)
        prune(names, { count: backupCount, deleted: (gone) => compressor.forget(gone), complain })
      }
      period = periodOf(timeMs, schedule)
      return lenient(period)
    },
    settled: () => compressor.settled(),
  }
}

function isTaken(path: string): boolean {
  return existsSync(path) || existsSync(`${path}.gz`)
}
