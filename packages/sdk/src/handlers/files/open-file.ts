import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../make-folder.ts'

/** An open log file, and what tells whether the file of that name is still the same. */
export interface OpenFile {
  readonly fd: number
  readonly path: string
  readonly device: number
  readonly inode: number
  /** When it was opened. */
  readonly size: number
}

// O_APPEND: several processes may write one file, each write stays whole. O_NONBLOCK: a named pipe that nobody reads must
// not stop the program; for files it means nothing. Windows has no such flag.
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NONBLOCK ?? 0)

/** Opens for appending; makes the file and its directories. Throws what the file system says. */
export function openForAppend(path: string, truncate: boolean): OpenFile {
  const flags = truncate ? FLAGS | constants.O_TRUNC : FLAGS
  let fd: number
  try {
    fd = openSync(path, flags)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    makeFolder({ mkdirSync, statSync }, dirname(path))
    fd = openSync(path, flags)
  }
  try {
    const { dev, ino, size } = fstatSync(fd)
    return { fd, path, device: dev, inode: ino, size }
  } catch (error) {
    closeQuietly(fd)
    throw error
  }
}

/**
 * Ends the last line when a crash or a full disk cut it, so that it does not swallow the next record. Gives the bytes
 * added.
 */
export function endTornLine(file: OpenFile): number {
  let reader: number | undefined
  try {
    reader = openSync(file.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const last = Buffer.alloc(1)
    const read = readSync(reader, last, 0, 1, file.size - 1)
    return read === 1 && last[0] !== 10 ? writeSync(file.fd, '\n') : 0
  } catch {
    // Who may write a file may not always read it.
    return 0
  } finally {
    if (reader !== undefined) closeQuietly(reader)
  }
}

/** The size of the file, or undefined when its name leads nowhere or to another file now: it was moved or deleted. */
export function sizeInPlace(file: OpenFile): number | undefined {
  const found = statSync(file.path, { throwIfNoEntry: false })
  return found?.ino === file.inode && found.dev === file.device ? found.size : undefined
}

/** Whether the file has no name any more, so that nobody will ever read what was written last. */
export function isDeleted(file: OpenFile): boolean {
  return fstatSync(file.fd).nlink === 0
}

/** When a file with content was changed last, milliseconds; undefined without one. */
export function modifiedMs(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found !== undefined && found.size > 0 ? found.mtimeMs : undefined
}

export function closeQuietly(fd: number): void {
  try {
    closeSync(fd)
  } catch {
    // All has been written by then; there is nothing left to lose.
  }
}
