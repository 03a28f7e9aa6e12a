import { randomUUID } from 'node:crypto'
import { GirokError } from '../../model/errors.ts'
import { isRetryable } from '../backpressure.ts'
import type { RenderError } from '../intake.ts'
import type { ReceiverResponse } from '../receiver.ts'

const AWS_JSON = 'application/x-amz-json-1.1'

/** Names under which CloudWatch Logs tells what is wrong; clients decide by them what to do. */
export type AwsErrorType =
  | 'InvalidParameterException'
  | 'ResourceAlreadyExistsException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'UnknownOperationException'
  | 'MissingAuthenticationTokenException'
  | 'IncompleteSignatureException'
  | 'InvalidSignatureException'
  | 'UnrecognizedClientException'

/** A fault of the request that the service has a name for. */
export class AwsError extends GirokError {
  readonly type: AwsErrorType

  constructor(type: AwsErrorType, message: string) {
    super(UNAUTHENTICATED.has(type) ? 'unauthorized' : 'bad_request', message)
    this.type = type
  }
}

const UNAUTHENTICATED: ReadonlySet<AwsErrorType> = new Set<AwsErrorType>([
  'MissingAuthenticationTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'UnrecognizedClientException',
])

/**
 * The service's statuses: 400 for what is wrong with a request (a clock that is off and a rate that is exceeded among it),
 * 500 for what is not; its clients go by the name, and send again what is throttled or not available.
 */
export const renderAwsError: RenderError = (error) => {
  const { code, message } = error
  if (error instanceof AwsError) return told(400, error.type, message)
  if (code === 'rate_limited' || code === 'overloaded') return told(400, 'ThrottlingException', message)
  if (code === 'unauthorized' || code === 'forbidden') return told(400, 'AccessDeniedException', message)
  if (isRetryable(error)) return told(500, 'ServiceUnavailableException', message)
  return told(error.status === 413 ? 413 : 400, 'InvalidParameterException', message)
}

function told(status: number, type: string, message: string) {
  return { status, body: JSON.stringify({ __type: type, message }), contentType: AWS_JSON }
}

/** An answer of the service; operations without a result answer an empty body. */
export function awsAnswer(result?: Readonly<Record<string, unknown>>): ReceiverResponse {
  const headers = { 'content-type': AWS_JSON, 'x-amzn-requestid': randomUUID() }
  return { status: 200, headers, body: result === undefined ? '' : JSON.stringify(result) }
}
