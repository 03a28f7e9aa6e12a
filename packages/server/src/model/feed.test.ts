import { describe, expect, test } from 'vitest'
import type { RecordBatch } from './batch.ts'
import { createFeed } from './feed.ts'
import { labelSet, makeStream } from './labels.ts'
import { batchOfRecords } from './line-batch.ts'

const stream = makeStream('t', labelSet([['job', 'a']]))
const batchOf = (...lines: string[]): RecordBatch =>
  batchOfRecords(
    't',
    'test',
    lines.map((line) => ({ stream, timeMs: 0, line })),
  )

function setUp() {
  const errors: string[] = []
  const dropped: Record<string, number> = {}
  const feed = createFeed({
    error: (name, error) => errors.push(`${name}: ${(error as Error).message}`),
    dropped: (name, records) => {
      dropped[name] = (dropped[name] ?? 0) + records
    },
  })
  return { feed, errors, dropped }
}

describe('the feed of stored batches', () => {
  test('listeners see a batch at once, and one that throws disturbs no other', () => {
    const { feed, errors } = setUp()
    const seen: string[] = []
    feed.subscribe('broken', () => {
      throw new Error('no')
    })
    const { end } = feed.subscribe('tail', (batch) => seen.push(batch.bytes.toString()))
    feed.publish(batchOf('one'))
    expect(seen).toEqual(['one'])
    end()
    feed.publish(batchOf('two'))
    expect(seen).toEqual(['one'])
    expect(errors).toEqual(['broken: no', 'broken: no'])
  })

  test('followers see batches later, one at a time, in order', async () => {
    const { feed, errors } = setUp()
    const seen: string[] = []
    let busy = 0
    feed.follow('monitors', async (batch) => {
      busy++
      expect(busy).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(batch.bytes.toString())
      busy--
      if (seen.length === 2) throw new Error('second')
    })
    for (const line of ['1', '2', '3']) feed.publish(batchOf(line))
    expect(seen).toEqual([])
    await expect.poll(() => seen).toEqual(['1', '2', '3'])
    feed.publish(batchOf('4'))
    await expect.poll(() => seen).toEqual(['1', '2', '3', '4'])
    expect(errors).toEqual(['monitors: second'])
  })

  test('what does not fit into the queue is dropped and counted, and what fits later is seen', async () => {
    const { feed, dropped } = setUp()
    const seen: string[] = []
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const subscription = feed.follow(
      'slow',
      async (batch) => {
        await gate
        seen.push(batch.bytes.toString())
      },
      100,
    )
    feed.publish(batchOf('a'.repeat(1_000)))
    feed.publish(batchOf('b', 'c'))
    feed.publish(batchOf('d'))
    expect(dropped).toEqual({ slow: 3 })
    release()
    await expect.poll(() => seen).toEqual(['a'.repeat(1_000)])
    feed.publish(batchOf('e'))
    await expect.poll(() => seen.length).toBe(2)
    subscription.dropped(2)
    expect(dropped).toEqual({ slow: 5 })
    subscription.end()
    feed.publish(batchOf('f'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual(['a'.repeat(1_000), 'e'])
  })
})
