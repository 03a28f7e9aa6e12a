import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordBatch } from '../model/batch.ts'
import { LEVELS } from '../model/level.ts'
import { estimateBytes, RowEncoder } from './encode.ts'
import { FlatJsonScanner } from './flat-json.ts'
import { type NastyRecord, nastyRecord, packNasty, STREAMS_OF_TESTS } from './testing/nasty-batch.ts'

/** The row format, written down plainly. */
function plainRow(record: NastyRecord, batchId: string): string {
  const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')
  const pairs: string[] = []
  const metadata = record.metadata ?? []
  for (let i = 0; i < metadata.length; i += 2) {
    pairs.push(
      [metadata[i], metadata[i + 1]].map((part) => `'${escaped(String(part)).replaceAll("'", "\\'")}'`).join(':'),
    )
  }
  return [
    `${String(record.second).padStart(10, '0')}.${String(record.nano).padStart(9, '0')}`,
    'acme',
    STREAMS_OF_TESTS[record.stream]?.id,
    LEVELS[record.level],
    escaped(record.line),
    `{${pairs.join(',')}}`,
    batchId,
    `${kindOf(record.line) + metadataKindOf(metadata)}\n`,
  ].join('\t')
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
  it(`gives the rows of a plain encoder (seed ${seed})`, () => {
    const encoder = new RowEncoder([])
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(nastyRecord, { maxLength: 20 }), fc.boolean()), { maxLength: 3 }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (batches, id) => {
          const sources = batches.map(([records, shuffled]) => ({
            batch: packNasty(records, shuffled),
            batchId: String(id),
          }))
          const { rows, count } = encoder.encode(sources)
          const records = batches.flatMap(([all]) => all)
          expect(count).toBe(records.length)
          expect(rows.toString()).toBe(records.map((record) => plainRow(record, String(id))).join(''))
        },
      ),
      { seed, numRuns: 500 },
    )
  })

  it('leaves out the days that are stored', () => {
    const records = [86_399, 86_400, 172_799, 172_800].map((second) => ({ ...RECORD, second, line: String(second) }))
    const source = { batch: packNasty(records, false), batchId: '7', skipDays: new Set([1]) }
    const { rows, count } = new RowEncoder([]).encode([source])
    expect(count).toBe(2)
    expect(rows.toString().match(/\d+(?=\t\{)/g)).toEqual(['86399', '172800'])
  })

  it('takes time linear in the lines, also when they stand backwards in the buffer', () => {
    const time = (count: number): number => {
      const batch = packNasty(
        Array.from({ length: count }, (_, i) => ({ ...RECORD, line: `line ${i}` })),
        true,
      )
      const encoder = new RowEncoder([])
      const start = performance.now()
      encoder.encode([{ batch, batchId: '0' }])
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
    const { rows } = new RowEncoder([]).encode([{ batch, batchId: '0' }])
    expect(estimateBytes(batch) / rows.length).toBeGreaterThan(1)
    expect(estimateBytes(batch) / rows.length).toBeLessThan(1.34)
  })
})

const RECORD: NastyRecord = { stream: 0, second: 1_763_692_000, nano: 0, level: 3, line: 'x', metadata: undefined }
