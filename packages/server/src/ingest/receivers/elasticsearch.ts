import { createHash } from 'node:crypto'
import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { choice } from '../../model/options/kinds.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { apiKeyToken } from '../credentials.ts'
import {
  answer,
  bulkBody,
  contentTypeFor,
  elasticStatus,
  errorBody,
  isBrief,
  itemErrorOf,
  PRODUCT_HEADER,
  tellsByItem,
} from '../elasticsearch/answer.ts'
import { decodeBulk } from '../elasticsearch/bulk-decoder.ts'
import { type BulkAction, BulkItems } from '../elasticsearch/bulk-items.ts'
import { DocumentDecoder } from '../elasticsearch/document-decoder.ts'
import { handshakeRoutes } from '../elasticsearch/handshake.ts'
import { checkIndex } from '../elasticsearch/index-name.ts'
import { Mappings, mappingOptions } from '../elasticsearch/mapping.ts'
import { decodeSingle, singleAnswer } from '../elasticsearch/single-document.ts'
import { type Headers, headerOf } from '../headers.ts'
import { Intake, textBodyOf } from '../intake.ts'
import {
  defineReceiver,
  type ReceiverContext,
  type ReceiverRequest,
  type ReceiverResponse,
  type ReceiverRoute,
} from '../receiver.ts'

const NAME = 'elasticsearch'
const PREFIXES = ['', '/elasticsearch']

const options = z.strictObject({
  ...mappingOptions,
  backpressure: choice(['auto', 'request', 'items'], 'auto').describe(
    'How senders are told that there is no room now: `request`, by status 429 of the whole answer; `items`, by status 429 of each document; `auto`, by items to those official clients whose bulk helpers send again only these, by the request to all others.',
  ),
})
type ElasticsearchOptions = z.output<typeof options>

/**
 * Elasticsearch's bulk API and the questions that its senders ask before. 200 with `items`: each says whether its document
 * is stored (201) or why not (400); with any other status nothing of the request is. See docs/receivers.md.
 */
export const elasticsearch = defineReceiver<ElasticsearchOptions>({
  name: NAME,
  summary: "Elasticsearch's _bulk API: Beats, Logstash, Fluent Bit, Vector, rsyslog and the official clients",
  options,
  example: `curl -fsS "$URL/_bulk" -H 'Content-Type: application/x-ndjson' --data-binary '{"create":{"_index":"demo"}}
{"message":"hello from curl","log.level":"info","service":{"name":"demo"}}
'`,
  snippets: [
    {
      title: 'Filebeat',
      language: 'yaml',
      text: 'output.elasticsearch:\n  hosts: ["$URL"]\n  # When the server has tokens:\n  # password: TOKEN\n  # username: girok',
    },
    {
      title: 'Logstash',
      language: 'ini',
      text: 'output {\n  elasticsearch {\n    hosts => ["$URL"]\n    index => "app"\n  }\n}',
    },
    {
      title: 'Fluent Bit',
      language: 'ini',
      text: '[OUTPUT]\n    Name               es\n    Match              *\n    Host               $HOST\n    Port               4100\n    Index              app\n    Suppress_Type_Name On',
    },
    {
      title: 'Vector',
      language: 'toml',
      text: '[sinks.girok]\ntype = "elasticsearch"\ninputs = ["app"]\nendpoints = ["$URL"]\napi_version = "v8"\ncompression = "gzip"\nbulk.index = "app"',
    },
    {
      title: 'rsyslog',
      language: 'ini',
      text: 'module(load="omelasticsearch")\naction(type="omelasticsearch" server="$URL" bulkmode="on" searchType="" searchIndex="syslog")',
    },
  ],
  open: (given, context) => {
    const receiver = new DocumentReceiver(given, context)
    const refuse = (error: GirokError, headers: Headers) => receiver.refuse(error, headers)
    const writes = (path: string, method: ReceiverRoute['method'], handle: ReceiverRoute['handle']): ReceiverRoute[] =>
      PREFIXES.map((prefix) => ({ method, path: prefix + path, token: apiKeyToken, refuse, handle }))
    return {
      routes: [
        ...writes('/_bulk', ['POST', 'PUT'], (request) => receiver.bulk(request)),
        ...writes('/:index/_bulk', ['POST', 'PUT'], (request) => receiver.bulk(request)),
        ...writes('/:index/_doc', 'POST', (request) => receiver.single(request, 'index')),
        ...writes('/:index/_doc/:id', ['POST', 'PUT'], (request) => receiver.single(request, 'index')),
        ...writes('/:index/_create', 'POST', (request) => receiver.single(request, 'create')),
        ...writes('/:index/_create/:id', ['POST', 'PUT'], (request) => receiver.single(request, 'create')),
        ...PREFIXES.flatMap((prefix) => handshakeRoutes(prefix, refuse)),
      ],
    }
  },
})

