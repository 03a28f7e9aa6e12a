import { mkdirSync } from 'node:fs'
import { DiskSpool, type SpoolOptions } from './disk-spool.ts'
import { lockFolder } from './folder-lock.ts'

/**
 * Opens the spool in a folder. Throws ConfigProblem when another process uses it, and as the disk does when it cannot be
 * read or made.
 */
export async function openSpool(options: SpoolOptions): Promise<DiskSpool> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const lock = await lockFolder(options.folder)
  try {
    return await DiskSpool.open(options, lock)
  } catch (error) {
    await lock.release()
    throw error
  }
}
