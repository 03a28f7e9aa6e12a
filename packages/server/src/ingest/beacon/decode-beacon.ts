import { GirokError } from '../../model/errors.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import type { StreamDirectory } from '../batch/stream-directory.ts'
import { decodeContent } from '../decode/content-encoding.ts'
import { validUtf8 } from '../decode/utf8.ts'
import { headerOf, mediaTypeOf } from '../headers.ts'
import { parseIngestQuery } from '../json/ingest-query.ts'
import { RecordDecoder } from '../json/record-decoder.ts'
import type { IngestLimits } from '../limits.ts'
import type { ReceiverRequest } from '../receiver.ts'
import { pageMetadata } from './page-metadata.ts'

export interface BeaconOptions {
  readonly receiver: string
  readonly tenant: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  readonly nowMs: number
  /** Values that pages may choose for the label `app`; the first stands for no choice. */
  readonly apps: readonly string[]
  readonly maxBytes: number
}

const NO_QUERY = parseIngestQuery(new URLSearchParams())
const JSON_BEGINS = /^[\s\ufeff]*["{[]/

/** Decodes a beacon: JSON of any shape as at /ingest, under text/plain too, or lines of text. */
export async function decodeBeacon(request: ReceiverRequest, options: BeaconOptions): Promise<Assembled> {
  const { receiver, tenant, limits, directory, nowMs, maxBytes } = options
  const app = appOf(request.query, options.apps)
  const mediaType = mediaTypeOf(request)
  const isText = mediaType.startsWith('text/') || mediaType === ''
  if (!isText && mediaType !== 'application/json' && mediaType !== 'application/x-ndjson') {
    throw new GirokError(
      'unsupported_media',
      `Content-Type ${mediaType.slice(0, 100)} is not supported: send text/plain or application/json`,
    )
  }
  if (request.body.length > maxBytes) tooLarge(maxBytes)
  const encoding = headerOf(request, 'content-encoding').toLowerCase()
  const content = await decodeContent(request.body, encoding, maxBytes)
  if (content.length > maxBytes) tooLarge(maxBytes)
  const body = validUtf8(content, limits.maxDecompressedBytes)
  const assembler = new Assembler(tenant, receiver, body, limits, nowMs)
  const decoder = new RecordDecoder(body, assembler, {
    tenant,
    limits,
    directory,
    // Labels of the query keep a service that a page names from being one.
    query: { ...NO_QUERY, labels: [['app', app]] },
    nowMs,
    metadata: pageMetadata(request),
  })
  const isJson = !isText || JSON_BEGINS.test(body.toString('utf8', 0, 64))
  const records = isJson ? decoder.decodeJson() : decoder.decodeText()
  if (records === 0) throw new GirokError('unprocessable', 'the beacon holds no records: send JSON lines or an array')
  return assembler.finish()
}

function tooLarge(maxBytes: number): never {
  throw new GirokError(
    'body_too_large',
    `beacon larger than receivers.beacon.maxBytes (${maxBytes} bytes): send smaller ones`,
  )
}

/** Anybody can send what a page sends, so pages choose among few values: labels are the index. */
function appOf(query: URLSearchParams, apps: readonly string[]): string {
  const [usual = 'browser'] = apps
  let app = usual
  for (const [name, value] of query) {
    const chosen = name === 'label' && value.startsWith('app=') ? value.slice(4) : undefined
    if (chosen === undefined) {
      throw new GirokError(
        'bad_request',
        `parameter ${JSON.stringify(`${name}=${value}`.slice(0, 100))}: beacons know label=app=NAME only`,
      )
    }
    if (!apps.includes(chosen)) {
      throw new GirokError(
        'forbidden',
        `the app ${JSON.stringify(chosen.slice(0, 100))} is none of receivers.beacon.apps: add it if it is yours`,
      )
    }
    app = chosen
  }
  return app
}
