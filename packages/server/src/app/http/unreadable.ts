import { maxHeaderSize, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ERROR_CODES } from '../../model/errors.ts'

/** First byte of what a TLS client says. */
const TLS_RECORD = 0x16

interface Unreadable {
  readonly code?: string | undefined
  readonly message: string
  /** The bytes that could not be read. */
  readonly rawPacket?: unknown
}

/** Answers what is no request, before there is one, in the form of all other errors, and closes. */
export function answerUnreadable(error: Unreadable, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const { status, message } = told(error)
  const { hint } = ERROR_CODES.bad_request
  const body = `${JSON.stringify({ error: { code: 'bad_request', message, hint } })}\n`
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  if (!socket.writable) socket.destroy()
  else socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

function told({ code, message, rawPacket }: Unreadable): { readonly status: number; readonly message: string } {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const text = `address and headers are larger than ${maxHeaderSize} bytes: send shorter ones, and what is long as a body by POST`
    return { status: 431, message: text }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, message: 'the request did not come whole in time' }
  if (Buffer.isBuffer(rawPacket) && rawPacket[0] === TLS_RECORD) {
    return { status: 400, message: 'this port speaks HTTP without TLS: use http://, or set server.tls' }
  }
  return { status: 400, message: `this cannot be read as HTTP: ${message.replace(/^Parse Error: /, '')}` }
}
