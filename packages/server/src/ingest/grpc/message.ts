import { GirokError } from '../../model/errors.ts'
import { decodeContent } from '../decode/content-encoding.ts'

/** One flag byte and four of length stand before every message. */
const PREFIX_BYTES = 5
const SUPPORTED = ['identity', 'gzip', 'deflate', 'zstd'] as const
/** For the header `grpc-accept-encoding`. */
export const ACCEPTED_ENCODINGS = SUPPORTED.join(',')

/** Gathers the bytes of a unary call's only message. */
export class MessageBytes {
  length = 0
  readonly #parts: Buffer[] = []
  readonly #maxBytes: number

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Throws `body_too_large` as soon as it is known. */
  add(chunk: Buffer): void {
    this.length += chunk.length
    this.#parts.push(chunk)
    if (this.length > this.#maxBytes + PREFIX_BYTES) {
      throw new GirokError('body_too_large', `the message is larger than maxFrameBytes (${this.#maxBytes} bytes)`)
    }
  }

  /** The message, decompressed by the call's `grpc-encoding`; at most `maxDecompressedBytes` (0: no limit). */
  async message(encoding: string, maxDecompressedBytes: number): Promise<Buffer> {
    const bytes = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts)
    if (bytes.length < PREFIX_BYTES) throw new GirokError('bad_request', 'the call has no message')
    const flag = bytes[0] as number
    const length = bytes.readUInt32BE(1)
    if (flag > 1) throw new GirokError('bad_request', `the message begins with the flag ${flag}: 0 and 1 are known`)
    if (length !== bytes.length - PREFIX_BYTES) {
      throw new GirokError(
        'bad_request',
        `the call has ${bytes.length - PREFIX_BYTES} bytes where its message says ${length}: send one whole message`,
      )
    }
    const message = bytes.subarray(PREFIX_BYTES)
    if (flag === 0) return message
    if (!(SUPPORTED as readonly string[]).includes(encoding)) {
      throw new GirokError(
        'unsupported_media',
        `grpc-encoding ${JSON.stringify(encoding.slice(0, 60))} is not supported: send ${SUPPORTED.join(', ')}`,
      )
    }
    return decodeContent(message, encoding, maxDecompressedBytes)
  }
}

/** A message as it goes over the wire, not compressed. */
export function framed(message: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES + message.length)
  bytes[0] = 0
  bytes.writeUInt32BE(message.length, 1)
  message.copy(bytes, PREFIX_BYTES)
  return bytes
}

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 }

/** Milliseconds of a `grpc-timeout` header (`5S`, `100m`); undefined when there is none or it makes no sense. */
export function timeoutMs(header: string): number | undefined {
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(header) ?? []
  return digits === undefined || unit === undefined ? undefined : Number(digits) * (UNIT_MS[unit] as number)
}
