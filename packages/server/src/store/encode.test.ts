import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordBatch } from '../model/batch.ts'
import { LEVELS } from '../model/level.ts'
import { estimateBytes, RowEncoder } from './encode.ts'
import { FlatJsonScanner } from './flat-json.ts'
import { blockBytes } from './native-block.ts'
import { type NastyRecord, nastyRecord, packNasty, STREAMS_OF_TESTS } from './testing/nasty-batch.ts'

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  const length: number[] = []
  let rest = bytes.length
  for (; rest > 127; rest >>= 7) length.push((rest & 127) | 128)
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}

function wide(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}

/** The format, written down plainly. */
function plainBlock(rows: readonly (readonly [NastyRecord, bigint])[]): Buffer {
  const all = rows.flatMap(([{ metadata = [] }]) => metadata)
  const ends: bigint[] = []
  for (const [{ metadata = [] }] of rows) ends.push((ends.at(-1) ?? 0n) + BigInt(metadata.length / 2))
  const columns: [string, string, Buffer[]][] = [
    ['ts', "DateTime64(9, 'UTC')", rows.map(([{ second, nano }]) => wide(BigInt(second) * 10n ** 9n + BigInt(nano)))],
    ['tenant', 'String', rows.map(() => text('acme'))],
    ['stream', 'UInt64', rows.map(([{ stream }]) => wide(BigInt(STREAMS_OF_TESTS[stream]?.id ?? '')))],
    ['level', 'String', rows.map(([{ level }]) => text(LEVELS[level] ?? '?'))],
    ['line', 'String', rows.map(([{ line }]) => text(line))],
    [
      'meta',
      'Map(String, String)',
      [
        ...ends.map(wide),
        ...all.filter((_, i) => i % 2 === 0).map(text),
        ...all.filter((_, i) => i % 2 === 1).map(text),
      ],
    ],
    ['batch', 'UInt64', rows.map(([, id]) => wide(id))],
    ['row_kind', 'UInt8', rows.map(([{ line, metadata = [] }]) => Buffer.of(kindOf(line) + metadataKindOf(metadata)))],
  ]
  return Buffer.concat([
    Buffer.of(columns.length, rows.length),
    ...columns.flatMap(([name, type, values]) => [text(name), text(type), ...values]),
  ])
}

/** These lines are hardly ever objects, let alone flat ones; see stored-fields.test.ts. */
function kindOf(line: string): number {
  const bytes = Buffer.from(line)
  return new FlatJsonScanner([]).scan(bytes, 0, bytes.length)
}

function metadataKindOf(metadata: readonly string[]): number {
  if (metadata.length === 0) return 0
  return metadata.some((text, i) => i % 2 === 0 && text === '__error__') ? 48 : 16
}

const seed = Date.now() % 2 ** 31

describe('RowEncoder', () => {
  it(`gives the block of a plain encoder (seed ${seed})`, () => {
    const encoder = new RowEncoder([])
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(nastyRecord, { maxLength: 20 }), fc.boolean()), { maxLength: 3 }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (batches, id) => {
          const sources = batches.map(([records, shuffled]) => ({
            batch: packNasty(records, shuffled),
            batchId: id,
          }))
          const { block, count } = encoder.encode(sources)
          const rows = batches.flatMap(([all]) => all.map((record) => [record, id] as const))
          expect(count).toBe(rows.length)
          expect(Buffer.concat(block.pieces).toString('latin1')).toBe(plainBlock(rows).toString('latin1'))
        },
      ),
      { seed, numRuns: 500 },
    )
  })

  it('leaves out the days that are stored', () => {
    const records = [86_399, 86_400, 172_799, 172_800].map((second) => ({ ...RECORD, second, line: String(second) }))
    const source = { batch: packNasty(records, false), batchId: 7n, skipDays: new Set([1]) }
    const { block, count } = new RowEncoder([]).encode([source])
    expect(count).toBe(2)
    const left = records.filter(({ second }) => second === 86_399 || second === 172_800)
    expect(Buffer.concat(block.pieces)).toEqual(plainBlock(left.map((record) => [record, 7n])))
  })

  it('takes time linear in the lines, also when they stand backwards in the buffer', () => {
    const time = (count: number): number => {
      const batch = packNasty(
        Array.from({ length: count }, (_, i) => ({ ...RECORD, line: `line ${i}` })),
        true,
      )
      const encoder = new RowEncoder([])
      const start = performance.now()
      encoder.encode([{ batch, batchId: 0n }])
      return performance.now() - start
    }
    time(1000)
    // 100 times the lines in far less than 10,000 times the time.
    expect(time(100_000)).toBeLessThan(Math.max(1, time(1000)) * 1000)
  })

  it('estimates the rows of plain text within a third', () => {
    const batch: RecordBatch = packNasty(
      Array.from({ length: 1000 }, () => ({ ...RECORD, line: 'x'.repeat(200) })),
      false,
    )
    const { block } = new RowEncoder([]).encode([{ batch, batchId: 0n }])
    expect(estimateBytes(batch) / blockBytes(block)).toBeGreaterThan(0.95)
    expect(estimateBytes(batch) / blockBytes(block)).toBeLessThan(1.2)
  })
})

const RECORD: NastyRecord = { stream: 0, second: 1_763_692_000, nano: 0, level: 3, line: 'x', metadata: undefined }
