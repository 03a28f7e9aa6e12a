import { GirokError } from '../../model/errors.ts'
import { isRetryable, retryAfterSeconds } from '../backpressure.ts'
import { bytesField, numberField } from '../write-protobuf.ts'

/** Codes of https://grpc.io/docs/guides/status-codes/ that are answered here. */
export const GRPC = {
  ok: 0,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** Messages are headers, of which clients take some kilobytes. */
const MAX_MESSAGE_LENGTH = 1000

/** The trailers that end a call. */
export type GrpcTrailers = Readonly<Record<string, string>>

/**
 * An error in gRPC's words. What passes is RESOURCE_EXHAUSTED (rates, full queue) or UNAVAILABLE with a `RetryInfo`, which
 * is what OpenTelemetry's exporters need to see before they send again after RESOURCE_EXHAUSTED.
 */
export function grpcTrailers(error: unknown): GrpcTrailers {
  if (!(error instanceof GirokError)) return trailersOf(GRPC.internal, 'a fault of Girok; the log of the server has it')
  const code = codeOf(error)
  if (!isRetryable(error)) return trailersOf(code, error.message)
  return { ...trailersOf(code, error.message), ...retryDetails(code, error.message, retryAfterSeconds(error)) }
}

export function trailersOf(code: number, message: string): GrpcTrailers {
  return { 'grpc-status': String(code), 'grpc-message': percentEncoded(message.slice(0, MAX_MESSAGE_LENGTH)) }
}

function codeOf(error: GirokError): number {
  if (error.code === 'rate_limited' || error.code === 'overloaded') return GRPC.resourceExhausted
  if (isRetryable(error)) return GRPC.unavailable
  if (error.code === 'unauthorized') return GRPC.unauthenticated
  if (error.code === 'forbidden') return GRPC.permissionDenied
  if (error.code === 'body_too_large') return GRPC.resourceExhausted
  if (error.code === 'not_found' || error.code === 'unsupported_media') return GRPC.unimplemented
  return GRPC.invalidArgument
}

/** `google.rpc.Status` with a `google.rpc.RetryInfo` in its details. */
function retryDetails(code: number, message: string, seconds: number): GrpcTrailers {
  const duration = bytesField(1, numberField(1, Math.ceil(seconds)))
  const any = Buffer.concat([bytesField(1, 'type.googleapis.com/google.rpc.RetryInfo'), bytesField(2, duration)])
  const status = Buffer.concat([
    numberField(1, code),
    bytesField(2, message.slice(0, MAX_MESSAGE_LENGTH)),
    bytesField(3, any),
  ])
  return { 'grpc-status-details-bin': status.toString('base64') }
}

/** Headers carry visible ASCII alone: the rest is %XX, by byte (gRPC over HTTP/2, Status-Message). */
function percentEncoded(text: string): string {
  let result = ''
  for (const byte of Buffer.from(text)) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25
    result += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return result
}
