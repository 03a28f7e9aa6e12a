import { expect, it } from 'vitest'
import { decodeRows, readVarint } from './decode.ts'

it('a number that goes on behind the end of an answer is an error', () => {
  const message = 'the answer of the storage engine, 2 bytes, cannot be read at byte 1'
  expect(() => readVarint(Buffer.from([5, 0x80]), { at: 1 })).toThrow(message)
  expect(() => readVarint(Buffer.from([5]), { at: 7 })).toThrow('cannot be read at byte 7')
})

it('an answer that is cut within a row is an error', async () => {
  // Time, stream, part and offset; the level's length is missing.
  const cut = decodeRows(
    Buffer.alloc(32),
    () => undefined,
    () => undefined,
  )
  await expect(cut).rejects.toMatchObject({ code: 'store_failed' })
})
