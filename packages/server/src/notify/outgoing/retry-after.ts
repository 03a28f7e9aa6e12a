const LONGEST_MS = 3_600_000

/** Milliseconds of a header `Retry-After`: seconds, or a date against `nowMs`; one hour at most. Undefined: not said. */
export function retryAfterMs(header: string | undefined, nowMs: number = Date.now()): number | undefined {
  if (header === undefined) return undefined
  const value = header.trim()
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, Math.ceil(ms)), LONGEST_MS)
}
