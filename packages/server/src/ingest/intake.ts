import { GirokError } from '../model/errors.ts'
import { Admission, NotAdmitted } from './batch/admission.ts'
import type { Assembled } from './batch/assembler.ts'
import type { ReceiverContext, ReceiverRequest, ReceiverResponse } from './receiver.ts'

/** How a receiver tells its clients about an error; the body's form belongs to the protocol. */
export type RenderError = (error: GirokError) => {
  readonly body: string | Buffer
  readonly contentType: string
  /** Where the protocol has other statuses than the error. */
  readonly status?: number
}

/**
 * What every receiver does around its decoder: counts, checks rates, submits, and answers errors in the protocol's own
 * form. Keeps the counts conserved: each record becomes received and then stored, rejected, dropped or duplicate; a
 * request that cannot be decoded counts as one `undecodable`.
 */
export class Intake {
  readonly #name: string
  readonly #context: ReceiverContext
  readonly #admission: Admission
  readonly #render: RenderError

  constructor(name: string, context: ReceiverContext, render: RenderError) {
    this.#name = name
    this.#context = context
    this.#admission = new Admission(context.limits, context.now)
    this.#render = render
  }

  /**
   * Handles one request. `respond` makes the answer once the valid records are stored. GirokErrors become responses;
   * other errors are faults of Girok and pass through.
   */
  async handle(
    request: ReceiverRequest,
    decode: () => Promise<Assembled>,
    respond: (assembled: Assembled) => ReceiverResponse,
  ): Promise<ReceiverResponse> {
    const { tenant } = request
    try {
      const idempotencyKey = idempotencyKeyOf(request)
      const assembled = await this.#decode(decode)
      await this.#store(assembled, tenant, idempotencyKey)
      const response = respond(assembled)
      if (assembled.refusals.total > 0) this.#remember(tenant, response.status, assembled.refusals.text())
      return response
    } catch (error) {
      if (!(error instanceof GirokError)) throw error
      this.#remember(tenant, error.status, error.message)
      const { body, contentType, status = error.status } = this.#render(error)
      const headers: Record<string, string> = { 'content-type': contentType }
      if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds)
      return { status, headers, body }
    }
  }

  async #decode(decode: () => Promise<Assembled>): Promise<Assembled> {
    try {
      return await decode()
    } catch (error) {
      const reason = error instanceof GirokError ? error.code : 'internal'
      this.#context.counters.undecodable.add({ receiver: this.#name, reason })
      throw error
    }
  }

  async #store(assembled: Assembled, tenant: string, idempotencyKey: string | undefined): Promise<void> {
    const { batch, refusals, streamBytes } = assembled
    const { counters } = this.#context
    const labels = { receiver: this.#name, tenant }
    counters.received.add(labels, batch.count + refusals.total)
    counters.receivedBytes.add(
      labels,
      streamBytes.reduce((sum, bytes) => sum + bytes, 0),
    )
    for (const { reason, count } of refusals.groups()) counters.rejected.add({ ...labels, reason }, count)
    if (batch.count === 0) return
    try {
      this.#admission.admit(assembled)
    } catch (error) {
      const reason = error instanceof NotAdmitted ? error.reason : 'internal'
      counters.rejected.add({ ...labels, reason }, batch.count)
      throw error
    }
    await this.#context.submit(batch, idempotencyKey === undefined ? undefined : { idempotencyKey })
  }

  #remember(tenant: string, status: number, reason: string): void {
    this.#context.rejected({ receiver: this.#name, tenant, status, reason: reason.slice(0, 500) })
  }
}

/** First value of a header, trimmed; empty when absent. */
export function headerOf(request: ReceiverRequest, name: string): string {
  const value = request.headers[name]
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? ''
}

/** Media type of the request in lower case, without parameters; empty when absent. */
export function mediaTypeOf(request: ReceiverRequest): string {
  return headerOf(request, 'content-type').split(';', 1)[0]!.trim().toLowerCase()
}

function idempotencyKeyOf(request: ReceiverRequest): string | undefined {
  const key = headerOf(request, 'idempotency-key')
  if (key === '') return undefined
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new GirokError('bad_request', 'Idempotency-Key must be 1 to 200 visible ASCII characters without spaces')
  }
  return key
}
