import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Complain } from '../../complaints.ts'
import { Compressor } from './compressor.ts'
import { type DatedNames, freePath, isBackup, prune } from './dated-backups.ts'
import { type FileHandler, handlerOf, pathOption } from './handler.ts'
import type { FilePlan } from './plan.ts'
import { parts, periodOf, type Schedule } from './schedule.ts'
import { checkedCount, type DatedFileOptions, lenient } from './timed.ts'

export interface DailyFileOptions extends DatedFileOptions {
  /** Made when missing. */
  readonly directory: string
  /** First part of the file names: `hapa` gives `hapa_20241228.log`. */
  readonly name: string
  /** Last part of the file names. Default `.log`. */
  readonly extension?: string
}

/**
 * Writes to a file with the date in its name, `hapa_20241228.log`, and to the next one from midnight on. The times of the
 * records decide. The first record makes the first file.
 */
export function dailyFileHandler(options: DailyFileOptions): FileHandler {
  const { gzip = false, utc = false, name, extension = '.log' } = options
  checkFileName(name)
  const directory = pathOption('directory', options.directory)
  const key = join(directory, `${name}_YYYYMMDD${extension}`)
  const backupCount = checkedCount(options.backupCount, key)
  const names: DatedNames = { directory, before: `${name}_`, date: String.raw`\d{8}`, after: extension }
  const rules = `${utc ? 'UTC' : 'local'} days, ${backupCount} kept${gzip ? ', gzip' : ''}`
  const plan = (complain: Complain) => datedFiles(names, utc, backupCount, gzip, complain)
  return handlerOf({ key, rules, truncate: false, plan }, options)
}

/** @throws RangeError for a name that is empty or leads to another directory */
export function checkFileName(name: string): void {
  if (typeof name === 'string' && name !== '' && name === basename(name) && !/[\\/\0]/.test(name)) return
  throw new RangeError(`name of a log file is ${JSON.stringify(name)}: use one without / and \\, and not an empty one`)
}

function datedFiles(names: DatedNames, utc: boolean, backupCount: number, gzip: boolean, complain: Complain): FilePlan {
  const compressor = new Compressor(complain)
  const schedule: Schedule = { when: 'midnight', interval: 1, utc }
  let path: string | undefined

  function enter(timeMs: number) {
    const period = periodOf(timeMs, schedule)
    const date = parts(timeMs, utc).slice(0, 3).join('')
    // A day that is compressed already comes again only when the clock is set back.
    path = freePath(names, date, (candidate) => existsSync(`${candidate}.gz`) && !existsSync(candidate))
    // It may be waiting to be compressed, and deleted.
    compressor.forget(path)
    return lenient(period)
  }

  function tidy(): void {
    prune(names, { count: backupCount, except: path, deleted: (gone) => compressor.forget(gone), complain })
  }

  return {
    get path() {
      return path
    },
    maxBytes: Number.POSITIVE_INFINITY,
    begin(timeMs) {
      const period = enter(timeMs)
      if (gzip) {
        const current = path === undefined ? '' : basename(path)
        const isFinished = (name: string) => name !== current && !name.endsWith('.gz') && isBackup(names, name)
        compressor.recover(names.directory, isFinished)
      }
      tidy()
      return period
    },
    turn(timeMs) {
      const finished = path
      const period = enter(timeMs)
      if (gzip && finished !== undefined && finished !== path && existsSync(finished)) compressor.add(finished)
      tidy()
      return period
    },
    settled: () => compressor.settled(),
  }
}
