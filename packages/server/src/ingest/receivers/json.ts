import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { headerOf, mediaTypeOf } from '../headers.ts'
import { Intake, textBodyOf } from '../intake.ts'
import { JSON_TYPE, refusalsTold, renderJsonError } from '../json/answer.ts'
import { type FormRecord, formRecord, parseForm } from '../json/form-record.ts'
import { type IngestQuery, isIngestParameter, parseIngestQuery } from '../json/ingest-query.ts'
import { RecordDecoder } from '../json/record-decoder.ts'
import { defineReceiver, type ReceiverContext, type ReceiverRequest, type ReceiverResponse } from '../receiver.ts'

const NAME = 'json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/**
 * Girok's own way in: JSON of any shape, lines of text, or a form with one record. Answers 200 {accepted, rejected} when
 * everything was stored, 400 {accepted, rejected, errors: [{reason, count, message}]} when some records were refused and
 * the rest stored, and {error: {code, message, hint}} when nothing was.
 */
export const json = defineReceiver<Record<string, never>>({
  name: NAME,
  summary:
    'JSON of any shape at /ingest: lines, an array or one object; plain text lines, and forms as Python’s HTTPHandler sends them',
  options: z.strictObject({}),
  example: `curl -fsS "$URL/ingest?label=app=demo" -H 'Content-Type: application/json' -d '{"level":"info","message":"hello from curl","user":42}'`,
  open: (_options, context) => {
    const intake = new Intake(NAME, context, renderJsonError)
    const directory = new StreamDirectory()
    return {
      routes: [
        {
          method: 'POST',
          path: '/ingest',
          refuse: (error) => intake.refuse(error),
          handle: (request) => intake.handle(request, () => decode(request, context, directory), respond),
        },
        {
          method: 'GET',
          path: '/ingest',
          // What a browser opens is the page of the web app.
          applies: ({ method, headers }) => method === 'GET' && !headerOf({ headers }, 'accept').includes('text/html'),
          refuse: (error) => intake.refuse(error),
          handle: (request) => intake.handle(request, () => decodeGet(request, context, directory), respond),
        },
      ],
    }
  },
})

function respond({ batch, refusals }: Assembled): ReceiverResponse {
  const accepted = batch.count
  const rejected = refusals.total
  const body = { accepted, rejected, ...(rejected > 0 && { errors: refusalsTold(refusals) }) }
  return {
    status: rejected === 0 ? 200 : 400,
    headers: { 'content-type': JSON_TYPE },
    body: JSON.stringify(body),
  }
}

async function decode(
  request: ReceiverRequest,
  context: ReceiverContext,
  directory: StreamDirectory,
): Promise<Assembled> {
  const { limits, now } = context
  const query = parseIngestQuery(request.query)
  const body = await textBodyOf(request, limits)
  const form = mediaTypeOf(request) === FORM_TYPE ? formRecord(parseForm(body)) : undefined
  if (form !== undefined) return decodeForm(request, form, query, context, directory)
  const nowMs = now()
  const assembler = new Assembler(request.tenant, NAME, body, limits, nowMs)
  const decoder = new RecordDecoder(body, assembler, { tenant: request.tenant, limits, directory, query, nowMs })
  const records = mediaTypeOf(request).startsWith('text/') ? decoder.decodeText() : decoder.decodeJson()
  if (records === 0) throw new GirokError('unprocessable', 'the body holds no records: send JSON lines or a JSON array')
  return assembler.finish()
}

/**
 * Python's HTTPHandler puts the record into the query unless it is told to POST. So that no link, image or prefetch of a
 * page writes records, nothing but a LogRecord is taken, and from no other site.
 */
function decodeGet(request: ReceiverRequest, context: ReceiverContext, directory: StreamDirectory): Assembled {
  if (!['', 'none', 'same-origin'].includes(headerOf(request, 'sec-fetch-site'))) {
    throw new GirokError('forbidden', 'a page of another site may not write by GET: send JSON by POST')
  }
  const parameters = [...request.query].filter(([name]) => isIngestParameter(name))
  const fields = [...request.query].filter(([name]) => !isIngestParameter(name))
  const form = formRecord(new URLSearchParams(fields))
  if (!form?.isLogRecord) {
    throw new GirokError(
      'bad_request',
      "GET /ingest takes a record of Python's HTTPHandler in the query, with msg, levelname and created: send everything else by POST",
    )
  }
  return decodeForm(request, form, parseIngestQuery(new URLSearchParams(parameters)), context, directory)
}

/** Its parameters may name other fields than the usual ones, as with JSON. */
function decodeForm(
  { tenant }: ReceiverRequest,
  { json: body, isLogRecord }: FormRecord,
  given: IngestQuery,
  { limits, now }: ReceiverContext,
  directory: StreamDirectory,
): Assembled {
  const nowMs = now()
  const timeField = given.timeField ?? (isLogRecord ? 'created' : undefined)
  const assembler = new Assembler(tenant, NAME, body, limits, nowMs)
  new RecordDecoder(body, assembler, { tenant, limits, directory, query: { ...given, timeField }, nowMs }).decodeJson()
  return assembler.finish()
}
