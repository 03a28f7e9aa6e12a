import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { bitsOf, type SampleBatch } from '../../model/sample-batch.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { encodeSnappyBlock } from '../testing/encoders.ts'
import { fuzzSeed } from '../testing/random.ts'
import { encodeWriteV1, encodeWriteV2, type PlainMetadata, type PlainSeries } from '../testing/remote-write.ts'
import { remoteWrite } from './remote-write.ts'

const NOW = Date.UTC(2026, 5, 1, 12)
const STALE = 0x7ff0000000000002n
const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request'

interface Read {
  readonly labels: Readonly<Record<string, string>>
  readonly samples: readonly (readonly [number, bigint])[]
}

/** What a batch holds, by series in order of appearance; values as bits. */
function readBatch(batch: SampleBatch | undefined): Read[] {
  if (batch === undefined) return []
  const bits = bitsOf(batch.value)
  const samples: [number, bigint][][] = batch.seriesList.map(() => [])
  for (let i = 0; i < batch.count; i++) {
    const value = (BigInt(bits[2 * i + 1]!) << 32n) | BigInt(bits[2 * i]!)
    samples[batch.series[i]!]!.push([batch.timeMs[i]!, value])
  }
  return batch.seriesList.map(({ labels }, i) => ({ labels: Object.fromEntries(labels), samples: samples[i]! }))
}

/** Samples as texts, sorted. */
function inSomeOrder(series: ReadonlyMap<string, readonly (readonly [number, bigint])[]>): Map<string, string[]> {
  return new Map([...series].map(([key, samples]) => [key, samples.map(([ms, bits]) => `${ms} ${bits}`).sort()]))
}

/** Lone surrogates are no text on the wire. */
function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text
}

function bitsOfNumber(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes.readBigUInt64LE()
}

function open(given: Parameters<typeof openReceiver>[1] = {}) {
  const bench = openReceiver(remoteWrite, { nowMs: NOW, ...given })
  const post = (body: Buffer, headers: Record<string, string> = {}) =>
    bench.send({
      path: '/api/v1/write',
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', ...headers },
      body,
    })
  return {
    ...bench,
    post,
    v1: (series: readonly PlainSeries[], metadata?: readonly PlainMetadata[]) =>
      post(encodeSnappyBlock(encodeWriteV1(series, metadata))),
    v2: (series: readonly PlainSeries[]) => post(encodeSnappyBlock(encodeWriteV2(series)), { 'content-type': V2 }),
  }
}

const up = (samples: PlainSeries['samples'], more: Partial<PlainSeries> = {}): PlainSeries => ({
  labels: [
    ['__name__', 'up'],
    ['job', 'demo'],
  ],
  samples,
  ...more,
})

