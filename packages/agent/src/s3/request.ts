import { createReadStream } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'

/** Answers of S3 to what is asked here are short. */
const MAX_ANSWER_BYTES = 1024 * 1024

export interface S3Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A part of a file, or a text. */
export type S3Body = { readonly path: string; readonly start: number; readonly bytes: number } | string

/** Sends one request. Rejects when no whole answer comes: a lost connection, silence for `timeoutMs`, the signal. */
export async function send(
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: S3Body,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<S3Answer> {
  const start = url.protocol === 'https:' ? (await import('node:https')).request : httpRequest
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.bytes
  return new Promise((resolve, reject) => {
    const outgoing = start(url, { method, headers: { ...headers, 'content-length': length }, signal, agent: false })
    outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`nothing came or went for ${timeoutMs} ms`)))
    outgoing.on('error', reject)
    let answered = false
    outgoing.on('response', (incoming) => {
      answered = true
      answerOf(incoming).then(resolve, reject)
    })
    if (typeof body === 'string' || body.bytes === 0) {
      outgoing.end(typeof body === 'string' ? body : '')
      return
    }
    const file = createReadStream(body.path, { start: body.start, end: body.start + body.bytes - 1 })
    pipeline(file, outgoing, (error) => {
      // An answer may come before the body is sent; then the connection is closed, and the answer counts.
      if (error && !answered) reject(error)
    })
  })
}

async function answerOf(incoming: IncomingMessage): Promise<S3Answer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) throw new Error('the answer is longer than 1 MiB')
    parts.push(chunk)
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts).toString('utf8') }
}
