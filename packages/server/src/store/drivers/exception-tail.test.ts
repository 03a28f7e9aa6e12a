import { describe, expect, it } from 'vitest'
import { createExceptionTail, exceptionTail } from './exception-tail.ts'

const TAG = 'abcdef0123456789'

/** Feeds a body in pieces of that size; returns what came through. Throws what the tail says. */
function pass(body: Buffer, pieceBytes: number): Buffer {
  const tail = createExceptionTail(TAG)
  const out: Buffer[] = []
  for (let at = 0; at < body.length; at += pieceBytes) {
    const ready = tail.push(body.subarray(at, at + pieceBytes))
    if (ready !== undefined) out.push(ready)
  }
  out.push(tail.end())
  return Buffer.concat(out)
}

describe('the end of an answer', () => {
  const body = Buffer.alloc(70_000, 'row of data\n')

  it('is data when no error stands there, however it is cut', () => {
    for (const size of [1, 100, 20 * 1024, 65_536, 1_000_000]) expect(pass(body, size).equals(body)).toBe(true)
    expect(pass(Buffer.alloc(0), 10).length).toBe(0)
  })

  it('is an error when the server marked it, however it is cut', () => {
    const failed = Buffer.concat([body, exceptionTail(TAG, 'Code: 395. DB::Exception: boom\nsecond line')])
    for (const size of [1, 7, 20 * 1024, 1_000_000]) {
      expect(() => pass(failed, size)).toThrow('Code: 395. DB::Exception: boom\nsecond line')
    }
    expect(() => pass(exceptionTail(TAG, 'at once'), 5)).toThrow('at once')
  })

  it('is data when it only looks like an error of another answer', () => {
    const lookalike = Buffer.concat([body, exceptionTail('0000000000000000', 'not mine')])
    expect(pass(lookalike, 1000).equals(lookalike)).toBe(true)
  })
})
