import { getJson, request } from './client.ts'
import type { Labels } from './entry.ts'
import { ApiError } from './error.ts'

/** Alertmanager's API, second version: alerts and silences as it writes them. Times are ISO 8601. */
export const alertsPath = '/api/v2/alerts'
export const silencesPath = '/api/v2/silences'

/** Names of all contact points. */
export async function fetchReceivers(signal: AbortSignal): Promise<readonly string[]> {
  return (await getJson<readonly { readonly name: string }[]>('/api/v2/receivers', { signal })).map(({ name }) => name)
}

export interface SilenceMatcher {
  readonly name: string
  readonly value: string
  readonly isRegex: boolean
  /** False turns it round. Absent: true. */
  readonly isEqual?: boolean
}

export interface ManagedAlert {
  readonly fingerprint: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
  readonly receivers: readonly { readonly name: string }[]
  readonly status: {
    readonly state: 'unprocessed' | 'active' | 'suppressed'
    /** Ids of silences. */
    readonly silencedBy: readonly string[]
    /** Fingerprints of alerts. */
    readonly inhibitedBy: readonly string[]
    /** Names of time intervals. */
    readonly mutedBy?: readonly string[]
    /** Girok's own. */
    readonly acknowledgedBy?: string
  }
}

/** A span within which a silence is in force, in words of `time_intervals`. */
export interface RecurrenceSpan {
  readonly times?: readonly { readonly start_time: string; readonly end_time: string }[]
  readonly weekdays?: readonly string[]
  readonly location?: string
}

export interface SilenceBody {
  /** Absent: another one. */
  readonly id?: string
  readonly matchers: readonly SilenceMatcher[]
  readonly startsAt: string
  readonly endsAt: string
  readonly createdBy: string
  readonly comment: string
  /** Girok's own: in force only inside these spans. */
  readonly recurrence?: readonly RecurrenceSpan[]
  /** Girok's own: tells that alerts have resolved which were told as firing before. */
  readonly notifyResolved?: boolean
}

export interface ManagedSilence extends SilenceBody {
  readonly id: string
  readonly updatedAt: string
  readonly status: { readonly state: 'pending' | 'active' | 'expired' }
}

/** Its refusals are JSON strings: the words without their quotes. */
async function inWords<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof ApiError) || !/^".*"$/s.test(error.message)) throw error
    throw new ApiError(error.status, String(JSON.parse(error.message)))
  }
}

/** Makes a silence or changes the one of its id; the id that is in force then. */
export async function postSilence(silence: SilenceBody): Promise<string> {
  const asked = getJson<{ readonly silenceID: string }>(silencesPath, { method: 'POST', body: silence })
  return (await inWords(asked)).silenceID
}

export async function expireSilence(id: string): Promise<void> {
  await inWords(request(`/api/v2/silence/${encodeURIComponent(id)}`, { method: 'DELETE' }))
}
