import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { createHierarchy } from '../hierarchy.ts'
import { recordOf } from '../testing/record.ts'
import { type Notice, noticeOf, noticePayload, type SlackPayload } from './slack/payload.ts'
import { type SlackOptions, slackHandler } from './slack.ts'

const SECRET = '/services/T0AAAAAAA/B0BBBBBBB/cccccccccccccccccccccccc'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A webhook that answers as told, in turn, then `ok`. */
async function webhook(...answers: ((response: ServerResponse) => void)[]) {
  const seen: { url: string | undefined; headers: IncomingHttpHeaders; payload: SlackPayload; atMs: number }[] = []
  const http = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      seen.push({
        url: request.url,
        headers: request.headers,
        payload: JSON.parse(body),
        atMs: performance.now(),
      })
      const answer = answers.shift()
      if (answer) answer(response)
      else response.end('ok')
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    http.closeAllConnections()
    http.close()
  })
  return { webhookUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}${SECRET}`, seen }
}

function logTo(options: SlackOptions) {
  const complaints: string[] = []
  const handler = slackHandler({
    intervalMs: 5,
    firstRetryMs: 1,
    longestRetryMs: 5,
    closeTimeoutMs: 3000,
    complain: (text) => void complaints.push(text),
    ...options,
  })
  ends.push(() => handler.close())
  const { root } = createHierarchy({ now: () => new Date(2026, 0, 31, 17, 5, 7, 42).getTime() })
  root.setLevel('DEBUG').addHandler(handler)
  return { log: root, handler, complaints }
}

const texts = (seen: readonly { payload: SlackPayload }[]) => seen.map(({ payload }) => payload.text)

test('the message of an error, exactly', async () => {
  const { webhookUrl, seen } = await webhook()
  const { log, handler } = logTo({ webhookUrl, title: 'Ad System' })
  function bid() {
    log.error('입찰 서버 응답 없음', { campaign_id: 'c1' })
  }
  bid()
  log.critical('database connection lost')
  log.warning('below the level')
  await handler.flush()
  expect(seen).toHaveLength(2)
  expect(seen[0]?.headers['content-type']).toBe('application/json')
  expect(seen[0]?.payload).toEqual({
    text: ':warning: *ERROR* in Ad System',
    attachments: [
      {
        color: 'warning',
        fields: [
          { title: 'Error', value: '입찰 서버 응답 없음', short: false },
          { title: 'Location', value: expect.stringMatching(/^slack\.test\.ts:\d+$/), short: true },
          { title: 'Function', value: 'bid', short: true },
          { title: 'Time', value: '2026-01-31 17:05:07', short: true },
        ],
        footer: expect.stringMatching(/^[0-9a-f]{24}-0$/),
      },
    ],
  })
  expect(seen[1]?.payload.text).toBe(':warning: *CRITICAL* in Ad System')
  expect(seen[1]?.payload.attachments[0]?.color).toBe('danger')
  expect(handler.stats).toMatchObject({ sent: 2, waiting: 0 })
})

test('nothing in a message becomes a link, a mention or a broken escape', () => {
  const value = (message: string) =>
    noticePayload(noticeOf(recordOf({ message }), 'i'), 't').attachments[0]?.fields[0]?.value ?? ''
  expect(value('<!channel> & <https://x|y>')).toBe('&lt;!channel&gt; &amp; &lt;https://x|y&gt;')
  for (const character of ['&', '<', '😀', 'a']) {
    for (let before = 2990; before <= 3001; before++) {
      const text = value(`${'x'.repeat(before)}${character.repeat(20)}`)
      expect(text.length).toBeLessThanOrEqual(3000)
      expect(text.endsWith('…')).toBe(true)
      expect(text.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[&<>]/)
      expect(text).not.toMatch(/\p{Surrogate}/u)
    }
  }
  const named = noticePayload(noticeOf(recordOf(), 'i'), '<Ads> & more')
  expect(named.text).toBe(':warning: *INFO* in &lt;Ads&gt; &amp; more')
})

test('a record without message or source has something to show', () => {
  const shown = (given: Parameters<typeof recordOf>[0]): Notice => noticeOf(recordOf(given), 'i')
  expect(shown({ message: '', fields: { error: new TypeError('no such ad') } }).text).toBe('TypeError: no such ad')
  expect(shown({ message: '' })).toMatchObject({ text: '(no message)', location: 'unknown', function: 'unknown' })
})

test('429: Retry-After is obeyed, and the message comes again with its id', async () => {
  const { webhookUrl, seen } = await webhook(
    (response) => void response.writeHead(429, { 'retry-after': '1' }).end('rate_limited'),
  )
  const { log, handler, complaints } = logTo({ webhookUrl })
  log.error('one')
  await handler.flush()
  expect((seen[1]?.atMs ?? 0) - (seen[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(990)
  expect(seen[0]?.payload).toEqual(seen[1]?.payload)
  expect(complaints).toEqual([
    expect.stringMatching(/^slack 127\.0\.0\.1:\d+: answers 429; 1 records are being retried$/),
  ])
})

test('an answer that is lost: only that message comes again', async () => {
  const { webhookUrl, seen } = await webhook(
    (response) => void response.end('ok'),
    (response) => void response.destroy(),
  )
  const { log, handler } = logTo({ webhookUrl })
  for (const name of ['a', 'b', 'c']) log.error(name)
  await handler.flush()
  const shown = seen.map(({ payload }) => payload.attachments[0]?.fields[0]?.value)
  expect(shown).toEqual(['a', 'b', 'b', 'c'])
  expect(seen[1]?.payload).toEqual(seen[2]?.payload)
  expect(handler.stats).toMatchObject({ sent: 3, waiting: 0, retries: 1 })
})

test('an attempt that takes too long goes on where it was', async () => {
  const slow = Array.from(
    { length: 9 },
    () => (response: ServerResponse) => void setTimeout(() => response.end('ok'), 30),
  )
  const { webhookUrl, seen } = await webhook(...slow)
  const { log, handler } = logTo({ webhookUrl, timeoutMs: 100 })
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  for (const name of names) log.error(name)
  await handler.flush()
  const shown = seen.map(({ payload }) => payload.attachments[0]?.fields[0]?.value)
  expect(handler.stats.retries).toBeGreaterThan(0)
  // Only what was under way when the time was over comes twice.
  expect(shown.length).toBeLessThanOrEqual(names.length + handler.stats.retries)
  expect([...new Set(shown)]).toEqual(names)
  expect(handler.stats).toMatchObject({ sent: 7, waiting: 0 })
})

test('a refused message is counted and the others go', async () => {
  const { webhookUrl, seen } = await webhook(
    (response) => void response.end('ok'),
    (response) => void response.writeHead(400).end('invalid_payload'),
  )
  const { log, handler, complaints } = logTo({ webhookUrl })
  for (const name of ['a', 'b', 'c']) log.error(name)
  await handler.flush()
  expect(seen).toHaveLength(3)
  expect(handler.stats).toMatchObject({ sent: 2, waiting: 0, dropped: { refused: 1 } })
  expect(complaints).toEqual([expect.stringMatching(/refused 1 records: 400 invalid_payload$/)])
})

test('more than a minute allows: the last message counts the rest, and later ones wait', async () => {
  let now = 0
  const { webhookUrl, seen } = await webhook()
  const { log, handler, complaints } = logTo({ webhookUrl, title: 'Shop', maxPerMinute: 3, now: () => now })
  for (let i = 1; i <= 10; i++) log.log(i === 7 ? 'CRITICAL' : 'ERROR', `no. ${i}`)
  await handler.flush()
  expect(texts(seen)).toEqual([
    ':warning: *ERROR* in Shop',
    ':warning: *ERROR* in Shop',
    ':warning: *8 more* in Shop: 1 CRITICAL, 7 ERROR',
  ])
  const attachments = seen[2]?.payload.attachments ?? []
  expect(attachments[0]?.color).toBe('danger')
  expect(attachments[0]?.fields.map(({ value }) => value)).toEqual([
    expect.stringMatching(/^slack\.test\.ts:\d+ no\. 3$/),
    expect.stringMatching(/^slack\.test\.ts:\d+ no\. 10$/),
    '2026-01-31 17:05:07 to 2026-01-31 17:05:07',
  ])
  expect(attachments[0]?.footer).toMatch(/^[0-9a-f]{24}-2 to [0-9a-f]{24}-9$/)

  log.error('late')
  now = 59_990
  await vi.waitFor(() => expect(complaints.length).toBeGreaterThan(0), 5000)
  expect(complaints[0]).toContain('3 messages were sent within a minute; 1 records are being retried')
  expect(seen).toHaveLength(3)
  now = 60_000
  await handler.flush()
  expect(seen).toHaveLength(4)
  expect(handler.stats).toMatchObject({ sent: 11, waiting: 0, dropped: { refused: 0, overflow: 0 } })
})

test('the address of the webhook is told to nobody', async () => {
  const { webhookUrl } = await webhook((response) => void response.writeHead(403).end(`no ${SECRET} here`))
  const { log, handler, complaints } = logTo({ webhookUrl })
  log.error('one')
  await handler.flush()
  const broken = logTo({
    webhookUrl,
    fetch: (url) => Promise.reject(new Error(`cannot fetch ${String(url)} (${SECRET.slice(-24)})`)),
  })
  broken.log.error('two')
  await vi.waitFor(() => expect(broken.complaints.length).toBeGreaterThan(0), 5000)
  const told = [handler.name, ...complaints, ...broken.complaints].join('\n')
  expect(told).toContain('refused 1 records: 403 without a reason')
  expect(told).toContain('cannot fetch [webhook] ([webhook])')
  for (const part of ['T0AAAAAAA', 'B0BBBBBBB', 'cccccccc']) expect(told).not.toContain(part)
})

test('options that cannot be right say so, without the address', () => {
  for (const webhookUrl of ['hooks.slack.com/T0AAAAAAA', 'ftp://x/T0AAAAAAA', undefined as never]) {
    expect(() => slackHandler({ webhookUrl })).toThrow('webhookUrl must be the URL of an incoming webhook')
    expect(() => slackHandler({ webhookUrl })).not.toThrow(/T0AAAAAAA/)
  }
  expect(() => slackHandler({ webhookUrl: 'https://x/y', maxPerMinute: 0 })).toThrow('maxPerMinute is 0')
})
