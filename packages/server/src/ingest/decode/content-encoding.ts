import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { GirokError } from '../../model/errors.ts'
import { tooLarge } from './output-limit.ts'
import { Turnstile } from './turnstile.ts'
import { decodeZstd } from './zstd.ts'

const unpackGzip = promisify(zlib.gunzip)
const unpackZlib = promisify(zlib.inflate)
const unpackRaw = promisify(zlib.inflateRaw)
/**
 * Bodies that are undone at once. Many bombs in the same moment would otherwise take as many times the limit of memory,
 * and every thread of the pool that the storage engine works on, too.
 */
const AT_ONCE = new Turnstile(3)

/**
 * Undoes Content-Encoding: none, `identity`, `snappy` (Loki's clients name so what stands in the protobuf format anyway;
 * nothing is undone), `gzip` (or `x-gzip`), `zstd`, `deflate` (raw as Loki reads it, or with zlib's frame as HTTP defines it). At most
 * `maxBytes` (0: no limit) come out, else `body_too_large`; anything else that is wrong is `bad_request`.
 */
export async function decodeContent(body: Buffer, named: string, maxBytes: number): Promise<Buffer> {
  // RFC 9110, 8.4.1.3.
  const encoding = named === 'x-gzip' ? 'gzip' : named
  if (encoding === 'gzip' || encoding === 'zstd' || encoding === 'deflate') {
    return AT_ONCE.run(() => undo(body, encoding, maxBytes))
  }
  if (encoding !== '' && encoding !== 'snappy' && encoding !== 'identity') {
    throw new GirokError(
      'bad_request',
      `Content-Encoding ${JSON.stringify(encoding.slice(0, 60))} not supported: send gzip, deflate, zstd, snappy or none`,
    )
  }
  if (maxBytes > 0 && body.length > maxBytes) throw tooLarge(maxBytes)
  return body
}

async function undo(body: Buffer, encoding: 'gzip' | 'zstd' | 'deflate', maxBytes: number): Promise<Buffer> {
  const options = { chunkSize: chunkBytes(body), ...(maxBytes > 0 && { maxOutputLength: maxBytes }) }
  try {
    if (encoding === 'gzip') return await unpackGzip(body, options)
    if (encoding === 'zstd') return await decodeZstd(body, maxBytes)
    if (!hasZlibFrame(body)) return await unpackRaw(body, options)
    // A raw stream can begin with bytes that look like the frame, so a failure is not the last word.
    return await unpackZlib(body, options).catch((error) => {
      if (isOutputLimit(error)) throw error
      return unpackRaw(body, options)
    })
  } catch (error) {
    if (error instanceof GirokError) throw error
    if (isOutputLimit(error)) throw tooLarge(maxBytes)
    throw new GirokError('bad_request', `the body is not valid ${encoding}: ${(error as Error).message}`)
  }
}

function hasZlibFrame(body: Buffer): boolean {
  return body.length >= 2 && (body[0]! & 0x0f) === 8 && ((body[0]! << 8) | body[1]!) % 31 === 0
}

function isOutputLimit(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
}

/**
 * Bytes that come out of zlib at once. Each piece is a task for the event loop, of which the 16 KiB of Node's default make
 * thousands for one bomb.
 */
function chunkBytes(body: Buffer): number {
  return Math.min(1 << 20, Math.max(16_384, body.length * 4))
}
