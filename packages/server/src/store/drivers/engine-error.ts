import { type ErrorCode, GirokError } from '../../model/errors.ts'

/** What was being done when the engine failed: the same engine error means other things to a reader and to a writer. */
export type Activity = 'query' | 'insert' | 'command'

const TIMEOUT = new Set([159, 209])
const CANCELLED = new Set([394, 734])
const RESULT_LIMITS = new Set([158, 191, 307, 396])
const MEMORY = new Set([241, 173])
const NO_SPACE = new Set([243])
const TOO_MANY_PARTS = 252
/** Network errors, overload and read-only replicas of a remote server: worth another try. */
const UNAVAILABLE = new Set([202, 203, 210, 242, 279, 285, 319, 425, 999])
const NO_SPACE_TEXT = /No space left on device|ENOSPC|errno: 28\b/

/** The engine's own number for an error (`Code: 241. DB::Exception: …`), if it is one of the engine's. */
export function engineCode(error: unknown): number | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { clickhouseCode, code } = at as Error & { clickhouseCode?: unknown; code?: unknown }
    if (typeof clickhouseCode === 'number') return clickhouseCode
    if (typeof code === 'string' && /^\d+$/.test(code)) return Number(code)
    const match = /\bCode: (\d+)\b/.exec(at.message)
    if (match !== null) return Number(match[1])
  }
  return undefined
}

/**
 * Turns what an engine threw into the error that the user meets. A GirokError passes unchanged, but for the time limit of
 * an insert or a command, which nobody asked for.
 */
export function toGirokError(error: unknown, activity: Activity): GirokError {
  if (error instanceof GirokError) {
    if (error.code !== 'timeout' || activity === 'query') return error
    return new GirokError('store_unavailable', 'the storage engine took too long', {
      cause: error,
      retryAfterSeconds: 1,
    })
  }
  const text = firstLine(error)
  const code = engineCode(error)
  const made = (errorCode: ErrorCode, message: string): GirokError =>
    new GirokError(errorCode, message, {
      cause: error,
      ...(errorCode === 'store_unavailable' ? { retryAfterSeconds: 1 } : {}),
    })

  if ((code !== undefined && NO_SPACE.has(code)) || NO_SPACE_TEXT.test(text)) {
    return made('disk_full', `the disk of the store is full: ${text}`)
  }
  if (code === undefined) {
    if (isConnectionError(error)) return made('store_unavailable', `the store cannot be reached: ${text}`)
    return made('store_failed', `the storage engine failed: ${text}`)
  }
  if (MEMORY.has(code)) {
    return activity === 'query'
      ? made('limit_exceeded', `the query needs more memory than store.maxMemory allows: ${text}`)
      : made('store_unavailable', `the storage engine is short of memory: ${text}`)
  }
  if (TIMEOUT.has(code)) {
    return activity === 'query'
      ? made('timeout', `the query took too long: ${text}`)
      : made('store_unavailable', `the storage engine took too long: ${text}`)
  }
  if (CANCELLED.has(code)) return made('cancelled', 'the statement was cancelled')
  if (RESULT_LIMITS.has(code)) return made('limit_exceeded', `the result is too large: ${text}`)
  if (code === TOO_MANY_PARTS || UNAVAILABLE.has(code)) {
    return made('store_unavailable', `the storage engine cannot take this now: ${text}`)
  }
  return made('store_failed', `the storage engine failed: ${text}`)
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const line = message.split('\n', 1)[0] ?? ''
  return line.length > 600 ? `${line.slice(0, 600)}…` : line
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

function isConnectionError(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as Error & { code?: unknown }
    if (typeof code === 'string' && CONNECTION_CODES.has(code)) return true
    if (/socket hang up|Timeout error|other side closed/.test(at.message)) return true
  }
  return false
}
