import { afterAll, describe, expect, it } from 'vitest'
import { casesOf, runCase } from '../testing/golden-case.ts'
import { fuzzSeed, JSON_TOKENS, mutate, Random } from '../testing/random.ts'
import { receivers } from './index.ts'

/** Time for one receiver; FUZZ_MS gives more. */
const RECEIVER_MS = Number(process.env.FUZZ_MS ?? 1500)
/** No input of a few kilobytes may take so long. */
const HANG_MS = 2000
/** What all inputs of a receiver together may leave behind. */
const MEMORY_BYTES = 256 << 20
const TOKENS = [...JSON_TOKENS, '9'.repeat(30), '<34>', '\u00ff\u00ff\u00ff\u00ff']

/** Whatever the bytes: no fault of Girok, an answer in time, every record accounted for, memory given back. */
describe('mutated requests', () => {
  const tally: Record<string, number> = {}
  for (const receiver of receivers) {
    const cases = casesOf(receiver)
    it.runIf(cases.length > 0)(receiver.name, async () => {
      const random = new Random(fuzzSeed(`requests of ${receiver.name}`))
      const end = performance.now() + RECEIVER_MS
      const before = process.memoryUsage().rss
      let inputs = 0
      while (performance.now() < end) {
        const one = random.pick(cases)
        const changed = random.below(one.bodies.length)
        const bodies = one.bodies.map((body, i) => (i === changed ? mutate(random, body, TOKENS) : body))
        const started = performance.now()
        const input = () => `${one.name}: ${JSON.stringify(bodies.map((body) => body.toString('latin1')))}`
        try {
          const { bench } = await runCase(one, bodies, 1 + random.below(5000))
          if (bench.imbalance() !== 0) throw new Error(`${bench.imbalance()} records are not accounted for`)
          if (bench.faults.length > 0) throw bench.faults[0]
        } catch (error) {
          throw new Error(`a fault after ${inputs} inputs, on ${input()}`, { cause: error })
        }
        const tookMs = performance.now() - started
        if (tookMs > HANG_MS) throw new Error(`${Math.round(tookMs)} ms for ${input()}`)
        inputs++
      }
      tally[receiver.name] = inputs
      expect(inputs).toBeGreaterThan(20)
      expect(process.memoryUsage().rss - before).toBeLessThan(MEMORY_BYTES)
    })
  }
  afterAll(() => console.log('mutated requests', JSON.stringify(tally)))
})
