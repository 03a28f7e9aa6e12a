/**
 * What is tried again, of every service that is spoken to by HTTP; docs/contact-points.md has the same table. Mails are tried
 * beside their code.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SendOutcome } from '../notifier.ts'
import { type HttpSink, openHttpSink } from '../testing/http-sink.ts'
import { openForTest } from '../testing/open-for-test.ts'
import { diskFull } from '../testing/recorded-cases.ts'
import { notifiers } from './index.ts'

/** What each says when it has taken a notification. */
const TAKEN: Readonly<Record<string, string>> = { slack: 'ok', telegram: '{"ok":true}' }

/** Services that say in the body of an answer of 200 whether they took it: what an answer that nobody can read means. */
const UNREADABLE: Readonly<Record<string, object>> = {
  slack: { sent: false, retry: false },
  telegram: { sent: false, retry: true },
}

const byHttp = Object.entries(notifiers).filter(([name]) => name !== 'email')

describe.each(byHttp)('%s', (name, notifier) => {
  let sink: HttpSink
  beforeEach(async () => {
    sink = await openHttpSink()
  })
  afterEach(() => sink.close())

  const send = (signal: AbortSignal = AbortSignal.timeout(5000), url = sink.url): Promise<SendOutcome> =>
    openForTest(notifier, notifier.example, url).send(diskFull('group'), { signal, kept: new Map() })

  const answers = (status: number, headers: Readonly<Record<string, string>> = {}, body = 'no') => {
    sink.answer = (_, response) => void response.writeHead(status, headers).end(body)
  }

  test.each([200, 201, 202])('%i: told', async (status) => {
    answers(status, { 'content-type': name === 'telegram' ? 'application/json' : 'text/plain' }, TAKEN[name] ?? 'fine')
    expect(await send()).toEqual({ sent: true })
  })

  test.each([400, 401, 403, 404, 410, 413])('%i: not again', async (status) => {
    answers(status)
    const outcome = await send()
    expect(outcome).toEqual({ sent: false, retry: false, reason: `the far end answered with status ${status}: no` })
  })

  test.each([429, 500, 502, 503, 504])('%i: again', async (status) => {
    answers(status)
    const outcome = await send()
    expect(outcome).toEqual({ sent: false, retry: true, reason: `the far end answered with status ${status}: no` })
  })

  test.each([429, 503])('%i with Retry-After in seconds: again after these', async (status) => {
    answers(status, { 'retry-after': '7' })
    expect(await send()).toMatchObject({ sent: false, retry: true, retryAfterMs: 7000 })
  })

  test('429 with Retry-After as a date: again after it', async () => {
    answers(429, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() })
    const outcome = (await send()) as { readonly retryAfterMs: number }
    expect(outcome.retryAfterMs).toBeGreaterThan(50_000)
    expect(outcome.retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  test('429 with a Retry-After that says nothing: again, when the caller likes', async () => {
    answers(429, { 'retry-after': 'soon' })
    expect(await send()).not.toHaveProperty('retryAfterMs')
  })

  test('nobody listens: again', async () => {
    const outcome = await send(undefined, await closedAddress())
    expect(outcome).toMatchObject({ sent: false, retry: true, reason: expect.stringMatching(/\w/) })
  })

  test('the connection breaks before an answer: again', async () => {
    sink.answer = (_, response) => void response.destroy()
    expect(await send()).toMatchObject({ sent: false, retry: true, reason: expect.stringMatching(/\w/) })
  })

  test('the connection breaks in the middle of an answer: again', async () => {
    sink.answer = (_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('half of it', () => response.destroy())
    }
    expect(await send()).toMatchObject({ sent: false, retry: true, reason: expect.stringMatching(/\w/) })
  })

  test('no answer: ends with the attempt', async () => {
    const attempt = new AbortController()
    sink.answer = () => attempt.abort(new Error('time is up'))
    await expect(send(attempt.signal)).rejects.toThrow('time is up')
  })

  test('an answer of 200 that is none of the service', async () => {
    answers(200, { 'content-type': 'text/html' }, '<html>Welcome to the hotel</html>')
    expect(await send()).toMatchObject(UNREADABLE[name] ?? { sent: true })
  })
})

/** An address at which nobody listens, as far as one can know. */
async function closedAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

describe('services that say no within an answer of 200', () => {
  let sink: HttpSink
  beforeEach(async () => {
    sink = await openHttpSink()
  })
  afterEach(() => sink.close())

  test.each([
    ['telegram', '{"ok":false,"error_code":400,"description":"chat not found"}', false, 'chat not found'],
    ['telegram', '{"ok":false,"error_code":429,"description":"Too Many Requests"}', true, 'Too Many Requests'],
    ['slack', '{"ok":false,"error":"channel_not_found"}', false, 'channel_not_found'],
    ['slack', '{"ok":false,"error":"ratelimited"}', true, 'ratelimited'],
  ])('%s: %s', async (name, body, retry, words) => {
    sink.answer = (_, response) => void response.setHeader('content-type', 'application/json').end(body)
    const notifier = notifiers[name]
    if (notifier === undefined) throw new Error(`no notifier ${name}`)
    const attempt = { signal: AbortSignal.timeout(5000), kept: new Map<string, string>() }
    const outcome = await openForTest(notifier, notifier.example, sink.url).send(diskFull('group'), attempt)
    expect(outcome).toMatchObject({ sent: false, retry, reason: expect.stringContaining(words) })
  })
})
