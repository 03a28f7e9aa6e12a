import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha3 } from './sha3.ts'
import { sha256 } from './sha256.ts'

const TEXTS = ['', 'abc', '한글과 emoji 😀', ...[54, 55, 56, 63, 64, 65, 135, 136, 137, 1000].map((n) => 'x'.repeat(n))]

test.each(TEXTS)('digests are those of the platform: %s', (text) => {
  expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'))
  expect(sha3(text)).toBe(createHash('sha3-256').update(text).digest('hex'))
})
