import { isUtf8 } from 'node:buffer'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GirokError } from '../../model/errors.ts'
import { Delivery } from '../delivery.ts'
import type { Method, Receiver, ReceiverContext } from '../receiver.ts'
import { Storing } from '../redis/storing.ts'
import { openReceiver } from './bench-of-receivers.ts'
import { readSamples } from './read-samples.ts'

/** Folder of all cases: `testdata/<receiver>/<case>`. */
export const TESTDATA = join(import.meta.dirname, '../testdata')

/** `request.json`: an HTTP request, or what comes to a listener. */
interface Written {
  readonly nowMs: number
  readonly options?: Readonly<Record<string, unknown>>
  /** The only good token; absent: none is needed. */
  readonly token?: string
  readonly limits?: Readonly<Record<string, number>>
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  /** What is fetched from Redis: each body is an entry of this key, its names and values (or one element) parted by NUL. */
  readonly key?: string
  /** Name of the listener; a gRPC one also has the `method`, by its full path. */
  readonly listener?: string
  /** False where what is written to the connection differs each time (a nonce). */
  readonly compareWritten?: boolean
}

export interface GoldenCase {
  readonly receiver: Receiver
  readonly name: string
  readonly folder: string
  readonly written: Written
  /** `request.body`, then `request.2.body` … : datagrams, or what a client sends after it has read the answer. */
  readonly bodies: readonly Buffer[]
}

/** The recorded cases of a receiver, by name; empty when it has none. */
export function casesOf(receiver: Receiver): GoldenCase[] {
  const root = join(TESTDATA, receiver.name)
  if (!existsSync(root)) return []
  return readdirSync(root)
    .sort()
    .map((name) => {
      const folder = join(root, name)
      const bodies = [readFileSync(join(folder, 'request.body'))]
      for (let n = 2; existsSync(join(folder, `request.${n}.body`)); n++) {
        bodies.push(readFileSync(join(folder, `request.${n}.body`)))
      }
      const written = JSON.parse(readFileSync(join(folder, 'request.json'), 'utf8')) as Written
      return { receiver, name, folder, written, bodies }
    })
}

/**
 * Sends a case's bytes, or others in their place, to its receiver; gives the bench for further questions and what is to
 * be compared. `pieceBytes` cuts what goes over a connection into pieces of so many bytes.
 */
export async function runCase(
  { receiver, written }: GoldenCase,
  bodies: readonly Buffer[],
  pieceBytes = Number.POSITIVE_INFINITY,
) {
  const { nowMs, options, token, limits, listener, compareWritten } = written
  const bench = openReceiver(receiver, {
    nowMs,
    ...(options && { options }),
    ...(token !== undefined && { token }),
    ...(limits && { limits }),
  })
  const kind = bench.listeners.find((one) => one.name === listener)?.kind
  let answer: object = {}
  if (written.key !== undefined) await storeEntries(receiver.name, written.key, bodies, bench.context)
  else if (listener === undefined) {
    const { path = '/', query = '', headers = {}, method = 'POST' } = written
    const response = await bench.send({ method: method as Method, path, query, headers, body: bodies[0] as Buffer })
    answer = { status: response.status, body: String(response.body ?? '') }
  } else if (kind === 'datagram') for (const body of bodies) bench.datagram(listener, body)
  else if (kind === 'grpc') {
    answer = await bench.call(listener, written.method ?? '', bodies[0] as Buffer).then(
      (message) => ({ message: shown(message) }),
      (error) => ({ error: refusalOf(error) }),
    )
  } else {
    const connection = bench.connect(listener)
    const refused = await sendPieces(connection, bodies, pieceBytes).catch(refusalOf)
    answer = {
      ...(compareWritten !== false && { written: shown(connection.written) }),
      ...(refused !== undefined && { error: refused }),
    }
  }
  await bench.close()
  const result = {
    ...answer,
    records: bench.records(),
    ...(bench.sampleBatches.length > 0 && {
      samples: bench.sampleBatches.flatMap(readSamples),
      metadata: bench.sampleBatches.flatMap(({ metadata = [] }) => metadata),
    }),
    rejected: Object.fromEntries(bench.counters.rejected.values),
    ...(bench.counters.dropped.total > 0 && { dropped: Object.fromEntries(bench.counters.dropped.values) }),
    ...(listener !== undefined &&
      bench.counters.undecodable.total > 0 && { undecodable: Object.fromEntries(bench.counters.undecodable.values) }),
  }
  return { bench, result }
}

async function storeEntries(receiver: string, key: string, bodies: readonly Buffer[], context: ReceiverContext) {
  const delivery = new Delivery(receiver, context)
  const storing = new Storing({ receiver, tenant: context.tenant, field: undefined, delivery, context })
  const entries = bodies.map((body) => {
    const fields: Buffer[] = []
    for (let start = 0, end = 0; end < body.length; start = end + 1) {
      const nul = body.indexOf(0, start)
      end = nul < 0 ? body.length : nul
      fields.push(body.subarray(start, end))
    }
    const whole = fields.length > 1 ? fields.length - (fields.length % 2) : fields.length
    return { timeMs: context.now(), fields: fields.slice(0, whole) }
  })
  await storing.store(key, entries, 'golden', new AbortController().signal)
}

async function sendPieces(
  connection: { send(bytes: Buffer): Promise<void>; end(): Promise<void>; readonly closed: boolean },
  bodies: readonly Buffer[],
  pieceBytes: number,
): Promise<undefined> {
  for (const body of bodies) {
    const step = Math.min(pieceBytes, Math.max(1, body.length))
    for (let at = 0; at < body.length && !connection.closed; at += step) {
      await connection.send(body.subarray(at, at + step))
    }
  }
  if (!connection.closed) await connection.end()
}

function refusalOf(error: unknown): string {
  if (error instanceof GirokError) return `${error.code}: ${error.message}`
  throw error
}

function shown(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : `base64:${bytes.toString('base64')}`
}
