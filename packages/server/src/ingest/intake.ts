import { GirokError } from '../model/errors.ts'
import type { Assembled } from './batch/assembler.ts'
import { decodeContent } from './decode/content-encoding.ts'
import { validUtf8 } from './decode/utf8.ts'
import { Delivery } from './delivery.ts'
import { headerOf } from './headers.ts'
import type { IngestLimits } from './limits.ts'
import type { ReceiverContext, ReceiverRequest, ReceiverResponse } from './receiver.ts'

/** How a receiver tells its clients about an error; the body's form belongs to the protocol. */
export type RenderError = (error: GirokError) => {
  readonly body: string | Buffer
  readonly contentType: string
  /** Where the protocol has other statuses than the error. */
  readonly status?: number
}

/**
 * What every receiver with one HTTP answer for a whole request does around its decoder: counts, checks rates, submits,
 * and answers errors in the protocol's own form. A request that cannot be decoded counts as one `undecodable`.
 */
export class Intake {
  readonly delivery: Delivery
  readonly #render: RenderError

  constructor(name: string, context: ReceiverContext, render: RenderError) {
    this.delivery = new Delivery(name, context)
    this.#render = render
  }

  /**
   * Handles one request. `respond` makes the answer once the valid records are stored. GirokErrors become responses;
   * other errors are faults of Girok and pass through. The key is the request's `Idempotency-Key` unless given.
   */
  async handle(
    request: ReceiverRequest,
    decode: () => Promise<Assembled> | Assembled,
    respond: (assembled: Assembled) => ReceiverResponse,
    given: { readonly idempotencyKey?: string } = {},
  ): Promise<ReceiverResponse> {
    const { tenant } = request
    try {
      const idempotencyKey = given.idempotencyKey ?? idempotencyKeyOf(request)
      const assembled = await this.delivery.decoded(decode)
      await this.delivery.deliver(assembled, idempotencyKey === undefined ? undefined : { idempotencyKey })
      const response = respond(assembled)
      const { refusals } = assembled
      if (refusals.total > 0) this.delivery.remember(tenant, response.status, refusals.text())
      return response
    } catch (error) {
      if (!(error instanceof GirokError)) throw error
      this.delivery.remember(tenant, error.status, error.message)
      return this.refuse(error)
    }
  }

  /** The answer to an error, with `Retry-After` where there is a time to wait. */
  refuse(error: GirokError): ReceiverResponse {
    return refusal(error, this.#render(error))
  }
}

/** The body, decompressed. Throws as decodeContent does. */
export function bodyOf(request: ReceiverRequest, { maxDecompressedBytes }: IngestLimits): Promise<Buffer> {
  return decodeContent(request.body, headerOf(request, 'content-encoding').toLowerCase(), maxDecompressedBytes)
}

/** The body as valid UTF-8, decompressed. Throws as decodeContent and validUtf8 do. */
export async function textBodyOf(request: ReceiverRequest, limits: IngestLimits): Promise<Buffer> {
  return validUtf8(await bodyOf(request, limits), limits.maxDecompressedBytes)
}

/** An answer that refuses: with the time to wait and the way to authenticate, where the error has one. */
export function refusal(
  error: GirokError,
  { status = error.status, contentType, body }: ReturnType<RenderError>,
): ReceiverResponse {
  const headers: Record<string, string> = { 'content-type': contentType }
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds)
  if (error.code === 'unauthorized') headers['www-authenticate'] = 'Bearer realm="girok"'
  return { status, headers, body }
}

function idempotencyKeyOf(request: ReceiverRequest): string | undefined {
  const key = headerOf(request, 'idempotency-key')
  if (key === '') return undefined
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new GirokError('bad_request', 'Idempotency-Key must be 1 to 200 visible ASCII characters without spaces')
  }
  return key
}
