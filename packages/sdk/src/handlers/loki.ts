import { type Formatter, formatted } from '../formatter.ts'
import { jsonFormatter } from '../formatters/json.ts'
import { quote } from '../formatters/quote.ts'
import { jsonValue } from '../formatters/value.ts'
import { levelName } from '../level.ts'
import { allFields, type LogRecord } from '../record.ts'
import type { Outcome } from './remote/destination.ts'
import { endpointOf, type HttpAccess } from './remote/endpoint.ts'
import { grouped } from './remote/grouped.ts'
import { type HttpAnswer, post } from './remote/http.ts'
import type { RemoteHandler, RemoteOptions } from './remote/options.ts'
import { createRemoteHandler } from './remote/remote.ts'
import { wellFormed } from './remote/well-formed.ts'

export interface LokiOptions extends RemoteOptions, HttpAccess {
  /** Base URL of Loki, or of what takes its pushes: records go to its /loki/api/v1/push. */
  readonly url: string
  /** Labels of every record; one at least here or in `labelFields`. */
  readonly labels?: Readonly<Record<string, string>>
  /**
   * Fields whose values become labels, besides `level` and `logger`, which may stand here too. Every combination of values
   * is a stream of its own: only fields with a handful of values. Records without the field lack the label.
   */
  readonly labelFields?: readonly string[]
  /** Fields that become structured metadata, `level` and `logger` too: high cardinality is no harm there. */
  readonly structuredMetadata?: readonly string[]
  /** Sent as X-Scope-OrgID. */
  readonly tenant?: string
  /** The line. Default: jsonFormatter(), for `| json`. */
  readonly formatter?: Formatter
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/**
 * Pushes records to Loki as JSON (gzip). Times are the records' milliseconds, made nanoseconds with a counter, so that
 * lines of one millisecond keep their order. A batch whose reply was lost is sent again: Loki drops an entry that has the
 * time and the line of one that it has in the same stream; Girok knows the batch by its Idempotency-Key.
 * @throws TypeError for a bad URL, RangeError for bad options
 */
export function lokiHandler(options: LokiOptions): RemoteHandler {
  const { labels = {}, labelFields = [], structuredMetadata = [] } = options
  const formatter = options.formatter ?? jsonFormatter()
  const { url, shown, headers } = endpointOf(options.url, '/loki/api/v1/push', options)
  headers['content-type'] ??= 'application/json'
  if (options.tenant !== undefined) headers['x-scope-orgid'] = options.tenant
  checkLabels(labels, labelFields)
  const streamOf = streamTexts(labels, labelFields)
  const nextNs = nanoseconds()
  return createRemoteHandler(
    {
      name: `loki ${shown}`,
      needsSource: formatter.needsSource,
      entry(record) {
        const metadata = membersOf(record, structuredMetadata)
        const line = quote(wellFormed(formatted(record, formatter)))
        const own = metadata === '' ? '' : `,{${metadata}}`
        return `${streamOf(record)}\t["${nextNs(record.timeMs)}",${line}${own}]`
      },
      async deliver({ key, entries }, signal) {
        const { outcome, answer } = await post({
          url,
          body: `{"streams":[${grouped(entries, (stream, values) => `{"stream":${stream},"values":[${values}]}`)}]}`,
          headers: { ...headers, 'idempotency-key': key },
          signal,
          compress: true,
          fetch: options.fetch,
        })
        return answer?.status === 400 ? partlyRefused(answer, outcome, entries.length) : outcome
      },
    },
    options,
  )
}

function checkLabels(labels: Readonly<Record<string, string>>, labelFields: readonly string[]): void {
  for (const name of Object.keys(labels)) {
    if (!LABEL_NAME.test(name)) {
      throw new RangeError(`label name ${JSON.stringify(name)}: use letters, digits and _, no digit first`)
    }
  }
  const both = labelFields.find((name) => safeName(name) in labels)
  if (both !== undefined) throw new RangeError(`label ${both} is in labels and in labelFields: use one of them`)
  if (Object.keys(labels).length + labelFields.length === 0) {
    throw new RangeError("Loki takes no records without labels: give some, like labels: { app: 'shop' }")
  }
}

/** The labels of a record as a JSON object. Texts are kept: there are few, or Loki would be the first to suffer. */
function streamTexts(labels: Readonly<Record<string, string>>, fields: readonly string[]) {
  const fixed = Object.entries(labels).map(([name, value]) => `${quote(name)}:${quote(wellFormed(value))}`)
  const always = fixed.join(',')
  const fallback = always === '' ? '"service_name":"unknown_service"' : always
  return (record: LogRecord): string => {
    const own = fields.length === 0 ? '' : membersOf(record, fields)
    if (own === '') return `{${fallback}}`
    return always === '' ? `{${own}}` : `{${always},${own}}`
  }
}

/** Fields as members of a JSON object with string values; `level` and `logger` are the record's own. */
function membersOf(record: LogRecord, names: readonly string[]): string {
  if (names.length === 0) return ''
  const fields = allFields(record)
  const members: string[] = []
  for (const name of names) {
    const value = name === 'level' ? levelName(record.level) : name === 'logger' ? record.logger : fields?.[name]
    const text = typeof value === 'string' ? value : value === null ? undefined : jsonValue(value)
    // An empty label is the same as none.
    if (text !== undefined && text !== '') members.push(`${quote(safeName(name))}:${quote(wellFormed(text))}`)
  }
  return members.join(',')
}

function safeName(name: string): string {
  const text = name.replace(/[^a-zA-Z0-9_]/g, '_')
  return /^\d/.test(text) ? `_${text}` : text
}

/** Nanoseconds as text, with a counter for records of the same millisecond. */
function nanoseconds(): (timeMs: number) => string {
  let last = Number.NaN
  let count = 0
  return (timeMs) => {
    const ms = Math.floor(timeMs)
    count = ms === last ? Math.min(count + 1, 999_999) : 0
    last = ms
    return `${ms}${String(count).padStart(6, '0')}`
  }
}

/**
 * 400 for entries that are too old, too long or out of order: what is not named is stored. Loki's ingesters say `total
 * ignored: 3 out of 10` for each stream; its distributors `3 errors like: …`, or just the text when it is one entry.
 */
function partlyRefused({ body }: HttpAnswer, otherwise: Outcome, all: number): Outcome {
  let count = 0
  for (const [, ignored, alike] of body.matchAll(/total ignored: (\d+) out of \d+|(\d+) errors like:/g)) {
    count += Number(ignored ?? alike)
  }
  if (count === 0 && /^(entry |max entry size|timestamp too )/i.test(body)) count = 1
  if (count === 0) return otherwise
  return { kind: 'refused', count: Math.min(count, all), reason: `400 ${body.slice(0, 200).trim()}` }
}
