import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { flag } from '../../model/options/kinds.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { JsonCursor } from '../decode/json-cursor.ts'
import { ProtobufReader } from '../decode/protobuf.ts'
import { decodeSnappyBlock } from '../decode/snappy.ts'
import { validUtf8 } from '../decode/utf8.ts'
import { mediaTypeOf } from '../headers.ts'
import { bodyOf, Intake } from '../intake.ts'
import { decodePushJson } from '../loki/push-json.ts'
import { decodeLegacyPushJson } from '../loki/push-json-legacy.ts'
import { decodePushProtobuf } from '../loki/push-protobuf.ts'
import {
  defineReceiver,
  type ReceiverContext,
  type ReceiverRequest,
  type ReceiverResponse,
  type ReceiverRoute,
} from '../receiver.ts'

const NAME = 'loki'
const OPEN_BRACE = 0x7b
const PLAIN = 'text/plain; charset=utf-8'

interface LokiOptions {
  readonly strictMetadata: boolean
}

/**
 * Loki's push API: JSON or snappy-compressed protobuf, told apart by Content-Type alone. Stores what is valid of a push
 * and answers 400 with one line for each kind of fault when some of it was not; with 429 or 5xx nothing was stored, so
 * sending again is safe.
 */
export const loki = defineReceiver<LokiOptions>({
  name: NAME,
  summary: "Loki's push API (Promtail, Alloy, Docker driver, Fluent Bit, Vector, pino-loki, winston-loki)",
  options: z.strictObject({
    strictMetadata: flag(true).describe(
      'Refuse structured metadata whose values are not strings, as Loki does; false stores them as JSON text.',
    ),
  }),
  example: `curl -fsS "$URL/loki/api/v1/push" -H 'Content-Type: application/json' -d '{"streams":[{"stream":{"app":"demo"},"values":[["'"$(date +%s)"'000000000","hello from curl"]]}]}'`,
  open: (options, context) => {
    const intake = new Intake(NAME, context, (error) => ({ body: `${error.message}\n`, contentType: PLAIN }))
    const decoder = new PushDecoder(options, context)
    const push = (path: string, legacy: boolean): ReceiverRoute => ({
      method: 'POST',
      path,
      refuse: (error) => intake.refuse(error),
      handle: (request) => intake.handle(request, () => decoder.decode(request, legacy), respond),
    })
    return { routes: [push('/loki/api/v1/push', false), push('/api/prom/push', true)] }
  },
})

function respond({ refusals }: Assembled): ReceiverResponse {
  if (refusals.total === 0) return { status: 204 }
  return { status: 400, headers: { 'content-type': PLAIN }, body: `${refusals.text()}\n` }
}

class PushDecoder {
  readonly #options: LokiOptions
  readonly #context: ReceiverContext
  readonly #jsonStreams = new StreamDirectory()
  readonly #textStreams = new StreamDirectory()

  constructor(options: LokiOptions, context: ReceiverContext) {
    this.#options = options
    this.#context = context
  }

  async decode(request: ReceiverRequest, legacy: boolean): Promise<Assembled> {
    const { limits } = this.#context
    const { tenant } = request
    const mediaType = mediaTypeOf(request)
    if (mediaType === '') {
      throw new GirokError(
        'bad_request',
        'mime: no media type: send Content-Type application/json or application/x-protobuf',
      )
    }
    const content = await bodyOf(request, limits)
    const json = mediaType === 'application/json'
    const body = json ? validUtf8(content, limits.maxDecompressedBytes) : unpack(content, limits.maxDecompressedBytes)
    const assembler = new Assembler(tenant, NAME, body, limits, this.#context.now())
    const text = { tenant, limits, directory: this.#textStreams }
    let streams: number
    if (!json) streams = decodePushProtobuf(new ProtobufReader(body), assembler, text)
    else if (legacy) streams = decodeLegacyPushJson(new JsonCursor(body), assembler, text)
    else {
      const { strictMetadata } = this.#options
      streams = decodePushJson(new JsonCursor(body), assembler, {
        tenant,
        limits,
        directory: this.#jsonStreams,
        strictMetadata,
      })
    }
    if (streams === 0) {
      throw new GirokError('unprocessable', 'error at least one valid stream is required for ingestion')
    }
    return assembler.finish()
  }
}

function unpack(content: Buffer, maxBytes: number): Buffer {
  try {
    return decodeSnappyBlock(content, maxBytes)
  } catch (error) {
    // The usual mistake is JSON under the Content-Type that curl sends when told nothing.
    if (content[0] !== OPEN_BRACE) throw error
    throw new GirokError(
      'bad_request',
      'the body looks like JSON but Content-Type says otherwise: send Content-Type: application/json',
    )
  }
}
