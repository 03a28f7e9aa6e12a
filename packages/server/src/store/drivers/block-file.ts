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

  /** Writes the pieces and gives the path for the engine, good until the next call. Rejects with what the file system says. */
  async fill(pieces: readonly Buffer[]): Promise<string> {
    this.#handle ??= await openNameless(this.#folder)
    let at = 0
    for (let rest = pieces; rest.length > 0; ) {
      const { bytesWritten } = await this.#handle.writev(rest, at)
      at += bytesWritten
      rest = after(rest, bytesWritten)
    }
    return `/dev/fd/${this.#handle.fd}`
  }

  /** When the engine has read the block. */
  async empty(): Promise<void> {
    await this.#handle?.truncate(0)
  }

  /** The next block gets another file; whoever has this one open may read on. */
  async discard(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
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
