import type { ErrorCode, GirokError } from '../model/errors.ts'

/** Errors that pass: the same records sent again later may be stored. Everything else is refused for good. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'rate_limited',
  'overloaded',
  'disk_full',
  'store_unavailable',
  'store_failed',
  'timeout',
  'internal',
])

/** Whether a sender should send again what failed with this error; each protocol has its own words for it. */
export function isRetryable({ code }: GirokError): boolean {
  return PASSING.has(code)
}

/** Seconds after which to send again: the error's own, else one. */
export function retryAfterSeconds(error: GirokError): number {
  return error.retryAfterSeconds ?? 1
}

/** Waits; resolves early, with false, when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((done) => {
    const timer = setTimeout(() => finish(true), ms)
    const aborted = () => finish(false)
    const finish = (whole: boolean) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      done(whole)
    }
    signal.addEventListener('abort', aborted)
  })
}
