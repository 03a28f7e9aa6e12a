import { fstatSync, type Stats, statSync } from 'node:fs'

/** What the agent needs to know of a file. */
export interface FileStat {
  /** Device and inode: the same for all names of a file. */
  readonly id: string
  readonly size: number
  readonly modifiedMs: number
  /** Milliseconds since the epoch when the file came to be; 0 where the file system does not say. */
  readonly bornMs: number
  /** Number of its names: 0 when it was deleted. */
  readonly links: number
  readonly kind: 'file' | 'folder' | 'other'
}

/** Follows symbolic links; undefined when there is nothing. Other faults are thrown. */
export function statPath(path: string): FileStat | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  // Numbers cannot tell such inodes apart (overlay and ZFS have them).
  if (found.ino > Number.MAX_SAFE_INTEGER) {
    const exact = statSync(path, { throwIfNoEntry: false, bigint: true })
    return exact && described(found, `${exact.dev}:${exact.ino}`)
  }
  return described(found, `${found.dev}:${found.ino}`)
}

export function statOpen(fd: number): FileStat {
  const found = fstatSync(fd)
  if (found.ino <= Number.MAX_SAFE_INTEGER) return described(found, `${found.dev}:${found.ino}`)
  const exact = fstatSync(fd, { bigint: true })
  return described(found, `${exact.dev}:${exact.ino}`)
}

function described(found: Stats, id: string): FileStat {
  return {
    id,
    size: found.size,
    modifiedMs: found.mtimeMs,
    // Without a time of birth the system gives that of the last change of the inode.
    bornMs: found.birthtimeMs === found.ctimeMs ? 0 : found.birthtimeMs,
    links: found.nlink,
    kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other',
  }
}

/** The code of a fault of the system, such as `EACCES`; undefined for faults that are not the system's. */
export function faultCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

const IN_WORDS: Readonly<Record<string, string>> = {
  EACCES: 'the agent may not read it: give its user read access (and execute access to the folders above)',
  EPERM: 'the agent may not read it: give its user read access',
  EMFILE: 'too many files are open: raise the limit of open files (LimitNOFILE= of the service)',
  ENFILE: 'the system has too many open files',
  EIO: 'the disk reports an error',
  ESTALE: 'the network file system has lost the file; it is opened again',
  ELOOP: 'its symbolic links lead round in a circle',
}

/** A fault of reading in words for users. */
export function faultInWords(error: unknown): string {
  const code = faultCode(error)
  return (code && IN_WORDS[code] && `${IN_WORDS[code]} (${code})`) || (error as Error).message
}
