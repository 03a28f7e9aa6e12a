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
      await drained(stream)
      if (failed !== undefined) throw failed
    },
  }
}

/** Resolves when the stream takes more, or is gone: which of them, the listener for errors knows. */
function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done).off('error', done)
      resolve()
    }
    stream.on('drain', done).on('close', done).on('error', done)
  })
}
