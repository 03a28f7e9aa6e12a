import { existsSync, readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Complain } from '../../complaints.ts'
import { messageOf } from '../error-text.ts'

/** How files that are finished are named: something before the date, something after. */
export interface DatedNames {
  readonly directory: string
  readonly before: string
  /** As a regular expression. */
  readonly date: string
  readonly after: string
}

interface Backup {
  readonly path: string
  readonly date: string
  readonly number: number
}

/** A name of that date that no file has, compressed or not: with `.1`, `.2` … behind the date when it is taken. */
export function freePath(names: DatedNames, date: string, isTaken: (path: string) => boolean): string {
  for (let number = 0; ; number++) {
    const path = join(names.directory, `${names.before}${date}${number === 0 ? '' : `.${number}`}${names.after}`)
    if (!isTaken(path)) return path
  }
}

export function isBackup(names: DatedNames, name: string): boolean {
  return matcher(names).test(name)
}

export interface PruneOptions {
  /** How many files are kept; 0 keeps all. */
  readonly count: number
  /** Neither counted nor deleted: the file being written. */
  readonly except?: string | undefined
  readonly deleted: (path: string) => void
  readonly complain: Complain
}

/** Deletes the oldest files. Never throws: the file that was finished is in its place already. */
export function prune(names: DatedNames, { count, except, deleted, complain }: PruneOptions): void {
  if (count === 0) return
  try {
    const backups = backupsIn(names).filter(({ path }) => path !== except)
    for (const { path } of backups.slice(0, Math.max(0, backups.length - count))) {
      unlinkSync(path)
      deleted(path)
    }
  } catch (error) {
    complain(`old log files in ${names.directory}: ${messageOf(error)}`)
  }
}

/** Oldest first. */
function backupsIn(names: DatedNames): Backup[] {
  const expression = matcher(names)
  const backups: Backup[] = []
  for (const name of existsSync(names.directory) ? readdirSync(names.directory) : []) {
    const match = expression.exec(name)
    if (match === null) continue
    backups.push({ path: join(names.directory, name), date: match[1] ?? '', number: Number(match[2] ?? 0) })
  }
  return backups.sort((a, b) => (a.date === b.date ? a.number - b.number : a.date < b.date ? -1 : 1))
}

function matcher({ before, date, after }: DatedNames): RegExp {
  return new RegExp(`^${literal(before)}(${date})(?:\\.(\\d+))?${literal(after)}(?:\\.gz)?$`)
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
