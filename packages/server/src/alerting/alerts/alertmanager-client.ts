import type { ReportedAlert } from '../../model/alert.ts'

/** An Alertmanager that alerts are sent to. */
export interface AlertmanagerTarget {
  /** Where its API takes alerts, without credentials: `http://alertmanager:9093/api/v2/alerts`. */
  readonly url: string
  /** Value of `Authorization`. A secret. */
  readonly authorization: string | undefined
  readonly timeoutMs: number
}

/** Characters of an answer that an error tells. */
const TOLD = 300

/**
 * Sends alerts to an Alertmanager by its API v2. Rejects with an Error that is written for users: no connection, no answer in
 * time, an answer other than 2xx.
 */
export async function sendAlerts(
  { url, authorization, timeoutMs }: AlertmanagerTarget,
  alerts: readonly ReportedAlert[],
  signal: AbortSignal,
): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs)
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify(alerts.map(postable)),
      redirect: 'follow',
      signal: AbortSignal.any([timeout, signal]),
    })
  } catch (error) {
    throw new Error(timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error))
  }
  if (response.ok) {
    await response.body?.cancel()
    return
  }
  const text = await response.text().catch(() => '')
  throw new Error(`it answered ${response.status} ${text.slice(0, TOLD)}`.trim())
}

/** As `postableAlert` of its OpenAPI has it. */
function postable({ labels, annotations, startsAtMs, endsAtMs, generatorUrl }: ReportedAlert): unknown {
  return {
    annotations: Object.fromEntries(annotations),
    ...(endsAtMs !== undefined && { endsAt: new Date(endsAtMs).toISOString() }),
    ...(startsAtMs !== undefined && { startsAt: new Date(startsAtMs).toISOString() }),
    labels: Object.fromEntries(labels),
    generatorURL: generatorUrl,
  }
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof Error && cause.message !== '') return cause.message
  return error instanceof Error ? error.message : String(error)
}
