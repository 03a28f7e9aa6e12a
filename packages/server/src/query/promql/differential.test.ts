import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labelSet, labelsText } from '../../model/labels.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../testing/embedded-store.ts'
import { seededRandom } from '../testing/random.ts'
import { createPromEngine } from './create-prom-engine.ts'
import type { PromAnswer, PromRangeRequest } from './prom-engine.ts'
import { generatePromQL } from './testing/generate-promql.ts'
import { generateSamples, sampleBatch } from './testing/generate-samples.ts'

const HOUR = 3_600_000
const T0 = 1_782_000_000_000
const QUERIES = 120

const seed = Date.now() % 2 ** 31

let store: EmbeddedStore

beforeAll(async () => {
  console.log(`PromQL, differential: seed ${seed}`)
  store = await openEmbeddedStore()
  const samples = generateSamples(seededRandom(seed), T0 - 4 * HOUR, T0 + HOUR)
  // Several parts, so that repetitions meet only when they are read.
  const parts = 3
  for (let i = 0; i < parts; i++) {
    await store.samples.write(
      sampleBatch('default', samples.slice((i * samples.length) / parts, ((i + 1) * samples.length) / parts)),
    )
  }
})
afterAll(() => store.close())

describe('PromQL with and without push-down', () => {
  it('gives the same answers', async () => {
    const random = seededRandom(seed + 1)
    const engines = [true, false].map((delayedNameRemoval) =>
      createPromEngine({ store, samplesPerPiece: 500, limits: { delayedNameRemoval } }),
    )
    let answered = 0
    for (let i = 0; i < QUERIES; i++) {
      const stepMs = random.pick([15_000, 60_000, 61_003, 600_000, 1_800_000])
      const startMs = T0 - random.below(3 * HOUR)
      const engine = random.pick(engines)
      const request: PromRangeRequest = {
        tenant: 'default',
        query: generatePromQL(random),
        startMs,
        endMs: startMs + random.below(HOUR * 2),
        stepMs,
      }
      const [pushed, plain] = await Promise.all(
        [true, false].map((pushdown) => outcome(engine.range({ ...request, pushdown }))),
      )
      const what = `seed ${seed}: ${JSON.stringify(request)}`
      if (!(pushed instanceof Map && plain instanceof Map)) expect(pushed, what).toEqual(plain)
      else {
        expect([...pushed.keys()].sort(), what).toEqual([...plain.keys()].sort())
        for (const [labels, values] of plain) expectClose(pushed.get(labels) ?? [], values, `${labels} of ${what}`)
        if (plain.size > 0) answered++
      }
    }
    // The queries mean something.
    expect(answered).toBeGreaterThan(QUERIES / 2)
  }, 60_000)
})

/** Values of the steps by labels, undefined where a series has no point, or the text of the error. */
async function outcome(answer: Promise<PromAnswer>): Promise<Map<string, (number | undefined)[]> | string> {
  let value: PromAnswer['value']
  try {
    value = (await answer).value
  } catch (error) {
    return String(error)
  }
  if (value.kind !== 'vector') throw new Error(`a query gave a ${value.kind}`)
  return new Map(
    value.series.map(({ labels, values, present }) => [
      labelsText(labelSet(labels)),
      Array.from(values, (number, k) => (present[k] === 0 ? undefined : number)),
    ]),
  )
}

/** Sums that were begun elsewhere differ by rounding: by a part in 10⁹ of a value, or of the largest of its series. */
function expectClose(actual: readonly (number | undefined)[], expected: readonly (number | undefined)[], what: string) {
  const largest = Math.max(0, ...expected.map((value) => Math.abs(value ?? 0)).filter(Number.isFinite))
  const isClose = expected.every((value, k) => {
    const other = actual[k]
    if (value === undefined || other === undefined || !Number.isFinite(value)) return Object.is(value, other)
    return Math.abs(value - other) <= 1e-9 * Math.max(Math.abs(value), largest)
  })
  if (!isClose) expect(actual, what).toEqual(expected)
}
