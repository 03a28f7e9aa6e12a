/**
 * Whatever the far end does, and however often the handler is closed and made anew, every record ends in exactly one
 * place: taken once, or counted by the reason of its loss; and what is taken keeps its order.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordOf } from '../../testing/record.ts'
import type { Batch, Outcome } from './destination.ts'
import type { DropReason, RemoteOptions } from './options.ts'
import { createRemoteHandler } from './remote.ts'

/** What the far end does with the next attempts; the number says with how much of the batch. */
type Act = readonly ['take' | 'away' | 'part' | 'refuse' | 'large' | 'throw' | 'unsaid', number]

type Step =
  | { readonly do: 'log'; readonly count: number; readonly size: number }
  | { readonly do: 'acts'; readonly acts: readonly Act[] }
  | { readonly do: 'wait' | 'flush' | 'flushSync' | 'restart' }

const acts = fc.array(
  fc.tuple(
    fc.constantFrom('take', 'away', 'part', 'refuse', 'large', 'throw', 'unsaid'),
    fc.integer({ min: 0, max: 9 }),
  ),
  { maxLength: 6 },
) as fc.Arbitrary<Act[]>
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('log' as const),
        count: fc.integer({ min: 1, max: 30 }),
        size: fc.integer({ min: 0, max: 40 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('acts' as const), acts }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('wait' as const, 'flush' as const, 'flushSync' as const, 'restart' as const),
      }),
    },
  ),
  { minLength: 3, maxLength: 20 },
)

/** A far end that knows keys: what it has of a batch it does not take again. */
function createFarEnd() {
  const taken: string[] = []
  const known = new Set<string>()
  let plan: Act[] = []
  let lost = 0
  function take(key: string, entries: readonly string[]): void {
    for (const entry of entries) {
      // Parts of a batch come under the key of the whole; its entries differ.
      if (!known.has(`${key} ${entry}`)) taken.push(entry)
      known.add(`${key} ${entry}`)
    }
  }
  function deliver({ key, entries }: Batch): Outcome {
    const [act, amount] = plan.shift() ?? ['take', 0]
    const some = Math.min(amount, entries.length)
    const left = entries.filter((entry) => !known.has(`${key} ${entry}`))
    switch (act) {
      case 'away':
        return { kind: 'retry', reason: 'away' }
      case 'unsaid':
        take(key, entries)
        return { kind: 'retry', reason: 'the reply is lost' }
      case 'throw':
        throw new Error('a fault of the destination')
      case 'large':
        // Only of what it has not taken in silence: it would have said so at the first attempt.
        if (left.length < entries.length) break
        if (entries.length === 1) lost++
        return { kind: 'too_large', reason: '413' }
      case 'refuse':
        if (left.length < entries.length) break
        take(key, entries.slice(some))
        lost += some
        return { kind: 'refused', reason: 'no', count: some }
      case 'part':
        if (left.length < entries.length) break
        take(key, entries.slice(0, some))
        return { kind: 'retry', reason: 'busy', entries: entries.slice(some) }
    }
    take(key, entries)
    return { kind: 'delivered' }
  }
  return {
    taken,
    deliver,
    plan(next: readonly Act[]) {
      plan = [...next]
    },
    get lost() {
      return lost
    },
  }
}

const options = fc.record({
  batchCount: fc.integer({ min: 1, max: 12 }),
  batchSize: fc.integer({ min: 10, max: 400 }),
  queueSize: fc.constantFrom(200, 1000, 100_000),
  overflow: fc.constantFrom('drop-newest' as const, 'drop-oldest' as const),
  mode: fc.constantFrom('none' as const, 'spill' as const, 'always' as const),
})

test('every record is taken once or counted once', async () => {
  await fc.assert(
    fc.asyncProperty(options, steps, async ({ mode, ...given }, todo) => {
      const directory = mkdtempSync(join(tmpdir(), 'girok-conserve-'))
      const far = createFarEnd()
      const dropped: Partial<Record<DropReason, number>> = {}
      let sent = 0
      const start = () => {
        const all: RemoteOptions = {
          ...given,
          intervalMs: 1,
          firstRetryMs: 1,
          longestRetryMs: 2,
          closeTimeoutMs: 20,
          complain() {},
        }
        const spool = mode === 'none' ? {} : { spool: { directory, mode } }
        const deliver = async (batch: Batch) => far.deliver(batch)
        return createRemoteHandler({ name: 'far', entry: ({ message }) => message, deliver }, { ...all, ...spool })
      }
      const stop = async () => {
        await handler.close()
        const { stats } = handler
        expect(stats.waiting).toBe(0)
        sent += stats.sent
        for (const [reason, count] of Object.entries(stats.dropped)) {
          dropped[reason as DropReason] = (dropped[reason as DropReason] ?? 0) + count
        }
        return stats.spooled
      }
      let handler = start()
      let number = 0
      try {
        for (const step of todo) {
          if (step.do === 'log') {
            for (let i = 0; i < step.count; i++)
              handler.handle(recordOf({ message: `${number++} ${'x'.repeat(step.size)}` }))
          } else if (step.do === 'acts') far.plan(step.acts)
          else if (step.do === 'wait') await new Promise((resolve) => setTimeout(resolve, 3))
          else if (step.do === 'flush') await handler.flush()
          else if (step.do === 'flushSync') handler.flushSync()
          else {
            await stop()
            handler = start()
          }
        }
        far.plan([])
        await handler.flush()
        expect(await stop()).toBe(0)
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
      const numbers = far.taken.map((entry) => Number.parseInt(entry, 10))
      expect(new Set(numbers).size, 'none twice').toBe(numbers.length)
      if (mode !== 'none') expect([dropped.overflow, dropped.closed]).toEqual([0, 0])
      expect((dropped.refused ?? 0) + (dropped.too_large ?? 0)).toBe(far.lost)
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      expect(sent + lost, 'counted once').toBe(number)
      // Without a spool the last batch may have been taken in silence, and counts as lost with the handler.
      if (mode !== 'none') expect(numbers.length).toBe(sent)
      else expect(numbers.length).toBeGreaterThanOrEqual(sent)
      expect(numbers, 'in order').toEqual([...numbers].sort((a, b) => a - b))
    }),
    { numRuns: 100 },
  )
}, 60_000)
