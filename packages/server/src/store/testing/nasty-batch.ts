import * as fc from 'fast-check'
import type { Metadata, RecordBatch } from '../../model/batch.ts'
import { labelSet, makeStream, type Stream } from '../../model/labels.ts'
import { LEVELS } from '../../model/level.ts'

/** A record as a generator gives it. */
export interface NastyRecord {
  readonly stream: number
  readonly second: number
  readonly nano: number
  readonly level: number
  readonly line: string
  readonly metadata: Metadata | undefined
}

export const STREAMS_OF_TESTS: readonly Stream[] = ['a', "b'\\\t\n", '日本'].map((value) =>
  makeStream('acme', labelSet([['app', value]])),
)

/** Text in which bytes that the row format treats specially are common. */
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.oneof(
      fc.constantFrom('\t', '\n', '\r', '\\', '\0', "'", '"', '\\N', '{', '}', ',', ':', '\u007f', 'é', '기', '🙂'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom('a'.repeat(60), '{"level":"info"}', ' '),
    ),
    maxLength,
  })

export const nastyRecord: fc.Arbitrary<NastyRecord> = fc.record({
  stream: fc.nat(STREAMS_OF_TESTS.length - 1),
  second: fc.oneof(fc.nat(2 ** 31), fc.constantFrom(0, 1, 999_999_999, 1_763_769_599, 1_763_769_600, 2 ** 32 - 1)),
  nano: fc.oneof(fc.nat(999_999_999), fc.constantFrom(0, 1, 999_999_999)),
  level: fc.nat(LEVELS.length - 1),
  line: text(40),
  metadata: fc.option(
    fc.array(text(6), { maxLength: 6 }).map((texts) => texts.slice(0, texts.length - (texts.length % 2))),
    { nil: undefined, freq: 2 },
  ),
})

/** Packs records; with `shuffled`, lines stand in the shared buffer in another order than the records. */
export function packNasty(records: readonly NastyRecord[], shuffled: boolean): RecordBatch {
  const order = records.map((_, i) => i)
  if (shuffled) order.reverse()
  const texts = records.map(({ line }) => Buffer.from(line))
  const lineStart = new Uint32Array(records.length)
  const lineEnd = new Uint32Array(records.length)
  let offset = 0
  for (const i of order) {
    lineStart[i] = offset
    offset += (texts[i] as Buffer).length
    lineEnd[i] = offset
  }
  return {
    tenant: 'acme',
    receiver: 'test',
    count: records.length,
    streams: STREAMS_OF_TESTS,
    stream: Uint32Array.from(records, ({ stream }) => stream),
    seconds: Float64Array.from(records, ({ second }) => second),
    nanos: Uint32Array.from(records, ({ nano }) => nano),
    level: Uint8Array.from(records, ({ level }) => level),
    bytes: Buffer.concat(order.map((i) => texts[i] as Buffer)),
    lineStart,
    lineEnd,
    metadata: records.some(({ metadata }) => metadata) ? records.map(({ metadata }) => metadata) : undefined,
  }
}
