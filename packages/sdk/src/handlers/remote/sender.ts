import { messageOf } from '../error-text.ts'
import type { Batch, Outcome, RetryOutcome } from './destination.ts'
import type { DropReason, RemoteSettings } from './options.ts'
import type { Outbox } from './outbox.ts'
import { createPause } from './pause.ts'
import { backoffMs } from './retry.ts'
import type { Parcel } from './spool.ts'

/** Sends batches, one after the other: order is kept, and a far end that is away gets one request at a time. */
export interface Sender {
  /** Begins to send if there is something and nothing is being sent. */
  wake(): void
  /**
   * Sends what is due and stops: when all is sent, when a batch has failed three times and a spool has everything, or
   * after `timeoutMs`. Keeps the process alive until then.
   */
  finish(timeoutMs: number): Promise<void>
  /** Whether the last attempt failed. */
  readonly failing: boolean
  /** Records that the far end has. */
  readonly sent: number
  /** Attempts that were or will be repeated. */
  readonly retries: number
}

export interface SenderParts {
  readonly outbox: Outbox
  readonly settings: RemoteSettings
  readonly attempt: (batch: Batch, signal: AbortSignal) => Promise<Outcome>
  readonly delivered: (count: number) => void
  readonly refused: (reason: DropReason, count: number, detail: string) => void
  /** After an attempt that will be repeated with `count` records. Gives whether everything that waits is on disk. */
  readonly failed: (outcome: RetryOutcome, count: number) => boolean
}

/** How often a batch is tried before it is left to the next process, at the end. */
const LAST_ATTEMPTS = 3

export function createSender({ outbox, settings, attempt, delivered, refused, failed }: SenderParts): Sender {
  const pause = createPause()
  let running: Promise<void> | undefined
  let finishing = false
  let stopped = false
  let failing = false
  let sent = 0
  let retries = 0
  let abortAttempt = () => {}

  function wake(): void {
    if (stopped) return
    running ??= run().finally(() => {
      running = undefined
      // Something may have come between the last look and now.
      if (outbox.isReady) wake()
    })
  }

  async function run(): Promise<void> {
    // Whoever logs does not wait until a request is made.
    await undefined
    while (!stopped) {
      const parcel = outbox.next()
      if (parcel === undefined) return
      await deliver(parcel)
    }
  }

  async function deliver(first: Parcel): Promise<void> {
    let parcel = first
    for (let number = 1; ; number++) {
      const outcome = await attemptOf(parcel)
      if (outcome.kind !== 'retry') {
        setFailing(false)
        end(parcel, outcome)
        return
      }
      parcel = afterPart(parcel, outcome)
      if (parcel.entries.length === 0) {
        outbox.settle()
        return
      }
      // Ended by `stop`, not by the far end.
      if (stopped) return
      retries++
      setFailing(true)
      const safe = failed(outcome, parcel.entries.length)
      const waitMs = Math.max(backoffMs(number, settings), outcome.afterMs ?? 0)
      if (finishing && safe && (number >= LAST_ATTEMPTS || waitMs > settings.closeTimeoutMs)) stop()
      if (stopped) return
      await pause.wait(waitMs)
      if (stopped) return
    }
  }

  function end(parcel: Parcel, outcome: Exclude<Outcome, RetryOutcome>): void {
    const count = parcel.entries.length
    if (outcome.kind === 'too_large' && count > 1) {
      outbox.halve()
      return
    }
    outbox.settle()
    const lost =
      outcome.kind === 'delivered' ? 0 : outcome.kind === 'refused' ? Math.min(outcome.count ?? count, count) : 1
    arrived(count - lost)
    if (outcome.kind !== 'delivered') refused(outcome.kind, lost, outcome.reason)
  }

  /** What is left of a batch of which a part has arrived or was refused. */
  function afterPart(parcel: Parcel, { entries, refused: part }: RetryOutcome): Parcel {
    if (entries === undefined) return parcel
    const left = outbox.replace(entries)
    const lost = part?.count ?? 0
    arrived(parcel.entries.length - entries.length - lost)
    if (part !== undefined && lost > 0) refused('refused', lost, part.reason)
    return left
  }

  function arrived(count: number): void {
    sent += count
    delivered(count)
  }

  function setFailing(value: boolean): void {
    failing = value
    outbox.setFailing(value)
  }

  async function attemptOf({ key, entries }: Parcel): Promise<Outcome> {
    // Not AbortSignal.any: in Node 20 each one that is made stays with the signals that it follows.
    const controller = new AbortController()
    const { timeoutMs } = settings
    const timer: ReturnType<typeof setTimeout> & { unref?: () => void } = setTimeout(() => abortAttempt(), timeoutMs)
    timer.unref?.()
    // Raced: a destination that does not heed its signal would stop all deliveries.
    const given = new Promise<Outcome>((resolve) => {
      abortAttempt = () => {
        controller.abort()
        resolve({ kind: 'retry', reason: `does not answer within ${timeoutMs} ms` })
      }
    })
    try {
      return await Promise.race([attempt({ key, entries }, controller.signal), given])
    } catch (error) {
      return { kind: 'retry', reason: messageOf(error) }
    } finally {
      clearTimeout(timer)
      abortAttempt = () => {}
    }
  }

  function stop(): void {
    stopped = true
    abortAttempt()
    pause.end()
  }

  return {
    wake,
    async finish(timeoutMs) {
      finishing = true
      wake()
      pause.end()
      const deadline = setTimeout(stop, timeoutMs)
      while (running !== undefined) await running
      clearTimeout(deadline)
      stop()
    },
    get failing() {
      return failing
    },
    get sent() {
      return sent
    },
    get retries() {
      return retries
    },
  }
}
