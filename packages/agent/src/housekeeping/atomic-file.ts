import { createWriteStream } from 'node:fs'
import { chmod, chown, open, rename, rm, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** What is being written has this behind its name: what is left of a crash is written anew by the next run. */
export const PART = '.girok-part'

interface Finish {
  readonly mode: number
  readonly uid?: number
  readonly gid?: number
  /** Milliseconds since the epoch; undefined: now. */
  readonly modifiedMs?: number
}

/**
 * Writes bytes, gzipped, into a file that is there as a whole and on the disk, or not at all.
 * @throws the error of reading or writing; ABORT_ERR by the signal
 */
export async function writeGzip(
  from: AsyncIterable<Buffer>,
  path: string,
  { mode, uid, gid, modifiedMs }: Finish,
  signal: AbortSignal,
): Promise<void> {
  const part = `${path}${PART}`
  await rm(part, { force: true })
  try {
    const file = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline(Readable.from(from, { objectMode: true }), createGzip(), file, { signal })
    if (modifiedMs !== undefined) await utimes(part, new Date(modifiedMs), new Date(modifiedMs))
    // Without the rights for it the file stays the agent's own.
    if (uid !== undefined && gid !== undefined) await chown(part, uid, gid).catch(() => undefined)
    await chmod(part, mode & 0o777)
    await rename(part, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
