import { jsonFormatter } from '../formatters/json.ts'
import type { LogRecord } from '../record.ts'
import { dateNamed } from './elasticsearch-index.ts'
import type { Batch, Outcome } from './remote/destination.ts'
import { type Endpoint, endpointOf, type HttpAccess } from './remote/endpoint.ts'
import { post } from './remote/http.ts'
import { createRecordIds } from './remote/keys.ts'
import type { RemoteHandler, RemoteOptions } from './remote/options.ts'
import { createRemoteHandler } from './remote/remote.ts'

export interface ElasticsearchOptions extends RemoteOptions, HttpAccess {
  /** Base URL, or several nodes of one cluster: the next one is asked after a failure. Records go to /_bulk. */
  readonly url: string | readonly string[]
  /**
   * The index or data stream: a name in which %Y, %m, %d and %H stand for parts of the record's time (UTC), or a function.
   * Default `logs-%Y.%m.%d`.
   */
  readonly index?: string | ((record: LogRecord) => string)
  /** Sent as `Authorization: ApiKey`. */
  readonly apiKey?: string
  /** An ingest pipeline. */
  readonly pipeline?: string
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch
}

interface Item {
  readonly status: number
  readonly error?: { readonly type?: string; readonly reason?: string } | string
}

/**
 * Sends records to Elasticsearch or OpenSearch by /_bulk, each with an id of its own and `create`: a record that comes
 * again, because the reply was lost, is known by its id and not stored twice. Documents are the record's JSON with
 * `@timestamp` for its time. Items that the cluster is too busy for are sent again alone; those that it refuses (a field
 * of another type) are lost and counted.
 * @throws TypeError for a bad URL, RangeError for bad options
 */
export function elasticsearchHandler(options: ElasticsearchOptions): RemoteHandler {
  const { index = 'logs-%Y.%m.%d', apiKey } = options
  const formatter = jsonFormatter()
  const endpoints = [options.url].flat().map((url) => endpointOf(url, '/_bulk', options))
  const first = endpoints[0]
  if (first === undefined) throw new RangeError('url is an empty list: give one address at least')
  for (const { headers } of endpoints) {
    headers['content-type'] ??= 'application/x-ndjson'
    if (apiKey !== undefined) headers.authorization = `ApiKey ${apiKey}`
  }
  const indexOf = typeof index === 'string' ? dateNamed(index) : index
  const nextId = createRecordIds()
  const query = options.pipeline === undefined ? '' : `pipeline=${encodeURIComponent(options.pipeline)}`
  let node = 0

  return createRemoteHandler(
    {
      name: `elasticsearch ${first.shown}`,
      entry(record) {
        const action = JSON.stringify({ create: { _index: indexOf(record), _id: nextId() } })
        // The formatter's text begins with {"timestamp":
        return `${action}\t{"@${formatter.format(record).slice(2)}`
      },
      async deliver(batch, signal) {
        const { url, headers } = endpoints[node] as Endpoint
        const { outcome, answer } = await post({
          url: query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`,
          body: `${batch.entries.join('\n').replaceAll('\t', '\n')}\n`,
          headers,
          signal,
          compress: true,
          fetch: options.fetch,
        })
        if (outcome.kind === 'retry') node = (node + 1) % endpoints.length
        return answer === undefined || outcome.kind !== 'delivered' ? outcome : ofItems(answer.body, batch)
      },
    },
    options,
  )
}

/** Answers to a bulk request have an item for each action, in order; `errors` says whether one of them failed. */
function ofItems(body: string, { entries }: Batch): Outcome {
  let answer: { errors?: boolean; items?: Record<string, Item>[] } | null
  try {
    answer = JSON.parse(body)
  } catch {
    // Not by Elasticsearch: a proxy's page. Ids make it safe to ask again.
    return { kind: 'retry', reason: 'answers what is no JSON' }
  }
  if (answer?.errors === false) return { kind: 'delivered' }
  const items = answer?.items
  if (!Array.isArray(items)) return { kind: 'retry', reason: 'answers without items; is it Elasticsearch?' }
  const again: string[] = []
  let refused = 0
  let reason = ''
  for (const [position, entry] of entries.entries()) {
    const item = Object.values(items[position] ?? {})[0]
    const status = item?.status ?? 500
    // 409: the id is there already. An earlier attempt has arrived and its reply was lost.
    if (status < 300 || status === 409) continue
    if (status === 429 || status >= 500) {
      again.push(entry)
    } else {
      refused++
      if (reason === '') reason = `${status} ${errorText(item?.error)}`
    }
  }
  if (again.length > 0) {
    const part = { count: refused, reason }
    return { kind: 'retry', reason: `is too busy for ${again.length} of them`, entries: again, refused: part }
  }
  return refused === 0 ? { kind: 'delivered' } : { kind: 'refused', reason, count: refused }
}

function errorText(error: Item['error']): string {
  return typeof error === 'object' ? `${error.type ?? ''} ${error.reason ?? ''}`.trim() : (error ?? '')
}
