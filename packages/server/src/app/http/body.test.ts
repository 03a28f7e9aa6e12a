import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { createBodyReader } from './body.ts'

class Payload extends EventEmitter {
  resumed = false
  resume() {
    this.resumed = true
  }
}

function request(contentLength?: number) {
  const payload = new Payload()
  const headers = contentLength === undefined ? {} : { 'content-length': String(contentLength) }
  return { payload, asked: { headers } as FastifyRequest, raw: payload as unknown as IncomingMessage }
}

test('a body is joined of its parts', async () => {
  const reader = createBodyReader(10, 100)
  const { payload, asked, raw } = request()
  const body = reader.read(asked, raw)
  payload.emit('data', Buffer.from('01234'))
  payload.emit('data', Buffer.from('56789'))
  payload.emit('end')
  expect((await body).toString()).toBe('0123456789')
})

test('a body above the limit is refused by what it says and by what comes', async () => {
  const reader = createBodyReader(10, 100)
  const said = request(11)
  await expect(reader.read(said.asked, said.raw)).rejects.toMatchObject({ code: 'body_too_large' })
  const { payload, asked, raw } = request()
  const body = reader.read(asked, raw)
  payload.emit('data', Buffer.alloc(11))
  await expect(body).rejects.toMatchObject({ code: 'body_too_large' })
  expect(payload.resumed).toBe(true)
})

test('bodies together are bounded until they are released', async () => {
  const reader = createBodyReader(0, 100)
  const first = request()
  const one = reader.read(first.asked, first.raw)
  first.payload.emit('data', Buffer.alloc(80))
  const refused = request()
  const two = reader.read(refused.asked, refused.raw)
  refused.payload.emit('data', Buffer.alloc(21))
  await expect(two).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 })
  reader.release(refused.asked)
  first.payload.emit('data', Buffer.alloc(20))
  first.payload.emit('end')
  expect((await one).length).toBe(100)
  reader.release(first.asked)
  reader.release(first.asked)
  const third = request()
  const three = reader.read(third.asked, third.raw)
  third.payload.emit('data', Buffer.alloc(100))
  third.payload.emit('end')
  expect((await three).length).toBe(100)
})

test('a client that goes away ends the reading', async () => {
  const { payload, asked, raw } = request()
  const body = createBodyReader(0, 100).read(asked, raw)
  payload.emit('data', Buffer.alloc(1))
  payload.emit('aborted')
  await expect(body).rejects.toMatchObject({ code: 'cancelled' })
})
