import { readdir, readFile, stat } from 'node:fs/promises'
import type { FoundFile } from './find-files.ts'

/** Access modes of open(2): all but reading alone. */
const WRITES = 0o3

export interface WrittenFiles {
  /** Who has the file open to write, in words; undefined: nobody that can be seen. */
  writerOf(file: Pick<FoundFile, 'device' | 'inode'>): string | undefined
  /** Processes whose open files may not be seen (of other users, when the agent is not root). */
  readonly unseen: number
}

/**
 * Looks at the open files of all processes once; without /proc nothing is seen. Files are known by device and inode, because
 * a container sees the same file by another path, and a renamed one has other names.
 */
export async function findWrittenFiles(proc = '/proc'): Promise<WrittenFiles> {
  const writers = new Map<string, string>()
  let unseen = 0
  const processes = (await namesIn(proc)) ?? []
  for (const pid of processes) {
    if (!/^\d+$/.test(pid)) continue
    const open = await namesIn(`${proc}/${pid}/fd`)
    if (open === undefined) unseen++
    for (const fd of open ?? []) {
      const seen = await stat(`${proc}/${pid}/fd/${fd}`).catch(() => undefined)
      if (!seen?.isFile()) continue
      const info = await readFile(`${proc}/${pid}/fdinfo/${fd}`, 'latin1').catch(() => '')
      const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '2', 8)
      if ((flags & WRITES) !== 0) writers.set(`${seen.dev}:${seen.ino}`, `process ${pid}`)
    }
  }
  return { writerOf: ({ device, inode }) => writers.get(`${device}:${inode}`), unseen }
}

/** Undefined when it cannot be listed. */
async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder)
  } catch (error) {
    // The process has ended.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined
  }
}
