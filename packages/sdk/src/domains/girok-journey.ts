import type { Fields } from '../fields.ts'
import type { JourneySource, StoredRecord } from './journey.ts'

export interface GirokJourneyOptions {
  /** Base URL of a Girok server, or of a Loki. */
  readonly url: string
  /** The streams to look through. Default: all, `{service_name=~".+"}`. */
  readonly selector?: string
  /** Sent as Authorization: Bearer. */
  readonly token?: string
  /** Sent as X-Scope-OrgID. */
  readonly tenant?: string
  /** How far back to look, milliseconds. Default 7 days. */
  readonly sinceMs?: number
  /** Records at most. Default 1000. */
  readonly limit?: number
  /** After this the question fails, milliseconds. Default 10,000. */
  readonly timeoutMs?: number
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch
}

interface StreamsAnswer {
  readonly data?: {
    readonly result?: readonly { readonly values: readonly (readonly [string, string, ...unknown[]])[] }[]
  }
}

/**
 * Collects journeys by the query API of Girok (`/loki/api/v1/query_range`), which is Loki's. It looks for lines with the id
 * in them, and takes those whose field request_id it is, at the top or within `context`.
 */
export function girokJourneySource(options: GirokJourneyOptions): JourneySource {
  const { selector = '{service_name=~".+"}', sinceMs = 7 * 86_400_000, limit = 1000, timeoutMs = 10_000 } = options
  const now = options.now ?? Date.now
  const base = `${options.url.replace(/\/+$/, '')}/loki/api/v1/query_range`
  const headers: Record<string, string> = {}
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`
  if (options.tenant !== undefined) headers['x-scope-orgid'] = options.tenant

  return async (requestId) => {
    const endMs = Math.ceil(now())
    const url = new URL(base)
    url.searchParams.set('query', `${selector} |= ${JSON.stringify(requestId)}`)
    url.searchParams.set('start', `${Math.floor(endMs - sinceMs)}000000`)
    // The end is exclusive, and clocks differ.
    url.searchParams.set('end', `${endMs + 60_000}000000`)
    url.searchParams.set('limit', String(limit))
    url.searchParams.set('direction', 'forward')
    const response = await (options.fetch ?? globalThis.fetch)(url, {
      headers,
      signal: AbortSignal.timeout(timeoutMs),
    })
    const body = await response.text()
    if (!response.ok) {
      throw new Error(`${base} answered ${response.status} ${body.slice(0, 200).trim()}`)
    }
    const { data } = JSON.parse(body) as StreamsAnswer
    const records = (data?.result ?? []).flatMap(({ values }) => values.map(([ns, line]) => recordOfLine(ns, line)))
    return records.filter((record) => record?.fields.request_id === requestId) as StoredRecord[]
  }
}

function recordOfLine(ns: string, line: string): StoredRecord | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    // Lines of other programs may hold the id, too.
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const { context, ...fields } = parsed as { context?: Fields }
  // Numbers hold milliseconds with their thousandths, but not nanoseconds.
  const timeMs = Number(BigInt(ns) / 1000n) / 1000
  return { timeMs, fields: typeof context === 'object' ? { ...context, ...fields } : fields }
}
