import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { OutputClosed } from '../failure.ts'

/** Writes to a stream at the pace of its reader. */
export interface Writer {
  /** Resolves when more may be written. Rejects with OutputClosed when the reader is gone. */
  write(text: string | Uint8Array): Promise<void>
}

export function createWriter(stream: Writable): Writer {
  let failed: Error | undefined
  stream.on('error', (error: NodeJS.ErrnoException) => {
    failed = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' ? new OutputClosed() : error
  })
  return {
    async write(text) {
      if (failed === undefined && stream.destroyed) failed = new OutputClosed()
      if (failed !== undefined) throw failed
      if (stream.write(text)) return
      // An error ends the wait as well as a drain does; `failed` tells them apart.
      await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => undefined)
      if (failed !== undefined) throw failed
    },
  }
}
