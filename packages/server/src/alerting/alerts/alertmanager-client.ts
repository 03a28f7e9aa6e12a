import { encodeGoJson } from '@girok/query'
import type { ReportedAlert } from '../../model/alert.ts'
import type { Relabelling } from '../../model/scraping.ts'
import type { HttpOptions } from '../../notify/outgoing/http-options.ts'
import type { Outgoing } from '../../notify/outgoing/outgoing.ts'
import { excerpt } from '../../notify/outgoing/post-json.ts'
import { secretWords } from '../../notify/outgoing/secret-words.ts'

/** An Alertmanager that alerts are sent to. */
export interface AlertmanagerTarget {
  /** Unlike that of any other; another one when it is configured otherwise. */
  readonly key: string
  /** Where its API takes alerts, without credentials: `http://alertmanager:9093/api/v2/alerts`. */
  readonly url: string
  readonly timeoutMs: number
  /** Credentials, TLS, proxy. Files that it names are read for each request. */
  readonly http: HttpOptions
  /** What alerts for it alone go through; undefined: nothing. */
  readonly relabel: Relabelling | undefined
}

/**
 * Sends alerts to an Alertmanager by its API v2. Rejects with an Error that is written for users: no connection, no answer in
 * time, an answer other than 2xx.
 * @param stop ends it early
 */
export async function sendAlerts(
  outgoing: Outgoing,
  { url, timeoutMs, http }: Pick<AlertmanagerTarget, 'url' | 'timeoutMs' | 'http'>,
  alerts: readonly ReportedAlert[],
  stop: AbortSignal,
): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs)
  // Not AbortSignal.any: in Node 20 it never lets go of what it made for a signal that lives long.
  const ending = new AbortController()
  const end = () => ending.abort()
  timeout.addEventListener('abort', end)
  stop.addEventListener('abort', end)
  if (stop.aborted) end()
  try {
    const { status, body } = await outgoing.request({
      method: 'POST',
      url,
      headers: { 'Content-Type': 'application/json' },
      body: encodeGoJson(alerts.map(postable)),
      http,
      signal: ending.signal,
    })
    if (status >= 200 && status < 300) return
    throw new Error(`it answered ${status} ${excerpt(body, secretWords('', http, []))}`.trim())
  } catch (error) {
    if (timeout.aborted) throw new Error(`no answer within ${timeoutMs / 1000} s`)
    if (stop.aborted) throw new Error('the server stopped before there was an answer')
    throw error
  } finally {
    stop.removeEventListener('abort', end)
  }
}

/** As `postableAlert` of its OpenAPI has it, written as Prometheus writes it. */
function postable({ labels, annotations, startsAtMs, endsAtMs, generatorUrl }: ReportedAlert): unknown {
  return {
    ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
    ...(endsAtMs !== undefined && { endsAt: new Date(endsAtMs).toISOString() }),
    ...(startsAtMs !== undefined && { startsAt: new Date(startsAtMs).toISOString() }),
    generatorURL: generatorUrl,
    labels: Object.fromEntries(labels),
  }
}
