import { resolve } from 'node:path'
import * as v from 'valibot'
import { duration } from '../model/units.ts'
import { s3Options } from '../s3/options.ts'
import { compileGlob, type Glob } from '../tail/glob.ts'

const days = v.optional(
  v.pipe(v.number('is a number of days, such as 7'), v.integer('is a whole number of days'), v.minValue(0)),
)
const globs = v.array(v.pipe(v.string(), v.nonEmpty()))

/** One rule of `housekeeping`; nothing is done to files that no rule names. */
export const housekeepingRule = v.strictObject({
  /** Patterns of the files that are compressed and deleted. */
  paths: v.optional(globs, []),
  exclude: v.optional(globs, []),
  /** Days, counted as `find -mtime +N` does: whole days, rounded down, more than N. */
  compressAfter: days,
  /** Days, counted likewise. */
  deleteAfter: days,
  /** A file that changed within this is being written. */
  quietFor: duration('1h'),
  dailyBackup: v.optional(
    v.strictObject({
      /** What is put into the archive. */
      folder: v.pipe(v.string(), v.nonEmpty()),
      /** `%Y`, `%m`, `%d`, `%H` and `%M` of the local time. */
      name: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^[^/]+\.tar\.gz$/, 'is the name of a file that ends with .tar.gz'),
          v.regex(/%d/, 'has to have %d in it: each day has a backup of its own'),
        ),
        'logs_backup_%Y%m%d.tar.gz',
      ),
      /** Where archives are put; default beside the folder. */
      into: v.optional(v.string()),
      upload: v.optional(s3Options),
    }),
  ),
  /** When the rule is run each day, local time. */
  at: v.optional(
    v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is a time of the day such as 02:00')),
    '02:00',
  ),
  /** Only tells what would be done. */
  dryRun: v.optional(v.boolean(), false),
})

export type HousekeepingRule = v.InferOutput<typeof housekeepingRule>

/** A rule with its patterns compiled and its paths absolute. */
export interface CompiledRule extends Omit<HousekeepingRule, 'paths' | 'exclude'> {
  readonly paths: readonly Glob[]
  readonly exclude: readonly Glob[]
}

/**
 * @param folder relative paths count from here
 * @throws RangeError that names what is wrong
 */
export function compileRule(rule: HousekeepingRule, folder: string): CompiledRule {
  const { compressAfter, deleteAfter, dailyBackup } = rule
  const works = compressAfter !== undefined || deleteAfter !== undefined
  if (works && rule.paths.length === 0) throw new RangeError('compressAfter and deleteAfter need paths: name the files')
  if (!works && rule.paths.length > 0)
    throw new RangeError('nothing is done to the paths: give compressAfter or deleteAfter')
  if (!works && dailyBackup === undefined)
    throw new RangeError('does nothing: give compressAfter, deleteAfter or dailyBackup')
  const globOf = (pattern: string) => compileGlob(resolve(folder, pattern))
  const backup = dailyBackup && {
    ...dailyBackup,
    folder: resolve(folder, dailyBackup.folder),
    into:
      dailyBackup.into === undefined ? resolve(folder, dailyBackup.folder, '..') : resolve(folder, dailyBackup.into),
  }
  if (backup?.folder === '/') throw new RangeError('dailyBackup.folder is the whole machine: name a folder of logs')
  return { ...rule, paths: rule.paths.map(globOf), exclude: rule.exclude.map(globOf), dailyBackup: backup }
}
