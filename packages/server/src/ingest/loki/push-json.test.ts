import { describe, expect, it } from 'vitest'
import type { RecordBatch } from '../../model/batch.ts'
import { GirokError } from '../../model/errors.ts'
import { Assembler } from '../batch/assembler.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { JsonCursor } from '../decode/json-cursor.ts'
import { validUtf8 } from '../decode/utf8.ts'
import { NO_LIMITS } from '../testing/limits.ts'
import { canonical, decodePlainly, type PlainRecord } from '../testing/plain-push.ts'
import { fuzzSeed, JSON_TOKENS, mutate, Random } from '../testing/random.ts'
import { decodePushJson } from './push-json.ts'

const directory = new StreamDirectory()

function decodeHot(body: Buffer): PlainRecord[] | undefined {
  const own = validUtf8(Buffer.from(body), 0)
  const assembler = new Assembler('t', 'loki', own, NO_LIMITS, 0)
  try {
    const options = { tenant: 't', limits: NO_LIMITS, directory, strictMetadata: true }
    if (decodePushJson(new JsonCursor(own), assembler, options) === 0) return undefined
  } catch (error) {
    if (error instanceof GirokError && error.code === 'bad_request') return undefined
    throw error
  }
  return recordsOf(assembler.finish().batch)
}

function recordsOf(batch: RecordBatch): PlainRecord[] {
  const records: PlainRecord[] = []
  for (let i = 0; i < batch.count; i++) {
    const metadata = batch.metadata?.[i] ?? []
    const pairs: [string, string][] = []
    for (let k = 0; k < metadata.length; k += 2) pairs.push([metadata[k]!, metadata[k + 1]!])
    records.push({
      labels: canonical([...batch.streams[batch.stream[i]!]!.labels]),
      ns: (BigInt(batch.seconds[i]!) * 1_000_000_000n + BigInt(batch.nanos[i]!)).toString(),
      line: batch.bytes.toString('utf8', batch.lineStart[i], batch.lineEnd[i]),
      metadata: canonical(pairs),
    })
  }
  return records
}

const PIECES = [
  'a',
  'level',
  '"',
  '\\',
  '\n',
  '\t',
  'é',
  '로그',
  '😀',
  '\u0000',
  '{"a":1}',
  ' ',
  '/',
  '\u2028',
  '\b\f\r',
]

function randomText(random: Random): string {
  let text = ''
  for (let n = random.below(8); n > 0; n--) text += random.pick(PIECES)
  return text
}

function randomPush(random: Random): Buffer {
  const streams = Array.from({ length: 1 + random.below(3) }, () => {
    const stream: Record<string, unknown> = { app: random.pick(['x', 'y', 'é"']) }
    if (random.below(3) === 0) stream.n = random.pick([1, 'two', true, null, [1, 'x'], { k: 'v' }, ''])
    const values = Array.from({ length: random.below(4) }, () => {
      const time = random.pick(['1735381800123456789', '1', '999999999', '1000000000', '08000000001'])
      if (random.below(12) === 0) return null
      return random.below(3) === 0
        ? [time, randomText(random), { id: randomText(random), k: 'v' }]
        : [time, randomText(random)]
    })
    return random.below(4) === 0 ? { values, stream, more: { x: [1, { y: null }] } } : { stream, values }
  })
  let text = JSON.stringify({ streams, other: [1.5e-3, true, false, null, 'x'] }, null, random.pick([0, 0, 1, '\t']))
  if (random.below(3) === 0)
    text = text.replace(/[^\x20-\x7e\s]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  if (random.below(6) === 0) text = text.replace('level', '\\ud83d').replace('/', '\\udc00\\/')
  return Buffer.from(text)
}

const TOKENS = [...JSON_TOKENS, '\\u12', '\\ud800', '\\udc00', '"a":1,', '[]', '-0', '1e5']

describe('push JSON over bytes', () => {
  it('agrees with the plain decoder on generated and on mutated pushes', () => {
    const random = new Random(fuzzSeed('push-json'))
    let accepted = 0
    let refused = 0
    for (let i = 0; i < 5000; i++) {
      const body = randomPush(random)
      const plain = decodePlainly(body)
      expect(plain).toBeDefined()
      expect(decodeHot(body), body.toString()).toEqual(plain)
      for (let k = 0; k < 6; k++) {
        const mutated = mutate(random, body, TOKENS)
        const wanted = decodePlainly(mutated)
        if (wanted) accepted++
        else refused++
        const got = decodeHot(mutated)
        if (JSON.stringify(got) !== JSON.stringify(wanted)) expect(got, mutated.toString('latin1')).toEqual(wanted)
      }
    }
    // Both verdicts must have been met often, or the comparison proves little.
    expect(accepted).toBeGreaterThan(2000)
    expect(refused).toBeGreaterThan(10000)
  })
})
