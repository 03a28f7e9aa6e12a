import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { randomOf, randomText } from '../model/testing/random.ts'
import { snappyCompress } from './snappy.ts'
import { snappyDecode } from './testing/snappy-decoder.ts'

describe('snappyCompress', () => {
  it('gives back what was put in, whatever it is', () => {
    const seed = Date.now() % 1_000_000
    const random = randomOf(seed)
    for (let i = 0; i < 300; i++) {
      const words = Array.from({ length: 1 + random(6) }, () => randomText(random, 80))
      const input = Buffer.from(
        Array.from({ length: random(300) }, () => words[random(words.length)]).join(random(2) ? '' : ' '),
      )
      expect(snappyDecode(snappyCompress(input)).equals(input), `seed ${seed}, round ${i}`).toBe(true)
    }
  })

  it.each([0, 1, 14, 15, 16, 17, 60, 61, 256, 257, 65_535, 65_536, 65_537, 65_551, 131_072, 200_001])(
    'takes %i bytes that repeat, and as many that do not',
    (length) => {
      const same = Buffer.alloc(length, 'a')
      expect(snappyDecode(snappyCompress(same)).equals(same)).toBe(true)
      const noise = randomBytes(length)
      const packed = snappyCompress(noise)
      expect(snappyDecode(packed).equals(noise)).toBe(true)
      expect(packed.length).toBeLessThanOrEqual(32 + length + Math.floor(length / 6))
    },
  )

  it('makes log lines smaller', () => {
    const lines = Array.from(
      { length: 2000 },
      (_, i) => `2026-11-21T20:00:00Z INFO request ${i} served status=200 ms=${i % 97}\n`,
    )
    const input = Buffer.from(lines.join(''))
    expect(input.length / snappyCompress(input).length).toBeGreaterThan(3)
  })

  it('reads a view into a larger buffer', () => {
    const whole = Buffer.from('0123456789'.repeat(1000))
    const view = new Uint8Array(whole.buffer, whole.byteOffset + 3, 500)
    expect(snappyDecode(snappyCompress(view)).equals(view)).toBe(true)
  })
})
