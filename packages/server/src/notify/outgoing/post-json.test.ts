import { expect, it } from 'vitest'
import { type Outgoing, OutgoingError, type OutgoingRequest } from './outgoing.ts'
import { excerpt, postJson } from './post-json.ts'
import { retryAfterMs } from './retry-after.ts'

const signal = new AbortController().signal
const answering = (status: number, body = '', headers: Record<string, string> = {}): Outgoing => ({
  request: async () => ({ status, headers, body }),
  connect: () => Promise.reject(new Error('unused')),
})
const post = (outgoing: Outgoing) => postJson(outgoing, { url: 'https://x/y', body: {}, http: undefined, signal })

it.each([
  [200, undefined],
  [202, undefined],
  [204, undefined],
  [301, false],
  [400, false],
  [401, false],
  [403, false],
  [404, false],
  [408, false],
  [413, false],
  [422, false],
  [429, true],
  [500, true],
  [502, true],
  [503, true],
  [504, true],
  [599, true],
])('takes status %i: another attempt %s', async (status, retry) => {
  const outcome = await post(answering(status))
  expect(outcome).toEqual(
    retry === undefined ? { sent: true } : { sent: false, retry, reason: `the far end answered with status ${status}` },
  )
})

it('writes JSON as Go does', async () => {
  let sent: OutgoingRequest | undefined
  const outgoing: Outgoing = {
    ...answering(200),
    request: async (request) => {
      sent = request
      return { status: 200, headers: {}, body: '' }
    },
  }
  await postJson(outgoing, {
    url: 'https://x/y',
    body: {
      z: '<a & b>\u2028한',
      a: new Map([
        ['b', 1],
        ['a', 2.5],
      ]),
      none: undefined,
      list: [null, true, 10n],
    },
    http: undefined,
    signal,
  })
  expect(sent?.body).toBe('{"z":"\\u003ca \\u0026 b\\u003e\\u2028한","a":{"a":2.5,"b":1},"list":[null,true,10]}\n')
})

it('tells what a connection came to, and passes the end of its signal on', async () => {
  const failing = (error: unknown): Outgoing => ({ ...answering(0), request: () => Promise.reject(error) })
  expect(await post(failing(new OutgoingError('no', false)))).toEqual({ sent: false, retry: false, reason: 'no' })
  await expect(post(failing(new TypeError('a slip')))).rejects.toThrow('a slip')
  const ended = AbortSignal.abort(new Error('over'))
  await expect(postJson(failing(ended.reason), { url: 'x', body: 1, http: undefined, signal: ended })).rejects.toThrow(
    'over',
  )
})

it('shows the begin of an answer in one line, without secrets and addresses', () => {
  expect(excerpt(' a\n\tb\u0000c ', [])).toBe('a b c')
  expect(excerpt('key abcd1234 at https://hooks.example/T/B?x=1 "https://x/y"', ['abcd1234'])).toBe(
    'key <secret> at <address> "<address>"',
  )
  expect(excerpt('abcd1234 abcd', ['abcd', 'abcd1234'])).toBe('<secret> <secret>')
  expect(excerpt('x'.repeat(300), [])).toBe(`${'x'.repeat(200)}…`)
})

it.each([
  ['5', 5000],
  [' 0 ', 0],
  ['1.5', 1500],
  ['100000', 3_600_000],
  ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('reads Retry-After %s', (header, expected) => {
  expect(retryAfterMs(header, Date.parse('2026-01-01T00:00:00Z'))).toBe(expected)
})
