import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineCutter } from './cut-lines.ts'

function cut(chunks: readonly Buffer[], maxBytes?: number) {
  const cutter = new LineCutter(maxBytes)
  return [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.end()]
}

test('lines are the same however the bytes are divided', () => {
  const text = fc.array(fc.constantFrom('a', '日本', '\n', '\r\n', '\r', 'long enough ', '🙂', '\0'), { maxLength: 60 })
  fc.assert(
    fc.property(text, fc.array(fc.nat(9), { maxLength: 200 }), (parts, sizes) => {
      const bytes = Buffer.from(parts.join(''))
      const chunks: Buffer[] = []
      let at = 0
      for (const size of sizes) {
        chunks.push(bytes.subarray(at, at + size))
        at += size
      }
      chunks.push(bytes.subarray(at))
      const expected = parts.join('').split('\n')
      if (expected.at(-1) === '') expected.pop()
      const texts = cut(chunks).map((line) => line.text)
      expect(texts).toEqual(expected.map((line) => line.replace(/\r$/, '')))
    }),
  )
})

test('a line that is too long is cut at a character, says how long it was, and the next is whole', () => {
  const lines = cut([Buffer.from('ab日本語'), Buffer.from('x'.repeat(100)), Buffer.from('\nnext\nshort')], 10)
  expect(lines).toEqual([{ text: 'ab日本', metadata: [['_truncated', '111']] }, { text: 'next' }, { text: 'short' }])
  const one = cut([Buffer.from(`${'y'.repeat(20)}\nz\n`)], 10)
  expect(one).toEqual([{ text: 'y'.repeat(10), metadata: [['_truncated', '20']] }, { text: 'z' }])
})
