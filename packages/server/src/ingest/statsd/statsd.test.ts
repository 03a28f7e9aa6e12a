import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { statsd } from '../receivers/statsd.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { readSamples } from '../testing/read-samples.ts'
import { Observations } from './observations.ts'
import { parseRecord } from './parse-event.ts'
import { parseMetric } from './parse-metric.ts'

describe('parseMetric', () => {
  it('reads what it writes', () => {
    const name = fc.stringMatching(/^[a-z._-]{1,20}$/)
    const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)
    const tags = fc.array(fc.stringMatching(/^[a-z]{1,5}:[^|,\n\0]{0,9}$/), { maxLength: 4 })
    const type = fc.constantFrom('c', 'g', 'ms', 'h', 'd')
    fc.assert(
      fc.property(name, fc.array(value, { minLength: 1, maxLength: 4 }), type, tags, (name, values, type, tags) => {
        const line = `${name}:${values.join(':')}|${type}|@0.25${tags.length > 0 ? `|#${tags.join(',')}` : ''}|c:id`
        const parsed = parseMetric(line)
        expect(parsed).toMatchObject({ values, rate: 0.25, identity: `${name}\0${tags.join(',')}` })
      }),
    )
  })

  it('never throws, whatever the line', () => {
    const soup = fc.string({
      unit: fc.constantFrom('a', ':', '|', '@', '#', '1', '-', 'c', ',', '_e{1,1}:', '_sc', '\0'),
    })
    fc.assert(
      fc.property(soup, (line) => {
        for (const result of [parseMetric(line), parseRecord(line)]) {
          if (typeof result === 'string') expect(result.length).toBeGreaterThan(5)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each(['a:Infinity|c', 'a:0x10|c', 'a:|g', 'a:1|toString', 'a:1', '|c', 'a|c:1', 'a:1|c|@0', 'a:1|c|@1.5'])(
    'refuses %s',
    (line) => expect(typeof parseMetric(line)).toBe('string'),
  )
})

describe('observations', () => {
  it('keeps a fair share of more values than it has room for', () => {
    const observations = new Observations([])
    for (let i = 1; i <= 100_000; i++) observations.add(i, 1)
    const [median = 0, high = 0] = observations.quantiles([0.5, 0.99]) ?? []
    // Ten standard deviations of 1,024 values.
    expect(Math.abs(median - 50_000)).toBeLessThan(16_000)
    expect(high).toBeGreaterThan(95_000)
    expect([observations.count, observations.sum]).toEqual([100_000, 5_000_050_000])
    observations.restart()
    expect(observations.quantiles([0.5])).toBeUndefined()
  })

  it('finds the nearest rank', () => {
    const observations = new Observations([])
    for (const value of [5, 1, 4, 2, 3]) observations.add(value, 1)
    expect(observations.quantiles([0, 0.2, 0.21, 0.5, 1])).toEqual([1, 1, 2, 3, 5])
  })
})

describe('the receiver', () => {
  const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))
  const open = (options: object) =>
    openReceiver(statsd, {
      nowMs: 1_766_232_000_000,
      options: { udp: { port: 0 }, flushInterval: '100ms', ...options },
    })

  it('keeps counters from flush to flush, and ends what nothing came for', async () => {
    const bench = open({ expiry: '1s' })
    const values = () =>
      bench.sampleBatches.flatMap(readSamples).flatMap(({ samples }) => samples.map(([, value]) => value))
    bench.datagram('udp', Buffer.from('hits:2|c'))
    await expect.poll(values).toContain('2')
    bench.datagram('udp', Buffer.from('hits:3|c'))
    await expect.poll(values).toContain('5')
    bench.clock.nowMs += 1000
    await expect.poll(values).toContain('stale')
    expect(values().filter((value) => value === 'stale')).toHaveLength(1)
    bench.datagram('udp', Buffer.from('hits:1|c'))
    await bench.close()
    expect(values().at(-1)).toBe('1')
    expect([bench.imbalance(), bench.faults]).toEqual([0, []])
  })

  it('writes at the end only what something came for since the last time', async () => {
    const bench = open({})
    bench.datagram('udp', Buffer.from('a:1|c\nb:1|g'))
    await expect.poll(() => bench.sampleBatches.length).toBeGreaterThan(0)
    bench.datagram('udp', Buffer.from('b:7|g'))
    const before = bench.sampleBatches.length
    await bench.close()
    const later = bench.sampleBatches.slice(before).flatMap(readSamples)
    expect(later.at(-1)).toMatchObject({ labels: { __name__: 'b' }, samples: [[1_766_232_000_000, '7']] })
    await wait(150)
    expect(bench.sampleBatches.slice(before).flatMap(readSamples)).toEqual(later)
  })

  it('holds no more series than it may, however they are written', async () => {
    const bench = open({ maxSeries: 3 })
    for (let n = 0; n < 50; n++)
      bench.datagram('udp', Buffer.from(`m:1|c|#n:${n}\nsame:1|c|#a:1,b:2\nsame:1|c|#b:2,a:1`))
    await bench.close()
    const last = new Map(
      bench.sampleBatches.flatMap(readSamples).map(({ labels, samples }) => [labels.n ?? 'same', samples]),
    )
    expect([...last.keys()]).toEqual(['0', 'same', '1'])
    expect(last.get('same')?.[0]?.[1]).toBe('100')
    expect(bench.counters.rejected.value({ receiver: 'statsd', tenant: 't', reason: 'series_limit' })).toBe(48)
    expect(bench.imbalance()).toBe(0)
  })
})
