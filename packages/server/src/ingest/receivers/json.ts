import { z } from 'zod'
import { ERROR_CODES, GirokError } from '../../model/errors.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { mediaTypeOf } from '../headers.ts'
import { Intake, textBodyOf } from '../intake.ts'
import { parseIngestQuery } from '../json/ingest-query.ts'
import { RecordDecoder } from '../json/record-decoder.ts'
import { defineReceiver, type ReceiverContext, type ReceiverRequest, type ReceiverResponse } from '../receiver.ts'

const NAME = 'json'
const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * Girok's own way in: JSON of any shape, or lines of text. Answers 200 {accepted, rejected} when everything was stored,
 * 400 {accepted, rejected, errors: [{reason, count, message}]} when some records were refused and the rest stored, and
 * {error: {code, message, hint}} when nothing was.
 */
export const json = defineReceiver<Record<string, never>>({
  name: NAME,
  summary: 'JSON of any shape at /ingest: lines, an array or one object; plain text lines with Content-Type text/plain',
  options: z.strictObject({}),
  example: `curl -fsS "$URL/ingest?label=app=demo" -H 'Content-Type: application/json' -d '{"level":"info","message":"hello from curl","user":42}'`,
  open: (_options, context) => {
    const intake = new Intake(NAME, context, ({ code, message }) => ({
      body: JSON.stringify({ error: { code, message, hint: ERROR_CODES[code].hint } }),
      contentType: JSON_TYPE,
    }))
    const directory = new StreamDirectory()
    return {
      routes: [
        {
          method: 'POST',
          path: '/ingest',
          refuse: (error) => intake.refuse(error),
          handle: (request) => intake.handle(request, () => decode(request, context, directory), respond),
        },
      ],
    }
  },
})

function respond({ batch, refusals }: Assembled): ReceiverResponse {
  const accepted = batch.count
  const rejected = refusals.total
  const errors = [...refusals.groups()].map(({ reason, count, example }) => ({ reason, count, message: example }))
  const body = rejected === 0 ? { accepted, rejected } : { accepted, rejected, errors }
  return {
    status: rejected === 0 ? 200 : 400,
    headers: { 'content-type': JSON_TYPE },
    body: JSON.stringify(body),
  }
}

async function decode(
  request: ReceiverRequest,
  { limits, now }: ReceiverContext,
  directory: StreamDirectory,
): Promise<Assembled> {
  const query = parseIngestQuery(request.query)
  const body = await textBodyOf(request, limits)
  const nowMs = now()
  const assembler = new Assembler(request.tenant, NAME, body, limits, nowMs)
  const decoder = new RecordDecoder(body, assembler, { tenant: request.tenant, limits, directory, query, nowMs })
  const records = mediaTypeOf(request).startsWith('text/') ? decoder.decodeText() : decoder.decodeJson()
  if (records === 0) throw new GirokError('unprocessable', 'the body holds no records: send JSON lines or a JSON array')
  return assembler.finish()
}
