import { expect, test } from 'vitest'
import { decodeSnappyBlock } from '../../ingest/decode/snappy.ts'
import { encodeSnappy } from './snappy.ts'

const SEED = Number(process.env.GIROK_TEST_SEED ?? Date.now() % 1_000_000)

/** Numbers from 0 to 1, the same for one seed. */
function random(seed: number): () => number {
  let state = seed + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const back = async (input: Buffer) => decodeSnappyBlock(await encodeSnappy(input), 0)

test('what was encoded comes back', async () => {
  console.log(`seed ${SEED}`)
  const next = random(SEED)
  for (let round = 0; round < 300; round++) {
    const length = Math.floor(next() ** 4 * 300_000)
    const letters = 1 + Math.floor(next() * (round % 2 === 0 ? 4 : 256))
    const repeats = Math.floor(next() * 200)
    const bytes = Buffer.alloc(length)
    for (let i = 0; i < length; i++) {
      bytes[i] = i > repeats && next() < 0.9 ? (bytes[i - repeats - 1] as number) : Math.floor(next() * letters)
    }
    expect((await back(bytes)).equals(bytes), `round ${round}, ${length} bytes`).toBe(true)
  }
})

test.each([0, 1, 3, 4, 5, 59, 60, 61, 255, 256, 257, 65_535, 65_536, 65_537, 131_072])(
  '%d equal bytes',
  async (length) => {
    const bytes = Buffer.alloc(length, 7)
    expect((await back(bytes)).equals(bytes)).toBe(true)
    expect((await encodeSnappy(bytes)).length).toBeLessThanOrEqual(8 + length / 15)
  },
)

test('bytes without any repetition hardly grow', async () => {
  const next = random(5)
  const bytes = Buffer.from(Array.from({ length: 200_000 }, () => Math.floor(next() * 256)))
  expect((await back(bytes)).equals(bytes)).toBe(true)
  expect((await encodeSnappy(bytes)).length).toBeLessThan(bytes.length * 1.001 + 16)
})
