import type { GirokError } from '../../model/errors.ts'
import type { RenderError } from '../intake.ts'
import type { ReceiverResponse } from '../receiver.ts'
import { bytesField, numberField } from '../write-protobuf.ts'

export type OtlpForm = 'application/json' | 'application/x-protobuf'

/** google.rpc.Code by HTTP status. */
const RPC_CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 404: 5, 413: 8, 422: 3, 429: 8, 503: 14 }
const RPC_INTERNAL = 13

/**
 * The status that exporters see: they send again after 429, 502, 503 and 504 alone, so what is no fault of theirs must not
 * be a 500 or 507.
 */
function otlpStatus({ status }: GirokError): number {
  return status >= 500 && status !== 504 ? 503 : status
}

/** `google.rpc.Status`, in the form that the request had. */
function statusBody(error: GirokError, form: OtlpForm): Buffer {
  const code = RPC_CODES[otlpStatus(error)] ?? RPC_INTERNAL
  if (form === 'application/json') return Buffer.from(JSON.stringify({ code, message: error.message }))
  return Buffer.concat([numberField(1, code), bytesField(2, error.message)])
}

/** How errors are told to those who send in this form. */
export function renderOtlpError(form: OtlpForm): RenderError {
  return (error) => ({ body: statusBody(error, form), contentType: form, status: otlpStatus(error) })
}

/**
 * `ExportLogsServiceResponse`, or that of metrics; `partial_success` only when some records were refused.
 * `count`: the name of their number, which stands in the same place of either message.
 */
export function exportResponse(
  rejected: number,
  message: string,
  form: OtlpForm,
  count: 'rejectedLogRecords' | 'rejectedDataPoints' = 'rejectedLogRecords',
): ReceiverResponse {
  const headers = { 'content-type': form }
  if (form === 'application/json') {
    const body = rejected === 0 ? {} : { partialSuccess: { [count]: String(rejected), errorMessage: message } }
    return { status: 200, headers, body: JSON.stringify(body) }
  }
  return { status: 200, headers, body: exportMessage(rejected, message) }
}

/** `ExportLogsServiceResponse`, or that of metrics, in protobuf. */
export function exportMessage(rejected: number, message: string): Buffer {
  if (rejected === 0) return Buffer.alloc(0)
  return bytesField(1, Buffer.concat([numberField(1, rejected), bytesField(2, message)]))
}
