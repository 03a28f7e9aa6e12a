import { GirokError } from '../../model/errors.ts'
import { ProtobufReader } from '../decode/protobuf.ts'
import type { ReceiverContext } from '../receiver.ts'
import { deliverSamples } from './sample-delivery.ts'
import { decodeWriteV1 } from './write-v1.ts'

/** As the counters call what the server scrapes itself. */
export const SCRAPE_RECEIVER = 'scrape'

/** A sample with its share of labels takes hardly less than this. */
const BYTES_PER_SAMPLE = 18
/** How long samples wait for a store that is away: later ones tell the same story. */
const LONGEST_WAIT_MS = 120_000
/** Bytes that may wait at once. */
const MOST_WAITING_BYTES = 64 * 2 ** 20

export interface ScrapedSamples {
  /** Takes a WriteRequest 1.0, not compressed; resolves when what became of it is counted. Never rejects. */
  push(writeRequest: Uint8Array): Promise<void>
  /** Tries nothing again any more; resolves when all is counted. */
  close(): Promise<void>
}

/**
 * Takes samples that the server scraped itself, by the same decoder, limits and counters as remote write. There is no
 * sender to send again: what the store cannot take for now is tried again for a while.
 */
export function createScrapedSamples(context: ReceiverContext): ScrapedSamples {
  const closing = new AbortController()
  const { counters, log, samples, tenant } = context
  let waitingBytes = 0
  let said = ''

  function tell(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    if (error instanceof GirokError) {
      context.rejected({ receiver: SCRAPE_RECEIVER, tenant, status: error.status, reason: error.message })
    }
    if (text !== said) log('warning', 'scraped samples could not be stored', { error: text })
    said = text
  }

  const pushing = new Set<Promise<void>>()

  async function store(writeRequest: Uint8Array): Promise<void> {
    const bytes = Buffer.from(writeRequest.buffer, writeRequest.byteOffset, writeRequest.byteLength)
    const assembler = samples.assembler(tenant, SCRAPE_RECEIVER, bytes.length / BYTES_PER_SAMPLE)
    try {
      decodeWriteV1(new ProtobufReader(bytes), assembler, { tenant, resolver: samples.resolver })
    } catch (error) {
      counters.undecodable.add({
        receiver: SCRAPE_RECEIVER,
        reason: error instanceof GirokError ? error.code : 'internal',
      })
      tell(error)
      return
    }
    const assembled = assembler.finish()
    if (assembled.refusals.total > 0) {
      const reason = assembled.refusals.text()
      context.rejected({ receiver: SCRAPE_RECEIVER, tenant, status: 400, reason })
      if (reason !== said) log('warning', 'some scraped samples were refused', { reason })
      said = reason
    }
    // While too much waits nothing is tried again.
    const isFull = waitingBytes + bytes.length > MOST_WAITING_BYTES
    waitingBytes += bytes.length
    const patience = new AbortController()
    const give = () => patience.abort()
    const timer = setTimeout(give, LONGEST_WAIT_MS)
    closing.signal.addEventListener('abort', give)
    if (isFull || closing.signal.aborted) give()
    try {
      await deliverSamples(context, assembled, { retryUntil: patience.signal })
      if (assembled.refusals.total === 0) said = ''
    } catch (error) {
      tell(error)
    } finally {
      clearTimeout(timer)
      closing.signal.removeEventListener('abort', give)
      waitingBytes -= bytes.length
    }
  }

  return {
    push(writeRequest) {
      const stored = store(writeRequest).finally(() => pushing.delete(stored))
      pushing.add(stored)
      return stored
    },
    async close() {
      closing.abort()
      await Promise.all(pushing)
    },
  }
}
