import { randomBytes } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The way of a binary block into the embedded engine: its library takes only text from memory, but reads any format from a
 * file. This one has no name, so that nothing stays behind after a crash, and is emptied after each insert, so that its
 * bytes hardly ever get as far as the disk.
 */
export class BlockFile {
  readonly #folder: string
  #handle: FileHandle | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Writes the pieces and gives the path for the engine. Not to be called again before the engine has done with the block.
   * Rejects with what the file system says.
   */
  async fill(pieces: readonly Buffer[]): Promise<string> {
    this.#handle ??= await openNameless(this.#folder)
    const handle = this.#handle
    // An insert that failed has left its block here.
    await handle.truncate(0)
    try {
      await writeAll(handle, pieces)
    } catch (error) {
      // On a full disk the bytes that did fit stand in the way of others.
      await handle.truncate(0)
      throw error
    }
    return `/dev/fd/${handle.fd}`
  }

  /** When the engine has read the block. */
  async empty(): Promise<void> {
    await this.#handle?.truncate(0)
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }
}

async function writeAll(handle: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  let at = 0
  for (let rest = pieces; rest.length > 0; ) {
    const { bytesWritten } = await handle.writev(rest, at)
    at += bytesWritten
    rest = after(rest, bytesWritten)
  }
}

async function openNameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `block-${randomBytes(6).toString('hex')}`)
  const handle = await open(path, 'wx+', 0o600)
  await unlink(path)
  return handle
}

/** What is left of the pieces behind so many bytes. */
function after(pieces: readonly Buffer[], written: number): Buffer[] {
  let skip = written
  const rest: Buffer[] = []
  for (const piece of pieces) {
    if (skip >= piece.length) skip -= piece.length
    else {
      rest.push(piece.subarray(skip))
      skip = 0
    }
  }
  return rest
}
