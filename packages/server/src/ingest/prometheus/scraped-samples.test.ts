import { afterEach, describe, expect, it, vi } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import type { SampleBatch } from '../../model/sample-batch.ts'
import type { ReceiverContext } from '../receiver.ts'
import { remoteWrite } from '../receivers/remote-write.ts'
import { createSubmitSamples } from '../submit.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { encodeWriteV1, type PlainSeries } from '../testing/remote-write.ts'
import { createScrapedSamples } from './scraped-samples.ts'

afterEach(() => void vi.useRealTimers())

const up = (time: number): PlainSeries => ({ labels: [['__name__', 'up']], samples: [[time, 1]] })

function open(write: (batch: SampleBatch) => Promise<{ stored: boolean }>) {
  const bench = openReceiver(remoteWrite)
  const logged: string[] = []
  const context: ReceiverContext = {
    ...bench.context,
    submitSamples: createSubmitSamples(write, bench.counters),
    log: (level, message, fields) => logged.push(`${level}: ${message} ${JSON.stringify(fields)}`),
  }
  const counts = () => ({
    received: bench.counters.received.value({ receiver: 'scrape', tenant: 't' }),
    stored: bench.counters.stored.total,
    rejected: bench.counters.rejected.total,
  })
  return { ...bench, scraped: createScrapedSamples(context), logged, counts }
}

describe('scraped samples', () => {
  it('are stored and counted like those of remote write', async () => {
    const batches: SampleBatch[] = []
    const { scraped, counts, imbalance, clock } = open(async (batch) => {
      batches.push(batch)
      return { stored: true }
    })
    await scraped.push(encodeWriteV1([up(clock.nowMs)]))
    expect(batches[0]).toMatchObject({ receiver: 'scrape', tenant: 't', count: 1 })
    expect(counts()).toEqual({ received: 1, stored: 1, rejected: 0 })
    expect(imbalance()).toBe(0)
  })

  it('wait for a store that is away, not for ever, and not when the server stops', async () => {
    vi.useFakeTimers()
    let away = true
    const { scraped, counts, clock, logged, imbalance } = open(async () => {
      if (away) throw new GirokError('store_unavailable', 'away')
      return { stored: true }
    })
    const first = scraped.push(encodeWriteV1([up(clock.nowMs)]))
    await vi.advanceTimersByTimeAsync(30_000)
    away = false
    await vi.advanceTimersByTimeAsync(30_000)
    await first
    expect(counts()).toEqual({ received: 1, stored: 1, rejected: 0 })
    away = true
    const second = scraped.push(encodeWriteV1([up(clock.nowMs)]))
    await vi.advanceTimersByTimeAsync(200_000)
    await second
    expect(counts()).toEqual({ received: 2, stored: 1, rejected: 1 })
    const third = scraped.push(encodeWriteV1([up(clock.nowMs)]))
    await scraped.close()
    await third
    expect(counts()).toEqual({ received: 3, stored: 1, rejected: 2 })
    expect(logged).toEqual(['warning: scraped samples could not be stored {"error":"away"}'])
    expect(imbalance()).toBe(0)
  })

  it('that break a rule are refused, said once, and shown', async () => {
    const { scraped, counts, clock, logged, rejections } = open(async () => ({ stored: true }))
    const bad: PlainSeries = { labels: [['job', 'x']], samples: [[clock.nowMs, 1]] }
    for (let i = 0; i < 3; i++) await scraped.push(encodeWriteV1([up(clock.nowMs), bad]))
    expect(counts()).toEqual({ received: 6, stored: 3, rejected: 3 })
    expect(logged).toHaveLength(1)
    expect(rejections[0]?.reason).toContain('no label __name__')
  })

  it('that cannot be decoded are counted', async () => {
    const { scraped, counters, logged } = open(async () => ({ stored: true }))
    await scraped.push(Buffer.from([0x0a, 0x05]))
    expect(counters.undecodable.total).toBe(1)
    expect(logged).toHaveLength(1)
  })
})