describe.each(['v1', 'v2'] as const)('remote write %s', (version) => {
  it('stores samples with the bits of their values, and answers 204', async () => {
    const bench = open()
    const samples = [
      [NOW - 30_000, 1],
      [NOW - 15_000, STALE],
      [NOW, Number.NaN],
      [NOW + 1, -0],
      [NOW + 2, Number.NEGATIVE_INFINITY],
      [NOW + 3, 0],
      [NOW - 60_000, 7],
    ] as const
    const response = await bench[version]([up(samples)])
    expect(response.status).toBe(204)
    expect(readBatch(bench.sampleBatches[0])).toEqual([
      { labels: { __name__: 'up', job: 'demo' }, samples: samples.map(([ms, value]) => [ms, bitsOfNumber(value)]) },
    ])
    expect(bench.counters.received.total).toBe(7)
    expect(bench.counters.stored.value({ receiver: 'remote-write', tenant: 't' })).toBe(7)
    expect(bench.imbalance()).toBe(0)
  })

  it('gives a series the same id each time, whatever the order of its labels', async () => {
    const bench = open()
    const pairs = [
      ['job', 'demo'],
      ['empty', ''],
      ['__name__', 'up'],
      ['instance', 'h:1'],
    ] as const
    await bench[version]([{ labels: pairs, samples: [[NOW, 1]] }])
    await bench[version]([{ labels: [...pairs].reverse(), samples: [[NOW, 1]] }])
    const [first, second] = bench.sampleBatches.map(({ seriesList }) => seriesList[0]!)
    expect(second!.id).toBe(first!.id)
    expect([...first!.labels]).toEqual([
      ['__name__', 'up'],
      ['instance', 'h:1'],
      ['job', 'demo'],
    ])
  })

  it('stores what is valid and answers 400 with a reason for what is not', async () => {
    const bench = open({ limits: { maxMetricLabels: 2, maxLabelNameLength: 10, maxLabelValueLength: 20 } })
    const week = 7 * 86_400_000
    const bad = (labels: PlainSeries['labels']): PlainSeries => ({ labels, samples: [[NOW, 1]] })
    const response = await bench[version]([
      up([[NOW, 1]]),
      up([[NOW - week - 1, 1]]),
      up([
        [NOW + 600_001, 1],
        [NOW + 1, 2],
      ]),
      up([[-5, 1]]),
      bad([
        ['__name__', 'a'],
        ['x', '1'],
        ['x', '2'],
      ]),
      bad([['job', 'demo']]),
      bad([]),
      bad([
        ['__name__', 'a'],
        ['', 'b'],
      ]),
      bad([
        ['__name__', 'a'],
        ['elevenbytes', 'b'],
      ]),
      bad([['__name__', 'twenty-one characters']]),
      bad([
        ['__name__', 'a'],
        ['x', '1'],
        ['y', '2'],
        ['z', '3'],
      ]),
    ])
    expect(response.status).toBe(400)
    expect(readBatch(bench.sampleBatches[0]).flatMap(({ samples }) => samples.map(([ms]) => ms))).toEqual([
      NOW,
      NOW + 1,
    ])
    const reasons = [...bench.counters.rejected.values].map(([labels, count]) => [JSON.parse(labels).reason, count])
    expect(Object.fromEntries(reasons)).toEqual({
      greater_than_max_sample_age: 1,
      too_far_in_future: 1,
      timestamp_out_of_range: 1,
      duplicate_label_names: 1,
      missing_labels: 1,
      invalid_labels: 2,
      label_name_too_long: 1,
      label_value_too_long: 1,
      max_label_names_per_series: 1,
    })
    expect(String(response.body)).toContain('out of bounds')
    expect(String(response.body)).toMatch(/label name "x" of "[a-z_]+" is given more than once/)
    expect(bench.imbalance()).toBe(0)
    expect(bench.rejections).toHaveLength(1)
  })

  it('refuses series above the limit and takes those that it knows', async () => {
    const bench = open({ limits: { maxSeriesPerTenant: 2 } })
    const of = (host: string): PlainSeries => ({
      labels: [
        ['__name__', 'up'],
        ['host', host],
      ],
      samples: [[NOW, 1]],
    })
    expect((await bench[version]([of('a'), of('b')])).status).toBe(204)
    const response = await bench[version]([of('c'), of('a')])
    expect(response.status).toBe(400)
    expect(String(response.body)).toContain('limits.maxSeriesPerTenant')
    expect(bench.sampleBatches[1]!.count).toBe(1)
    bench.clock.nowMs += 2 * 3_600_000
    expect((await bench[version]([{ ...of('c'), samples: [[bench.clock.nowMs, 1]] }])).status).toBe(204)
    expect(bench.imbalance()).toBe(0)
  })

  it('refuses native histograms, counted, and keeps exemplars', async () => {
    const bench = open()
    const exemplar = { labels: [['trace_id', 'abc']] as const, sample: [NOW, 0.25] as const }
    const response = await bench[version]([up([[NOW, 1]], { histograms: 2, exemplars: [exemplar] })])
    expect(response.status).toBe(400)
    expect(String(response.body)).toContain('native histograms are not supported')
    expect(bench.counters.rejected.total).toBe(2)
    expect(bench.counters.received.total).toBe(3)
    expect(bench.sampleBatches[0]!.exemplars).toEqual([
      { series: 0, timeMs: NOW, value: 0.25, labels: new Map([['trace_id', 'abc']]) },
    ])
    expect(response.headers?.['x-prometheus-remote-write-samples-written']).toBe(version === 'v2' ? '1' : undefined)
    expect(response.headers?.['x-prometheus-remote-write-histograms-written']).toBe(version === 'v2' ? '0' : undefined)
    expect(response.headers?.['x-prometheus-remote-write-exemplars-written']).toBe(version === 'v2' ? '1' : undefined)
  })

  it('takes an empty request, and survives one cut off anywhere', async () => {
    const bench = open()
    expect((await bench[version]([])).status).toBe(204)
    const encode = version === 'v1' ? encodeWriteV1 : encodeWriteV2
    const whole = encode([up([[NOW, 1]], { exemplars: [{ labels: [['a', 'b']], sample: [NOW, 1] }] })])
    for (let length = 0; length < whole.length; length++) {
      const headers = version === 'v1' ? {} : { 'content-type': V2 }
      const { status } = await bench.post(encodeSnappyBlock(whole.subarray(0, length)), headers)
      expect([204, 400]).toContain(status)
    }
    expect(bench.imbalance()).toBe(0)
    expect(bench.faults).toEqual([])
  })

  it('decodes what an independent encoder wrote (property)', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 })
    const label = fc.tuple(
      text.filter((name) => name !== '' && name !== '__name__' && isWellFormed(name)),
      text,
    )
    const sample = fc.tuple(fc.integer({ min: NOW - 6e8, max: NOW + 6e5 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    const series = fc.record({
      labels: fc
        .uniqueArray(label, { maxLength: 5, selector: ([name]) => name })
        .map((pairs) => [['__name__', 'm'] as const, ...pairs.filter(([, value]) => isWellFormed(value))]),
      samples: fc.array(sample, { minLength: 1, maxLength: 30 }),
    })
    const seed = fuzzSeed('remote-write')
    await fc.assert(
      fc.asyncProperty(fc.array(series, { maxLength: 8 }), async (list) => {
        const bench = open()
        expect((await bench[version](list)).status).toBe(204)
        // Of several values at one time the last counts; blocks of labels that mean the same series are not known to.
        const last = new Map<string, bigint>()
        for (const { labels, samples } of list) {
          for (const [ms, bits] of samples) last.set(JSON.stringify([labels, ms]), bits)
        }
        const expected = new Map<string, [number, bigint][]>()
        for (const { labels, samples } of list) {
          const key = JSON.stringify(labels.filter(([, value]) => value !== '').sort())
          const counted = samples.map(([ms]): [number, bigint] => [
            ms,
            last.get(JSON.stringify([labels, ms])) as bigint,
          ])
          expected.set(key, [...(expected.get(key) ?? []), ...counted])
        }
        const found = new Map<string, (readonly [number, bigint])[]>()
        for (const { labels, samples } of readBatch(bench.sampleBatches[0])) {
          const key = JSON.stringify(Object.entries(labels).sort())
          found.set(key, [...(found.get(key) ?? []), ...samples])
        }
        // Blocks of labels that mean the same series come together only in the store.
        expect(inSomeOrder(found)).toEqual(inSomeOrder(expected))
        expect(bench.imbalance()).toBe(0)
      }),
      { seed, numRuns: 60 },
    )
  })

  it('never fails otherwise than with 400 on bytes that were changed (fuzz)', async () => {
    const seed = fuzzSeed('remote-write-fuzz')
    const encode = version === 'v1' ? encodeWriteV1 : encodeWriteV2
    const good = encode([
      up([[NOW, 1]], { exemplars: [{ labels: [['a', 'b']], sample: [NOW, 1] }], histograms: 1 }),
      { ...up([[NOW, 2]]), metadata: { type: 1, help: 'h', unit: 's' } },
    ])
    const bench = open()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const body = Buffer.from(good)
          for (const [at, byte] of changes) body[at] = byte
          const headers = version === 'v1' ? {} : { 'content-type': V2 }
          expect([204, 400]).toContain((await bench.post(encodeSnappyBlock(body), headers)).status)
        },
      ),
      { seed, numRuns: 1500 },
    )
    expect(bench.faults).toEqual([])
    expect(bench.imbalance()).toBe(0)
  })
})

