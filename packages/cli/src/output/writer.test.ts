import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { OutputClosed } from '../failure.ts'
import { createWriter } from './writer.ts'

test('waits for a slow reader, and leaves no listeners behind', async () => {
  let taken = 0
  const slow = new Writable({
    highWaterMark: 10,
    write(chunk, _encoding, done) {
      taken += chunk.length
      setTimeout(done, 1)
    },
  })
  const writer = createWriter(slow)
  const before = slow.eventNames().map((name) => slow.listenerCount(name))
  for (let i = 0; i < 50; i++) {
    await writer.write('x'.repeat(20))
    expect(slow.writableLength).toBeLessThanOrEqual(20)
  }
  expect(taken).toBe(1000)
  expect(slow.eventNames().map((name) => slow.listenerCount(name))).toEqual(before)
})

test.each(['EPIPE', 'ERR_STREAM_DESTROYED'])(
  'a reader that went away (%s) ends the writing, also while it waits',
  async (code) => {
    const stream = new Writable({ highWaterMark: 1, write() {} })
    const writer = createWriter(stream)
    const waiting = writer.write('more than fits')
    await setImmediate()
    stream.destroy(Object.assign(new Error('gone'), { code }))
    await expect(waiting).rejects.toThrow(OutputClosed)
    await expect(writer.write('x')).rejects.toThrow(OutputClosed)
  },
)

test('any other error is told', async () => {
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => done(new Error('no space left')),
  })
  const writer = createWriter(stream)
  await expect(writer.write('more than fits')).rejects.toThrow('no space left')
})
