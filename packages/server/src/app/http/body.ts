import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { GirokError } from '../../model/errors.ts'

/** Reads the bodies of requests, within bounds for each and for all that are held at once. */
export interface BodyReader {
  /** Resolves to the body. The bytes count as held until `release`. */
  read(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer>
  /** Call when the request is answered or its connection gone. */
  release(request: FastifyRequest): void
}

/**
 * `maxBytes` is for one body (0: no limit), `maxHeldBytes` for all: many clients that each send a large body slowly, or
 * that all send at once, get 429 rather than the memory of the process.
 */
export function createBodyReader(maxBytes: number, maxHeldBytes: number): BodyReader {
  const limit = maxBytes > 0 ? maxBytes : Number.MAX_SAFE_INTEGER
  const heldBy = new WeakMap<FastifyRequest, number>()
  let held = 0

  const tooLarge = () => new GirokError('body_too_large', 'request body too large: it exceeds limits.maxBodyBytes')

  return {
    async read(request, payload) {
      if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
      const parts: Buffer[] = []
      let length = 0
      return new Promise<Buffer>((done, failed) => {
        const fail = (error: unknown) => {
          payload.removeListener('data', take)
          // What is still to come is read and thrown away, so that the answer arrives.
          payload.resume()
          failed(error)
        }
        const take = (part: Buffer) => {
          length += part.length
          held += part.length
          heldBy.set(request, length)
          if (length > limit) return fail(tooLarge())
          if (held > maxHeldBytes) {
            const text = `the bodies of all requests hold more than ${maxHeldBytes} bytes: send again later`
            return fail(new GirokError('overloaded', text, { retryAfterSeconds: 1 }))
          }
          parts.push(part)
        }
        payload.on('data', take)
        payload.once('end', () => done(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, length)))
        payload.once('error', failed)
        payload.once('aborted', () => failed(new GirokError('cancelled', 'the client went away')))
      })
    },
    release(request) {
      held -= heldBy.get(request) ?? 0
      heldBy.delete(request)
    },
  }
}
