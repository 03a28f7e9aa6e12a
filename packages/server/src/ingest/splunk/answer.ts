import { GirokError } from '../../model/errors.ts'
import { isRetryable } from '../backpressure.ts'
import type { RenderError } from '../intake.ts'
import type { ReceiverResponse } from '../receiver.ts'

/** Splunk's numbered answers, as its HTTP event collector gives them: number, HTTP status, text. */
export const ANSWERS = {
  success: [0, 200, 'Success'],
  tokenRequired: [2, 401, 'Token is required'],
  invalidToken: [4, 403, 'Invalid token'],
  noData: [5, 400, 'No data'],
  invalidFormat: [6, 400, 'Invalid data format'],
  internal: [8, 500, 'Internal server error'],
  busy: [9, 503, 'Server is busy'],
  channelMissing: [10, 400, 'Data channel is missing'],
  invalidChannel: [11, 400, 'Invalid data channel'],
  eventRequired: [12, 400, 'Event field is required'],
  eventBlank: [13, 400, 'Event field cannot be blank'],
  invalidFields: [15, 400, 'Error in handling indexed fields'],
  healthy: [17, 200, 'HEC is healthy'],
  tooLarge: [27, 413, 'Request entity too large'],
} as const satisfies Record<string, readonly [code: number, status: number, text: string]>

export type AnswerName = keyof typeof ANSWERS

/** A fault of the request that Splunk has a number for. Nothing of the request is stored. */
export class HecError extends GirokError {
  readonly answer: AnswerName
  /** Place of the event in the request, from 0. */
  readonly event: number | undefined

  constructor(answer: AnswerName, message: string, event?: number) {
    super('bad_request', message)
    this.answer = answer
    this.event = event
  }
}

/** An answer with its text and number, and what else there is to tell; clients read `code` alone. */
export function hecAnswer(name: AnswerName, more: Readonly<Record<string, unknown>> = {}): ReceiverResponse {
  const { status, body, contentType } = told(name, more)
  return { status, headers: { 'content-type': contentType }, body }
}

/**
 * How an error is told: what passes is 503 "Server is busy", because clients of the collector take most other refusals for
 * final. Our own words stand in `detail`.
 */
export const renderHecError: RenderError = (error) => {
  const detail = { detail: error.message }
  if (error instanceof HecError) {
    return told(error.answer, { ...(error.event !== undefined && { 'invalid-event-number': error.event }), ...detail })
  }
  if (error.code === 'unauthorized') {
    return told(error.message.startsWith('this server needs') ? 'tokenRequired' : 'invalidToken', detail)
  }
  if (error.code === 'forbidden') return told('invalidToken', detail)
  if (error.code === 'body_too_large') return told('tooLarge', detail)
  if (error.code === 'internal' || error.code === 'store_failed') return told('internal', detail)
  return told(isRetryable(error) ? 'busy' : 'invalidFormat', detail)
}

function told(name: AnswerName, more: Readonly<Record<string, unknown>>) {
  const [code, status, text] = ANSWERS[name]
  return { status, body: JSON.stringify({ text, code, ...more }), contentType: 'application/json; charset=UTF-8' }
}