/** What differs between a bulk request and one of a single document. */
interface RequestForm {
  readonly read: (body: Buffer, documents: DocumentDecoder, items: BulkItems) => void
  readonly told: (items: BulkItems, tookMs: number) => ReceiverResponse
  /** The body of a 200 that tells the error of the request in its items; undefined: the request tells it. */
  readonly byItem?: (items: BulkItems, error: GirokError) => string | undefined
}

class DocumentReceiver {
  readonly #context: ReceiverContext
  readonly #backpressure: ElasticsearchOptions['backpressure']
  readonly #mappings: Mappings
  readonly #directory = new StreamDirectory()
  readonly #idPrefix: string
  #ids = 0

  constructor({ backpressure, ...mapping }: ElasticsearchOptions, context: ReceiverContext) {
    this.#context = context
    this.#backpressure = backpressure
    this.#mappings = new Mappings(mapping)
    this.#idPrefix = context.now().toString(36)
  }

  /** For errors before a request is handled. */
  refuse(error: GirokError, headers: Headers): ReceiverResponse {
    return withProduct(this.#intake({ headers }, () => undefined).refuse(error))
  }

  bulk(request: ReceiverRequest): Promise<ReceiverResponse> {
    const brief = isBrief(request.query)
    const nextId = this.#nextId
    return this.#handle(request, {
      read: (body, documents, items) => {
        const { index } = request.path
        decodeBulk(body, documents, items, index === undefined ? '' : checkIndex(index))
        if (items.length === 0) throw new GirokError('unprocessable', 'request body is required: it holds no actions')
      },
      told: (items, tookMs) => answer(request, 200, bulkBody(items, { tookMs, nextId, brief })),
      byItem: (items, error) => {
        if (!tellsByItem(request, this.#backpressure, error)) return undefined
        return bulkBody(items, { tookMs: 0, nextId, brief, failed: itemErrorOf(error) })
      },
    })
  }

  single(request: ReceiverRequest, action: BulkAction): Promise<ReceiverResponse> {
    return this.#handle(request, {
      read: (body, documents, items) => decodeSingle(body, documents, items, request, action),
      told: (items) => singleAnswer(request, items, this.#nextId),
    })
  }

  async #handle(request: ReceiverRequest, { read, told, byItem }: RequestForm): Promise<ReceiverResponse> {
    const { now } = this.#context
    const startedMs = now()
    const items = new BulkItems()
    let isDecoded = false
    const intake = this.#intake(request, (error) => (isDecoded ? byItem?.(items, error) : undefined))
    const decoding = this.#decode(request, items, read)
    const once = await decoding.then(
      () => {
        isDecoded = true
        return onceKey(request, items)
      },
      // Thrown once more below, where it is told.
      () => ({}),
    )
    const response = await intake.handle(
      request,
      () => decoding,
      () => told(items, now() - startedMs),
      once,
    )
    return withProduct(response)
  }

  #intake(request: Pick<ReceiverRequest, 'headers'>, byItem: (error: GirokError) => string | undefined): Intake {
    return new Intake(NAME, this.#context, (error) => {
      const contentType = contentTypeFor(request)
      const body = byItem(error)
      if (body !== undefined) return { status: 200, body, contentType }
      return { status: elasticStatus(error), body: errorBody(error), contentType }
    })
  }

  async #decode(request: ReceiverRequest, items: BulkItems, read: RequestForm['read']): Promise<Assembled> {
    const { limits, now } = this.#context
    const { tenant, query } = request
    const mapping = this.#mappings.of(query)
    const body = await textBodyOf(request, limits)
    const nowMs = now()
    const assembler = new Assembler(tenant, NAME, body, limits, nowMs)
    const documents = new DocumentDecoder(body, assembler, {
      tenant,
      limits,
      directory: this.#directory,
      mapping,
      nowMs,
    })
    read(body, documents, items)
    return assembler.finish()
  }

  readonly #nextId = (): string => `${this.#idPrefix}-${(this.#ids++).toString(36)}`
}

/**
 * `create` with an id means "store this document once": a sender that missed the answer sends the same documents again.
 * Only whole requests are known again, and not single documents in other company.
 */
function onceKey(request: ReceiverRequest, items: BulkItems): { idempotencyKey?: string } {
  if (!items.onlyOnce || headerOf(request, 'idempotency-key') !== '') return {}
  const hash = createHash('sha256')
  for (let i = 0; i < items.length; i++) hash.update(`${JSON.stringify(items.indices[i])}${items.ids[i]}\n`)
  return { idempotencyKey: `elasticsearch-${hash.digest('hex')}` }
}

function withProduct(response: ReceiverResponse): ReceiverResponse {
  return { ...response, headers: { ...PRODUCT_HEADER, ...response.headers } }
}
