import type { IncomingMessage } from 'node:http'
import type { OutgoingAnswer } from './outgoing.ts'

const LARGEST = 65_536

/** Reads an answer up to its bound; what lies beyond is left. */
export async function readAnswer(message: IncomingMessage): Promise<OutgoingAnswer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    // Leaving the loop closes the connection.
    if (size >= LARGEST) break
  }
  const headers = Object.entries(message.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  )
  return {
    status: message.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).subarray(0, LARGEST).toString('utf8'),
  }
}
