import type { SendOutcome } from '../../../notify/notifier.ts'
import type { Clock } from '../clock.ts'
import { createBackoff } from './backoff.ts'

/** The longest that one attempt may take. Milliseconds. */
export const ATTEMPT_MS = 30_000

export interface Delivery {
  readonly clock: Clock
  readonly random: () => number
  /** Tries once. */
  readonly send: (signal: AbortSignal) => Promise<SendOutcome>
  /** Ends it all: the server stops, or the group is gone. */
  readonly signal: AbortSignal
  /** No attempt goes on longer than this. Milliseconds since the epoch. */
  readonly deadlineMs: number
  /** Called after each attempt. */
  readonly tried: (attempt: Attempt) => void
}

export interface Attempt {
  readonly outcome: SendOutcome
  /** From 1. */
  readonly number: number
  readonly ms: number
  /** It is not the last one. */
  readonly retrying: boolean
}

export type DeliveryResult =
  | { readonly sent: true; readonly keep: ReadonlyMap<string, string> }
  | { readonly sent: false; readonly why: 'refused' | 'deadline' | 'stopped'; readonly reason: string }

/**
 * Sends until it succeeds, the far end refuses for good, or the time is up. A far end that asks to wait is left alone for
 * so long.
 */
export async function deliver(delivery: Delivery): Promise<DeliveryResult> {
  const { clock, signal, deadlineMs, tried } = delivery
  const backoff = createBackoff(delivery.random)
  let reason = 'not tried'
  for (let number = 1; ; number++) {
    if (signal.aborted) return { sent: false, why: 'stopped', reason }
    const startMs = clock.now()
    const outcome = await attempt(delivery)
    if (signal.aborted && !outcome.sent) return { sent: false, why: 'stopped', reason: outcome.reason }
    const ms = clock.now() - startMs
    if (outcome.sent) {
      tried({ outcome, number, ms, retrying: false })
      return { sent: true, keep: outcome.keep ?? new Map() }
    }
    reason = outcome.reason
    const waitedUntilMs = Math.max(startMs + backoff(), clock.now() + (outcome.retryAfterMs ?? 0))
    const retrying = outcome.retry && waitedUntilMs < deadlineMs
    tried({ outcome, number, ms, retrying })
    if (!outcome.retry) return { sent: false, why: 'refused', reason }
    await waitUntil(clock, Math.min(waitedUntilMs, deadlineMs), signal)
    if (!retrying) return { sent: false, why: 'deadline', reason }
  }
}

/** One attempt, which ends in time whatever the notifier does. */
async function attempt({ clock, send, signal, deadlineMs }: Delivery): Promise<SendOutcome> {
  const limitMs = Math.min(ATTEMPT_MS, Math.max(0, deadlineMs - clock.now()))
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  signal.addEventListener('abort', stop, { once: true })
  const cancelTimer = clock.after(limitMs, stop)
  const ended = new Promise<SendOutcome>((resolve) => {
    controller.signal.addEventListener('abort', () => {
      resolve({ sent: false, retry: true, reason: `no answer within ${limitMs / 1000} s` })
    })
  })
  try {
    return await Promise.race([send(controller.signal).catch(unexpected), ended])
  } finally {
    cancelTimer()
    signal.removeEventListener('abort', stop)
  }
}

/** Notifiers do not reject; should one do, its message may hold anything, a secret too. */
function unexpected(): SendOutcome {
  return { sent: false, retry: true, reason: 'the notifier failed unexpectedly' }
}

function waitUntil(clock: Clock, timeMs: number, signal: AbortSignal): Promise<void> {
  const delayMs = timeMs - clock.now()
  if (delayMs <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(delayMs, done)
    signal.addEventListener('abort', done, { once: true })
  })
}