describe('remote write', () => {
  it('reads labels that stand behind and between the samples', async () => {
    const bench = open()
    const one = encodeWriteV1([{ labels: [['__name__', 'up']], samples: [] }]).subarray(2)
    const two = encodeWriteV1([{ labels: [], samples: [[NOW, 1]] }]).subarray(2)
    const three = encodeWriteV1([{ labels: [['job', 'x']], samples: [] }]).subarray(2)
    for (const parts of [
      [two, one, three],
      [one, two, three],
      [one, three, two],
    ]) {
      const content = Buffer.concat(parts)
      const body = Buffer.concat([Buffer.of(0x0a, content.length), content])
      expect((await bench.post(encodeSnappyBlock(body))).status).toBe(204)
    }
    expect(new Set(bench.sampleBatches.map(({ seriesList }) => seriesList[0]!.id)).size).toBe(1)
    expect(bench.sampleBatches.map(({ count }) => count)).toEqual([1, 1, 1])
  })

  it('keeps descriptions of metrics, alone as well', async () => {
    const bench = open()
    await bench.v1([], [{ metric: 'up', type: 2, help: 'is it\nup', unit: '' }])
    expect(bench.sampleBatches[0]!.metadata).toEqual([{ metric: 'up', type: 'gauge', help: 'is it\nup', unit: '' }])
    await bench.v2([
      {
        labels: [['__name__', 'lat_bucket']],
        samples: [[NOW, 1]],
        metadata: { type: 3, help: 'how long', unit: 'seconds' },
      },
    ])
    expect(bench.sampleBatches[1]!.metadata).toEqual([
      { metric: 'lat', type: 'histogram', help: 'how long', unit: 'seconds' },
    ])
    expect(bench.imbalance()).toBe(0)
  })

  it('names what it takes when type, encoding or message are others', async () => {
    const bench = open()
    const body = encodeSnappyBlock(encodeWriteV1([up([[NOW, 1]])]))
    for (const headers of [
      { 'content-type': 'application/json' },
      { 'content-encoding': 'gzip' },
      { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v3.Request' },
    ]) {
      const response = await bench.post(body, headers)
      expect(response.status).toBe(415)
      expect(String(response.body)).toContain('not supported: send ')
    }
    const headers = { 'content-type': 'application/x-protobuf; proto=prometheus.WriteRequest' }
    expect((await bench.post(body, headers)).status).toBe(204)
  })

  it('refuses a message of one version that is told to be of the other', async () => {
    const bench = open()
    const v1 = await bench.post(encodeSnappyBlock(encodeWriteV1([up([[NOW, 1]])])), { 'content-type': V2 })
    expect([v1.status, String(v1.body)]).toEqual([400, expect.stringContaining('a message of remote write 1.0: send ')])
    const v2 = await bench.post(encodeSnappyBlock(encodeWriteV2([up([[NOW, 1]])])))
    expect([v2.status, String(v2.body)]).toEqual([
      400,
      expect.stringContaining(`remote write 2.0: send Content-Type: ${V2}`),
    ])
    expect([bench.sampleBatches, bench.counters.undecodable.total, bench.imbalance()]).toEqual([[], 2, 0])
  })

  it('checks the length that a block declares before it makes room', async () => {
    const bench = open({ limits: { maxDecompressedBytes: 1000 } })
    expect((await bench.post(Buffer.from([0xe9, 0x07, 0x00, 0x61]))).status).toBe(413)
    expect((await bench.post(Buffer.from([0x80, 0x07, 0x00, 0x61]))).status).toBe(400)
    expect((await bench.post(Buffer.from('not snappy at all'))).status).toBe(400)
  })

  it('asks senders to come back when the store cannot take more', async () => {
    const bench = open()
    const fail = (error: GirokError) =>
      openReceiver(
        {
          ...remoteWrite,
          open: (options, context) =>
            remoteWrite.open(options, { ...context, submitSamples: () => Promise.reject(error) }),
        },
        { nowMs: NOW },
      )
    const request = {
      path: '/prometheus/api/v1/write',
      headers: { 'content-encoding': 'snappy' },
      body: encodeSnappyBlock(encodeWriteV1([up([[NOW, 1]])])),
    }
    const overloaded = await fail(new GirokError('overloaded', 'full', { retryAfterSeconds: 1 })).send(request)
    expect([overloaded.status, overloaded.headers?.['retry-after']]).toEqual([503, '1'])
    const full = await fail(new GirokError('disk_full', 'no space')).send(request)
    expect([full.status, full.headers?.['retry-after']]).toEqual([503, '5'])
    expect((await bench.send(request)).status).toBe(204)
  })
})
