import { expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { fluent } from '../receivers/fluent.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { Extension, eventTime, Float, type Packable, Pairs, pack, pairs } from '../testing/msgpack.ts'
import { decodeForwardPlainly } from '../testing/plain-forward.ts'
import { fuzzSeed, mutate, Random } from '../testing/random.ts'

const NOW = Date.UTC(2025, 11, 20, 12)
const SECOND = NOW / 1000

function open(limits = {}) {
  return openReceiver(fluent, { nowMs: NOW, options: { tcp: { port: 0 } }, limits })
}

function packed(entries: readonly Packable[]): Buffer {
  return Buffer.concat(entries.map(pack))
}

it('agrees with a decoder that is plain to see, cut anywhere', async () => {
  const random = new Random(fuzzSeed('forward, plain'))
  const bench = open({
    rejectOldSamplesMaxAgeMs: 0,
    creationGracePeriodMs: 0,
    ingestionRateBytes: 0,
    perStreamRateBytes: 0,
  })
  const expected: unknown[] = []
  const client = bench.connect('tcp')
  for (let round = 0; round < 400; round++) {
    const message = randomMessage(random)
    expected.push(...decodeForwardPlainly(message, NOW))
    const cut = random.below(message.length)
    await client.send(message.subarray(0, cut))
    await client.send(message.subarray(cut))
  }
  await bench.close()
  const actual = bench.records().map(({ labels, ns, line, metadata = {} }) => ({ labels, ns, line, metadata }))
  expect(actual.length).toBeGreaterThan(500)
  expect(actual).toEqual(expected)
  expect(bench.imbalance()).toBe(0)
})

it('answers any bytes without a fault', async () => {
  const random = new Random(fuzzSeed('forward, mutated'))
  const tokens = [
    '\u0080',
    '\u0090',
    '\u00c1',
    '\u00c4',
    '\u00d7\u0000',
    '\u00dc',
    '\u00df',
    'chunk',
    '\u00c0',
    '\u00cb',
  ]
  const until = performance.now() + 3000
  while (performance.now() < until) {
    const bench = open()
    const client = bench.connect('tcp')
    try {
      await client.send(mutate(random, randomMessage(random), tokens))
      await client.end()
    } catch (error) {
      expect(error).toBeInstanceOf(GirokError)
    }
    await bench.close()
    expect(bench.faults).toEqual([])
    expect(bench.imbalance()).toBe(0)
  }
})

function randomMessage(random: Random): Buffer {
  const entries = Array.from({ length: random.below(6) }, (): Packable => {
    if (random.below(40) === 0) return randomValue(random, 2)
    const time = randomTime(random)
    const metadata = pairs(random.below(2) === 0 ? {} : { 'a.b': randomScalar(random) })
    return [random.below(4) === 0 ? [time, metadata] : time, randomRecord(random)]
  })
  const tag = random.pick(['app', 'a.b.c', '', 'x'.repeat(300)])
  switch (random.below(4)) {
    case 0:
      return pack([tag, eventTime(SECOND, random.below(1e9)), randomRecord(random)])
    case 1:
      return pack([tag, entries, pairs({ size: entries.length })])
    case 2:
      return pack([tag, packed(entries)])
    default:
      // With an id the order of what is stored at once and what is gathered would differ.
      return pack([tag, packed(entries), pairs({ compressed: 'text' })])
  }
}

function randomTime(random: Random): Packable {
  const nanos = random.below(1e9)
  return random.pick<Packable>([
    SECOND + random.below(100),
    new Float(SECOND + random.below(1000) / 1000),
    eventTime(SECOND, nanos),
    0,
    null,
    eventTime(0, 5),
    'no time',
  ])
}

const NAMES = ['log', 'message', 'container_name', 'container_id', 'source', 'partial_id', 'k', 'é', 'level', '']

function randomRecord(random: Random): Packable {
  if (random.below(30) === 0) return randomValue(random, 3)
  return new Pairs(
    Array.from({ length: random.below(random.below(8) === 0 ? 20 : 5) }, (): [Packable, Packable] => {
      const name = random.below(12) === 0 ? randomValue(random, 1) : random.pick(NAMES)
      return [random.below(2) === 0 && typeof name === 'string' ? Buffer.from(name) : name, randomValue(random, 3)]
    }),
  )
}

function randomValue(random: Random, depth: number): Packable {
  if (depth === 0 || random.below(3) > 0) return randomScalar(random)
  if (random.below(20) === 0) {
    let value = randomScalar(random)
    for (let i = 60 + random.below(8); i > 0; i--) value = [value]
    return value
  }
  const members = Array.from({ length: random.below(4) }, () => randomValue(random, depth - 1))
  return random.below(2) === 0 ? members : new Pairs(members.map((member, i) => [`k${i}`, member]))
}

function randomScalar(random: Random): Packable {
  const bytes = Buffer.from(Array.from({ length: random.below(70) }, () => random.below(256)))
  const ascii = 'plain text, "quoted" \\ and\nlines'.slice(random.below(20))
  const power = 2n ** BigInt(random.below(64))
  return random.pick<Packable>([
    null,
    true,
    false,
    random.below(300) - 150,
    power,
    -(power / 2n) - 1n,
    new Float((random.below(2e9) - 1e9) / 1024),
    new Float(random.below(1000) / 8, 32),
    ascii,
    ascii.repeat(40),
    `세 ${ascii} 😀`,
    bytes,
    new Extension(random.below(256) - 128, bytes),
    new Extension(-1, bytes),
    eventTime(SECOND, random.below(1e9)),
  ])
}
