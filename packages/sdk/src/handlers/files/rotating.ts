import { existsSync, renameSync, unlinkSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Complain } from '../../complaints.ts'
import { Compressor } from './compressor.ts'
import { type FileHandler, type FileOptions, handlerOf, pathOption } from './handler.ts'
import { ALWAYS, type FilePlan } from './plan.ts'
import { parseSize } from './size.ts'

export interface RotatingFileOptions extends FileOptions {
  /** Of the file being written; made when missing, with its directories. */
  readonly path: string
  /** Size that no file exceeds: bytes, or text such as `10MB` (1024 × 1024 each). One longer record has its own file. */
  readonly maxBytes: number | string
  /** How many full files are kept, from 1. Default 5. */
  readonly backupCount?: number
  /** Full files are compressed in the background. Default false. */
  readonly gzip?: boolean
}

/**
 * Writes to `app.log` until it is full; it becomes `app.log.1` then, what was `.1` becomes `.2`, and so on up to
 * `backupCount`, as with Python's RotatingFileHandler. No line is divided between files.
 */
export function rotatingFileHandler(options: RotatingFileOptions): FileHandler {
  const path = pathOption('path', options.path)
  const maxBytes = parseSize(options.maxBytes, `maxBytes of ${path}`)
  const { backupCount = 5, gzip = false } = options
  if (!Number.isInteger(backupCount) || backupCount < 1) {
    throw new RangeError(`backupCount of ${path} is ${backupCount}: use a whole number from 1`)
  }
  const rules = `${maxBytes} bytes, ${backupCount} kept${gzip ? ', gzip' : ''}`
  const plan = (complain: Complain) => numberedFiles(path, maxBytes, backupCount, gzip, complain)
  return handlerOf({ key: path, rules, truncate: false, plan }, options)
}

function numberedFiles(
  path: string,
  maxBytes: number,
  backupCount: number,
  gzip: boolean,
  complain: Complain,
): FilePlan {
  const compressor = new Compressor(complain)
  if (gzip) {
    const prefix = `${basename(path)}.`
    compressor.recover(dirname(path), (name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
  }

  /** A full file may be compressed or not, whatever the option says now. */
  const forms = (number: number) => [`${path}.${number}`, `${path}.${number}.gz`].filter((form) => existsSync(form))

  function shift(from: number): void {
    for (const form of forms(from)) {
      const to = `${path}.${from + 1}${form.endsWith('.gz') ? '.gz' : ''}`
      renameSync(form, to)
      compressor.renamed(form, to)
    }
  }

  function remove(number: number): void {
    for (const form of forms(number)) {
      unlinkSync(form)
      compressor.forget(form)
    }
  }

  return {
    path,
    maxBytes,
    begin: () => ALWAYS,
    turn() {
      // Up to the first gap only: a crash between two renames leaves one, and no file needs to go for it.
      let free = 1
      while (free <= backupCount && forms(free).length > 0) free++
      if (free > backupCount) {
        remove(backupCount)
        free = backupCount
      }
      for (let number = free - 1; number >= 1; number--) shift(number)
      const full = `${path}.1`
      if (existsSync(path)) renameSync(path, full)
      if (gzip) compressor.add(full)
      return ALWAYS
    },
    settled: () => compressor.settled(),
  }
}
