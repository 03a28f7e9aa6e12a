import { z } from 'zod'
import { ERROR_CODES, GirokError } from '../../model/errors.ts'
import type { Assembled } from '../batch/assembler.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { headerToken } from '../credentials.ts'
import { decodeDelivery } from '../firehose/decode.ts'
import { readDelivery } from '../firehose/delivery.ts'
import { labelsOf } from '../firehose/labels.ts'
import { unpack } from '../firehose/unpack.ts'
import { type Headers, headerOf } from '../headers.ts'
import { Intake, textBodyOf } from '../intake.ts'
import { parseIngestQuery } from '../json/ingest-query.ts'
import { defineReceiver, type ReceiverContext, type ReceiverRequest, type ReceiverResponse } from '../receiver.ts'

const NAME = 'firehose'
const REQUEST_ID = 'x-amz-firehose-request-id'

/** Longest text of an error that the service takes. */
const MAX_ERROR_LENGTH = 8192

/**
 * Deliveries of Amazon Data Firehose to an HTTP endpoint, and subscriptions of CloudWatch Logs, inside of a delivery or as a
 * Lambda function forwards them. 200 when what can be stored is stored: the service sends the same delivery again after
 * any other answer, and the id of the request makes that harmless. Answers echo that id, as the service demands.
 */
export const firehose = defineReceiver<Record<string, never>>({
  name: NAME,
  summary: 'Amazon Data Firehose deliveries by HTTP, and CloudWatch Logs subscriptions by Firehose or Lambda',
  options: z.strictObject({}),
  example: `curl -fsS "$URL/awslogs" -d "{\\"awslogs\\":{\\"data\\":\\"$(printf '{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/demo","logStream":"1","logEvents":[{"id":"1","timestamp":%s000,"message":"hello from curl"}]}' "$(date +%s)" | gzip | base64 | tr -d '\\n')\\"}}"`,
  snippets: [
    {
      title: 'Lambda function subscribed to a log group',
      language: 'javascript',
      text: `// SERVER is the address that the function reaches Girok by.\nexport const handler = async (event) => {\n  const response = await fetch(\`\${process.env.SERVER}/awslogs\`, {\n    method: 'POST',\n    headers: { authorization: \`Bearer \${process.env.TOKEN}\` },\n    body: JSON.stringify(event),\n  })\n  if (!response.ok) throw new Error(await response.text())\n}`,
    },
  ],
  open: (_options, context) => {
    const directory = new StreamDirectory()
    // The service takes an answer without the request's id for none at all.
    const refuse = (error: GirokError, headers: Headers) =>
      intakeOf(() => headerOf({ headers }, REQUEST_ID), context).refuse(error)
    return {
      routes: ['/firehose', '/awslogs'].map((path) => ({
        method: 'POST' as const,
        path,
        token: headerToken('x-amz-firehose-access-key'),
        refuse,
        handle: (request: ReceiverRequest) => handle(request, context, directory),
      })),
    }
  },
})

function handle(
  request: ReceiverRequest,
  context: ReceiverContext,
  directory: StreamDirectory,
): Promise<ReceiverResponse> {
  const asked = headerOf(request, REQUEST_ID)
  let requestId: string | undefined = asked
  return intakeOf(() => requestId ?? '', context).handle(
    request,
    async () => {
      const { limits } = context
      const delivery = readDelivery(await textBodyOf(request, limits))
      requestId = delivery.requestId ?? (asked || undefined)
      return decodeDelivery(await unpack(delivery.records, limits.maxDecompressedBytes), {
        tenant: request.tenant,
        receiver: NAME,
        limits,
        directory,
        nowMs: context.now(),
        query: parseIngestQuery(request.query),
        labels: labelsOf(
          headerOf(request, 'x-amz-firehose-common-attributes'),
          headerOf(request, 'x-amz-firehose-source-arn'),
        ),
      })
    },
    (assembled) => respond(assembled, requestId, context.now()),
    asked === '' ? {} : { idempotencyKey: asked },
  )
}

function respond({ batch, refusals }: Assembled, requestId: string | undefined, nowMs: number): ReceiverResponse {
  if (refusals.total > 0 && batch.count === 0) throw new GirokError('bad_request', refusals.text())
  const told = refusals.total > 0 ? { rejected: refusals.total, detail: shortened(refusals.text()) } : {}
  const body = requestId === undefined ? { accepted: batch.count, ...told } : { requestId, timestamp: nowMs, ...told }
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** `requestId` is asked for when an error is told: it may stand in the body alone. */
function intakeOf(requestId: () => string, context: ReceiverContext): Intake {
  return new Intake(NAME, context, ({ code, message }) => ({
    body: JSON.stringify({
      requestId: requestId(),
      timestamp: context.now(),
      errorMessage: shortened(`${message} (${ERROR_CODES[code].hint})`),
    }),
    contentType: 'application/json',
  }))
}

function shortened(text: string): string {
  return text.slice(0, MAX_ERROR_LENGTH)
}
