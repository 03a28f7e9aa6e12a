import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RecordBatch } from '../../model/batch.ts'
import { LEVELS } from '../../model/level.ts'
import { batchOf, streamOf } from '../testing/batches.ts'
import { processors } from './index.ts'

const LINES = ['{"level":"error"}', '', '로그 \u0000', 'level=info', '{"a":', '\ufffd'.repeat(1000), '{'.repeat(5000)]
const STREAMS = LINES.map((_, i) => streamOf({ app: `a${i}`, ...(i % 2 === 0 && { level: 'warn' }) }))
const METADATA = LINES.map((_, i) => (i % 3 === 0 ? ['detected_level', 'debug', 'k', 'v'] : undefined))

/** Everything of a batch by value, to see afterwards that nobody wrote into it. */
function snapshot(batch: RecordBatch): string {
  return JSON.stringify(batch, (_key, value) => (ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value))
}

it('is held against the folder', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !name.endsWith('.test.ts') && name !== 'index.ts')
  expect(files.sort()).toEqual(processors.map(({ name }) => `${name}.ts`).sort())
})

for (const processor of processors) {
  describe(`processor ${processor.name}`, () => {
    const open = () => processor.open(processor.options.parse(processor.example))

    it('has a summary and takes its example', () => {
      expect(processor.summary).not.toMatch(/\n|^$/)
      expect(() => processor.options.parse({ noSuchOption: 1 })).toThrow()
    })

    it('gives valid batches and leaves what it was given untouched', () => {
      for (const given of [
        batchOf([]),
        batchOf(LINES),
        batchOf(LINES, { streams: STREAMS, metadata: METADATA }),
        { ...batchOf(LINES, { streams: STREAMS, metadata: METADATA }), count: 3 },
      ]) {
        const before = snapshot(given)
        const after = open()(given)
        expect(snapshot(given)).toBe(before)
        expect(after.count).toBeLessThanOrEqual(given.count)
        expect([after.tenant, after.receiver]).toEqual([given.tenant, given.receiver])
        expect(new Set(after.streams.map(({ id }) => id)).size).toBe(after.streams.length)
        for (let i = 0; i < after.count; i++) {
          expect(after.streams[after.stream[i]!]).toBeDefined()
          expect(LEVELS[after.level[i]!]).toBeDefined()
          expect(after.lineEnd[i]! - after.lineStart[i]!).toBeGreaterThanOrEqual(0)
          expect(after.lineEnd[i]!).toBeLessThanOrEqual(after.bytes.length)
        }
      }
    })

    it('gives the same again for its own result', () => {
      const process = open()
      const once = process(batchOf(LINES, { streams: STREAMS, metadata: METADATA }))
      expect(snapshot(process(once))).toBe(snapshot(once))
    })
  })
}
