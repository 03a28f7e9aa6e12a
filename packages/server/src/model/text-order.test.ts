import { expect, test } from 'vitest'
import { compareBytes } from './text-order.ts'

const texts = ['', 'a', 'aa', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f600}', 'a\u{10000}', 'a\uffff']

test('the order is that of the bytes', () => {
  for (const a of texts) {
    for (const b of texts) {
      expect(Math.sign(compareBytes(a, b)), `${a} ${b}`).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }
  }
})
