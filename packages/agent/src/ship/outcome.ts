import type { Outcome } from './destination.ts'
import type { HttpAnswer } from './http-client.ts'
import { retryAfterMs } from './retry.ts'

/** Characters of a server's words that are passed on. */
const LONGEST_WORDS = 300
/** Statuses that say more about the way there, or who asks, than about the record: told, and tried again. */
const NEEDS_HELP = new Set([401, 402, 403, 404, 405, 407, 410, 415])
const PASSING = new Set([408, 425, 429])

export interface OutcomeOptions {
  readonly sentBytes: number
  /** Lines or samples that were sent. */
  readonly count: number
  readonly nowMs: number
  /** How many of them a server with status 400 has not taken; by default all. */
  readonly rejectedIn?: (words: string, count: number) => number
  /** What the body of an answer says to people. */
  readonly wordsOf?: (answer: HttpAnswer) => string
}

/** What an answer means for the piece that was sent. */
export function outcomeOf(answer: HttpAnswer, options: OutcomeOptions): Outcome {
  const { status, headers } = answer
  if (status >= 200 && status < 300) return { result: 'taken', bytes: options.sentBytes, rejected: 0, reason: '' }
  const words = (options.wordsOf ?? textOf)(answer).trim().slice(0, LONGEST_WORDS)
  const reason = words === '' ? `answers ${status}` : `answers ${status}: ${words}`
  if (status === 413) return { result: 'too-large', reason }
  if (PASSING.has(status) || status >= 500) {
    return { result: 'later', reason, afterMs: retryAfterMs(headers['retry-after'], options.nowMs), needsHelp: false }
  }
  if (status < 400) {
    const target = headers.location ?? 'another address'
    return later(`answers ${status} and sends requests on to ${target}: use that as the url`)
  }
  if (NEEDS_HELP.has(status)) return later(reason)
  if (status === 400 && options.rejectedIn !== undefined) {
    const rejected = options.rejectedIn(textOf(answer), options.count)
    if (rejected < options.count) return { result: 'taken', bytes: options.sentBytes, rejected, reason }
  }
  return { result: 'rejected', reason }
}

/** When nothing can be done but to wait for somebody. */
export function later(reason: string): Outcome {
  return { result: 'later', reason, afterMs: 0, needsHelp: true }
}

export function textOf({ body }: HttpAnswer): string {
  return body.toString('utf8')
}

/** Words that are about the request, not about lines in it. */
const ABOUT_ALL =
  /^\s*([<{]|protobuf|proto:|snappy|the body|mime|Idempotency-Key|couldn't parse|rpc error|Bad Request)/i

/**
 * Lines that Loki, or Girok, has refused of a push that it answered with 400; it has taken the others. Both write a line for
 * each kind of fault, `12 errors like: …` or the one error; Loki's ingesters write `total ignored: 1 out of 3`.
 */
export function rejectedByLoki(words: string, count: number): number {
  if (words.trim() === '' || ABOUT_ALL.test(words)) return count
  let ignored = 0
  for (const [, number] of words.matchAll(/total ignored: (\d+) out of \d+/g)) ignored += Number(number)
  if (ignored === 0) {
    for (const line of words.trim().split('\n')) ignored += Number(/^(\d+) errors like: /.exec(line)?.[1] ?? 1)
  }
  return Math.min(ignored, count)
}
