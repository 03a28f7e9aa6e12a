import { createComplaints } from '../../complaints.ts'
import { levelValue } from '../../level.ts'
import { isExiting, registerAtExit } from '../exit.ts'
import type { Destination } from './destination.ts'
import { createFlushWaiters } from './flush-waiters.ts'
import { type DropReason, type RemoteHandler, type RemoteOptions, remoteSettings } from './options.ts'
import { createOutbox } from './outbox.ts'
import { createPause } from './pause.ts'
import { createSender } from './sender.ts'
import { openSpool } from './spool.ts'

type Timer = ReturnType<typeof setTimeout> & { unref?: () => void }

/**
 * The handler of a destination: batches records, repeats a batch until it is delivered or refused for good, counts what
 * becomes of every record. Nothing is thrown at the caller; memory is bounded. A program that ends by itself, by an error
 * or by a signal delivers or spools what waits.
 * @throws RangeError for bad options, Error when the spool cannot be made
 */
export function createRemoteHandler(destination: Destination, options: RemoteOptions): RemoteHandler {
  const target = destination.name
  const settings = remoteSettings(options)
  const level = levelValue(options.level ?? 0)
  const book = options.complain ?? createComplaints()
  const waiters = createFlushWaiters()
  const dropped: Record<DropReason, number> = {
    overflow: 0,
    refused: 0,
    too_large: 0,
    closed: 0,
    spool_full: 0,
    spool_damaged: 0,
  }

  function complain(text: string, last = false): void {
    try {
      book(text, last)
    } catch {
      // Whoever was told of a failure failed as well; deliveries go on.
    }
  }

  function lost(reason: DropReason, count: number, detail: string): void {
    dropped[reason] += count
    waiters.done(count)
    complain(detail, reason === 'closed')
  }

  const format = (destination.name.split(' ', 1)[0] ?? '').replace(/[^\w-]+/g, '_')
  const spool = options.spool && openSpool({ ...options.spool, ...settings, format, lost, complain })
  const outbox = createOutbox({
    settings,
    spool,
    always: options.spool?.mode === 'always',
    now: options.now ?? Date.now,
    overflowed(size, taken) {
      dropped.overflow++
      if (taken) waiters.done(1)
      complain(
        size > settings.queueSize
          ? `a record of ${size} characters for ${target} is larger than queueSize (${settings.queueSize}) and was dropped`
          : `the queue for ${target} is full; records are dropped`,
      )
    },
  })
  const sender = createSender({
    outbox,
    settings,
    attempt: (batch, signal) => destination.deliver(batch, signal),
    refused(reason, count, detail) {
      lost(reason, count, `${target} refused ${count} records: ${detail}`)
    },
    delivered: (count) => waiters.done(count),
    failed(outcome, count) {
      // What comes from now on goes to disk, and what is there has a copy in memory at most.
      const safe = outbox.saveAll()
      if (safe) waiters.release()
      complain(`${target}: ${outcome.reason}; ${count} records are being retried`)
      return safe
    },
  })

  let timer: Timer | undefined
  let closed: Promise<void> | undefined
  let exiting = false

  function schedule(): void {
    timer = setTimeout(() => {
      timer = undefined
      sendNow()
    }, settings.intervalMs)
    // Waiting for more records is no reason to keep a program running.
    timer.unref?.()
  }

  function sendNow(): void {
    clearTimeout(timer)
    timer = undefined
    outbox.makeDue()
    sender.wake()
  }

  /** At the end of the process nothing that is in memory only has a future. */
  function flushSync(): void {
    const safe = outbox.saveAll()
    exiting = isExiting()
    if (exiting && !safe && outbox.waiting > 0) complain(notDelivered(outbox.waiting), true)
  }

  const notDelivered = (count: number) => `${count} records were not delivered to ${target} before the end`

  function flush(hold: boolean): Promise<void> {
    sendNow()
    // After a failed attempt everything is on disk, and the far end is being tried already.
    if (spool !== undefined && sender.failing && outbox.saveAll()) return Promise.resolve()
    return waiters.wait(outbox.waiting + outbox.spooled, settings.closeTimeoutMs, hold)
  }

  async function shut(): Promise<void> {
    sendNow()
    await sender.finish(settings.closeTimeoutMs)
    clearTimeout(timer)
    leaveRest()
    waiters.release()
    unregister()
    spool?.close()
    await letGo()
  }

  async function letGo(): Promise<void> {
    const late = createPause()
    const closing = (async () => destination.close?.())().catch((error) => complain(`${target}: ${error}`))
    await Promise.race([closing, late.wait(settings.closeTimeoutMs)])
    late.end()
  }

  function leaveRest(): void {
    outbox.saveAll()
    const count = outbox.forget()
    if (count > 0) lost('closed', count, notDelivered(count))
    if (outbox.spooled > 0)
      complain(`${outbox.spooled} records for ${target} wait in the spool for the next start`, true)
  }

  const unregister = registerAtExit({ flushSync, flush: () => flush(false) })
  // What an earlier process left behind goes first, also when nothing is ever logged.
  if (outbox.spooled > 0) sender.wake()

  return {
    name: target,
    level,
    filters: options.filters,
    needsSource: destination.needsSource,
    handle(record) {
      if (closed !== undefined) {
        dropped.closed++
        complain(`the handler for ${target} is closed; records logged after that are dropped`)
        return
      }
      outbox.push(destination.entry(record))
      if (exiting) outbox.saveAll()
      if (outbox.isReady) sender.wake()
      if (timer === undefined) schedule()
    },
    flush: () => flush(true),
    flushSync,
    close() {
      closed ??= shut()
      return closed
    },
    get stats() {
      const { sent, retries } = sender
      return { sent, waiting: outbox.waiting, spooled: outbox.spooled, retries, dropped: { ...dropped } }
    },
  }
}
