import type { ErrorCode, GirokError } from '../../model/errors.ts'
import { isRetryable } from '../backpressure.ts'
import { abbreviate } from '../batch/stream-directory.ts'
import { type Headers, headerOf } from '../headers.ts'
import type { ReceiverResponse } from '../receiver.ts'
import type { BulkItems, ItemError } from './bulk-items.ts'

const JSON_TYPE = 'application/json'
const MAX_ROOT_REASON = 80
/** What clients of version 8 and later send and expect: the media type with the version they speak. */
const VERSIONED = /application\/vnd\.elasticsearch\+(?:x-nd)?json\s*;\s*compatible-with\s*=\s*"?(\d{1,3})/i

/** Names of exceptions that clients know; where Elasticsearch has none that fits, its general one. */
const TYPES: Partial<Record<ErrorCode, string>> = {
  bad_request: 'illegal_argument_exception',
  unprocessable: 'parse_exception',
  unauthorized: 'security_exception',
  forbidden: 'security_exception',
  not_found: 'resource_not_found_exception',
  body_too_large: 'content_too_long_exception',
  rate_limited: 'es_rejected_execution_exception',
  overloaded: 'es_rejected_execution_exception',
  disk_full: 'cluster_block_exception',
  store_unavailable: 'unavailable_shards_exception',
  timeout: 'process_cluster_event_timeout_exception',
}

interface Asking {
  readonly headers: Headers
  readonly query?: URLSearchParams
}

/** Clients refuse to talk to whoever does not call himself so. */
export const PRODUCT_HEADER: Readonly<Record<string, string>> = { 'x-elastic-product': 'Elasticsearch' }

/** The media type that the client wants: with its version when it names one. */
export function contentTypeFor(request: Asking): string {
  const found = VERSIONED.exec(headerOf(request, 'accept')) ?? VERSIONED.exec(headerOf(request, 'content-type'))
  return found === null ? JSON_TYPE : `application/vnd.elasticsearch+json;compatible-with=${found[1]}`
}

/** An answer in JSON, indented when `?pretty` asks for it. */
export function answer(request: Asking, status: number, body: string): ReceiverResponse {
  const pretty = request.query?.get('pretty')
  const text =
    typeof pretty === 'string' && pretty !== 'false' ? `${JSON.stringify(JSON.parse(body), null, 2)}\n` : body
  return { status, headers: { ...PRODUCT_HEADER, 'content-type': contentTypeFor(request) }, body: text }
}

/**
 * The status that senders see. 503 stands for every state that passes but 429, because several of them take other 5xx
 * for good.
 */
export function elasticStatus({ status }: GirokError): number {
  return status >= 500 ? 503 : status === 422 ? 400 : status
}

/** The body of a request that failed as a whole. */
export function errorBody(error: GirokError): string {
  return causeBody(itemErrorOf(error))
}

/** The same for the error of the only document of a request. */
export function causeBody({ status, type, reason }: ItemError): string {
  // Clients show the reason itself; the causes are there because some look for the first.
  const root = { type, reason: abbreviate(reason, MAX_ROOT_REASON) }
  return JSON.stringify({ error: { root_cause: [root], type, reason }, status })
}

/** What an item says that was not stored because of an error of the whole request. */
export function itemErrorOf(error: GirokError): ItemError {
  return { status: elasticStatus(error), type: typeOf(error), reason: error.message }
}

function typeOf({ code }: GirokError): string {
  return TYPES[code] ?? 'exception'
}

/** True when the items, not the request, should tell that there is no room now: see the option `backpressure`. */
export function tellsByItem(request: Asking, backpressure: 'auto' | 'request' | 'items', error: GirokError): boolean {
  if (elasticStatus(error) !== 429 || !isRetryable(error)) return false
  if (backpressure !== 'auto') return backpressure === 'items'
  // Their bulk helpers send again items with 429, but give up when the request has it.
  return /^elasticsearch-(js|net|java|php)\b/i.test(headerOf(request, 'user-agent'))
}

/**
 * The answer to a bulk request, item by item. The beginning is as Elasticsearch writes it, because some senders look for
 * these very bytes instead of reading JSON.
 */
export function bulkBody(
  items: BulkItems,
  options: {
    readonly tookMs: number
    /** Makes an id for a document without. */
    readonly nextId: () => string
    /** Only status and error of each item: what the request's filter_path asks for. */
    readonly brief: boolean
    /** For items that have no error of their own; absent: they are stored. */
    readonly failed?: ItemError
  },
): string {
  const { tookMs, nextId, brief, failed } = options
  const parts: string[] = []
  let head = ''
  let lastAction = ''
  let lastIndex: string | undefined
  for (let i = 0; i < items.length; i++) {
    const action = items.actions[i]!
    const index = items.indices[i]!
    if (action !== lastAction || index !== lastIndex) {
      head = brief ? `{"${action}":{` : `{"${action}":{"_index":${JSON.stringify(index)},"_id":`
      lastAction = action
      lastIndex = index
    }
    const error = items.errors.get(i) ?? failed
    const id = brief ? '' : (items.ids[i] ?? (error === undefined ? `"${nextId()}"` : 'null'))
    if (error === undefined) parts.push(`${head}${id}${brief ? '' : ',"_version":1,"result":"created",'}"status":201}}`)
    else {
      const { status, type, reason } = error
      const cause = JSON.stringify({ type, reason })
      parts.push(`${head}${id}${brief ? '' : ','}"status":${status},"error":${cause}}}`)
    }
  }
  const errors = items.errors.size > 0 || failed !== undefined
  return `{"took":${tookMs},"errors":${errors},"items":[${parts.join(',')}]}`
}

/** True when the request wants of its items no more than status and error, as Beats and Logstash do. */
export function isBrief(query: URLSearchParams): boolean {
  const paths = (query.get('filter_path') ?? '').split(',').filter((path) => /^(items|\*|-)/.test(path))
  return paths.length > 0 && paths.every((path) => /^items\.\*\.(status|error)(\.|$)/.test(path))
}
