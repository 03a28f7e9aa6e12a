import { describe, expect, it } from 'vitest'
import { randomOf, randomText } from '../model/testing/random.ts'
import { labelText, parseLabelText } from './label-text.ts'
import { LogsEncoder } from './logs-encoder.ts'
import { readPushRequest } from './push-request.ts'

const API = new Map([
  ['host', 'a'],
  ['app', 'api'],
])

/** What a message holds: per label text the lines in order. */
function contentOf(bytes: Uint8Array) {
  return [...readPushRequest(bytes)].map(({ labels, entries }) => ({
    labels,
    entries: entries.map(({ timeNs, line, metadata }) => [timeNs, Buffer.from(line).toString(), metadata]),
  }))
}

describe('LogsEncoder', () => {
  it('writes the bytes that Loki documents', () => {
    const encoder = new LogsEncoder()
    encoder.add(new Map([['app', 'a']]), 1_000_000_002n, 'hi', [['k', 'v']])
    expect(Buffer.from(encoder.finish()).toString('hex')).toBe(
      // streams { labels, entries { timestamp { seconds: 1, nanos: 2 }, line, structuredMetadata { name, value } } }
      '0a1f' + '0a09' + '7b6170703d2261227d' + '1212' + '0a0408011002' + '12026869' + '1a060a016b120176',
    )
  })

  it('gathers the lines of one label set and counts', () => {
    const encoder = new LogsEncoder()
    const other = new Map([['app', 'other']])
    encoder.add(API, 1n, 'one')
    encoder.add(other, 2n, 'two')
    encoder.add(API, 3n, 'three')
    expect(encoder.count).toBe(3)
    const size = encoder.sizeBytes
    const message = encoder.finish()
    expect(message.length).toBeLessThanOrEqual(size)
    expect(size - message.length).toBeLessThan(20)
    expect(contentOf(message)).toEqual([
      { labels: '{app="api", host="a"}', entries: [[1n, 'one', []], [3n, 'three', []]] }, // biome-ignore format: one stream a line
      { labels: '{app="other"}', entries: [[2n, 'two', []]] },
    ])
    expect([encoder.count, encoder.sizeBytes, encoder.finish().length]).toEqual([0, 0, 0])
  })

  it('writes times before 1970 and of any year as they are', () => {
    const encoder = new LogsEncoder()
    const times = [-1n, -1_000_000_000n, -1_500_000_000n, 0n, 999_999_999n, 1_763_755_200_123_456_789n, 2n ** 63n - 1n]
    for (const time of times) encoder.add(API, time, 'x')
    const [stream] = [...readPushRequest(encoder.finish())]
    expect(stream?.entries.map(({ timeNs }) => timeNs)).toEqual(times)
  })

  it('keeps any text, of any length', () => {
    const seed = Date.now() % 1_000_000
    const random = randomOf(seed)
    const encoder = new LogsEncoder()
    const sets = Array.from({ length: 5 }, (_, i) => new Map([['n', `${i}`], ['v', randomText(random, 20)]])) // biome-ignore format: short
    for (let round = 0; round < 40; round++) {
      const expected = new Map<string, unknown[]>()
      const count = random(60)
      for (let i = 0; i < count; i++) {
        const labels = sets[random(sets.length)] as Map<string, string>
        const line = randomText(random, [10, 130, 400, 20_000][random(4)] as number)
        const metadata = Array.from({ length: random(4) }, () => {
          return [randomText(random, 9), randomText(random, 200)] as const
        })
        const time = BigInt(random(2 ** 31)) * BigInt(random(2 ** 31))
        encoder.add(labels, time, line, metadata)
        const text = labelText(labels)
        expected.set(text, [...(expected.get(text) ?? []), [time, line, metadata]])
      }
      const found = new Map(contentOf(encoder.finish()).map(({ labels, entries }) => [labels, entries]))
      expect(found, `seed ${seed}`).toEqual(expected)
    }
  })

  it('replaces half surrogates', () => {
    const encoder = new LogsEncoder()
    encoder.add(API, 1n, `a\ud800b${'x'.repeat(30)}`)
    encoder.add(API, 2n, '\udc00')
    const lines = contentOf(encoder.finish())[0]?.entries.map(([, line]) => line)
    expect(lines).toEqual([`a\ufffdb${'x'.repeat(30)}`, '\ufffd'])
  })
})

describe('labels as text', () => {
  it('quotes as Go does and can be read again', () => {
    expect(labelText(new Map([['b', 'a"\\\n\t\x01é'], ['a', '']]))).toBe('{a="", b="a\\"\\\\\\n\\t\\x01é"}') // biome-ignore format: short
    const seed = Date.now() % 1_000_000
    const random = randomOf(seed)
    for (let i = 0; i < 300; i++) {
      const labels = new Map(Array.from({ length: random(5) }, (_, n) => [`l${n}`, randomText(random, 12)]))
      expect(new Map(parseLabelText(labelText(labels))), `seed ${seed}`).toEqual(labels)
    }
  })

  it('says what cannot be read', () => {
    expect(() => parseLabelText('a="b"')).toThrow('labels "a=\\"b\\"" do not begin with "{"')
    expect(() => parseLabelText('{a=b}')).toThrow('labels "{a=b}" cannot be read')
  })
})
