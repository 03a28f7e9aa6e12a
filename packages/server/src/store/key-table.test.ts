import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyTable } from './key-table.ts'

const LIFE = 100
const seed = Date.now() % 2 ** 31

describe('KeyTable', () => {
  it(`does as a Map of states and times does (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            // Few low bits differ, so that probing runs are long.
            hash: fc.nat(3000).map((n) => BigInt(n) * 1024n + BigInt(n % 3)),
            state: fc.constantFrom('pending' as const, 'done' as const),
            pause: fc.constantFrom(0, 0, 0, 1, 30),
          }),
          { minLength: 1, maxLength: 3000, size: 'max' },
        ),
        (steps) => {
          const table = new KeyTable(LIFE)
          const model = new Map<bigint, { state: string; at: number }>()
          let now = 1_700_000_000
          for (const { hash, state, pause } of steps) {
            now += pause
            table.set(hash, state, now)
            const known = model.get(hash)
            model.set(hash, { state, at: known !== undefined && known.at + LIFE > now ? known.at : now })
          }
          for (const [hash, { state, at }] of model) {
            expect(table.get(hash, now)).toBe(at + LIFE > now ? state : undefined)
          }
          expect(table.get(5n, now)).toBeUndefined()
        },
      ),
      { seed, numRuns: 30 },
    )
  })

  it('holds 100,000 keys and lets go of them when their life is over', () => {
    const table = new KeyTable(LIFE)
    for (let i = 0n; i < 100_000n; i++) table.set((i * 0x9e3779b97f4a7c15n) & (2n ** 64n - 1n), 'done', 1000)
    expect(table.get(0x9e3779b97f4a7c15n, 1099)).toBe('done')
    expect(table.get(0x9e3779b97f4a7c15n, 1100)).toBeUndefined()
  })
})
