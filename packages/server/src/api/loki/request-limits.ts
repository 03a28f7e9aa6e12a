import { GirokError } from '../../model/errors.ts'
import type { RequestLimits } from '../../query/request-limits.ts'
import { parsePrometheusDuration } from './params.ts'

/** What the header `X-Loki-Query-Limits` says. */
export interface HeaderLimits extends RequestLimits {
  /** Records older than this are not looked at, nanoseconds. */
  readonly lookbackNs?: bigint
}

type Setting = (value: unknown) => HeaderLimits | undefined

const duration =
  (make: (ns: bigint) => HeaderLimits): Setting =>
  (value) => {
    const ns = typeof value === 'string' ? parsePrometheusDuration(value) : undefined
    return ns === undefined ? undefined : make(ns)
  }
const count =
  (make: (count: number) => HeaderLimits): Setting =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 ? make(value) : undefined
const ms = (ns: bigint): number => Number(ns / 1_000_000n)

/** Loki's names; those that are not here (`maxQueryBytesRead`) have no effect. */
const SETTINGS: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ['maxQueryLength', duration((ns) => ({ maxLengthMs: ms(ns) }))],
  ['maxQueryInterval', duration((ns) => ({ maxIntervalMs: ms(ns) }))],
  ['maxQueryLookback', duration((ns) => (ns === 0n ? {} : { lookbackNs: ns }))],
  ['maxQueryTime', duration((ns) => ({ timeoutMs: ms(ns) }))],
  ['maxEntriesLimitPerQuery', count((maxEntries) => ({ maxEntries }))],
  ['minimumLabelsNumber', count((minLabels) => ({ minLabels }))],
  [
    'requiredLabels',
    (value) =>
      Array.isArray(value) && value.every((name) => typeof name === 'string') ? { requiredLabels: value } : undefined,
  ],
])

/**
 * The limits that a request sets itself by the header: a JSON object, durations as text (`"30m"`). They only narrow those
 * of the server. Throws `bad_request` for what cannot be read, because a limit that is silently ignored limits nothing.
 */
export function headerLimits(header: string | string[] | undefined): HeaderLimits | undefined {
  const text = Array.isArray(header) ? header[0] : header
  if (!text) return undefined
  let limits: HeaderLimits = {}
  for (const [name, value] of Object.entries(jsonObject(text))) {
    const setting = SETTINGS.get(name)
    if (!setting) continue
    const read = setting(value)
    if (!read) throw unreadable(`${name} cannot be ${JSON.stringify(value)}`)
    limits = { ...limits, ...read }
  }
  return limits
}

function jsonObject(text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw unreadable(`it is no JSON: ${(cause as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable('it is no JSON object')
  return value
}

function unreadable(reason: string): GirokError {
  return new GirokError(
    'bad_request',
    `cannot read the header X-Loki-Query-Limits: ${reason}; an example is {"maxQueryLength":"1h"}`,
  )
}
