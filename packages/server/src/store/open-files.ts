import { readdirSync, statSync } from 'node:fs'

/**
 * Whether a process has a file open, by device and inode; undefined where that cannot be found out (not Linux, or a
 * process of another user).
 */
export function hasFileOpen(pid: number, path: string): boolean | undefined {
  const wanted = statSync(path, { throwIfNoEntry: false })
  if (process.platform !== 'linux' || wanted === undefined) return undefined
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).some((descriptor) => {
      const found = statSync(`${folder}/${descriptor}`, { throwIfNoEntry: false })
      return found?.ino === wanted.ino && found.dev === wanted.dev
    })
  } catch {
    return undefined
  }
}
