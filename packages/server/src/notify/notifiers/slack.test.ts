import { afterEach, expect, it } from 'vitest'
import type { GlobalOptions } from '../notifier.ts'
import { type HttpSink, openHttpSink } from '../testing/http-sink.ts'
import { openForTest } from '../testing/open-for-test.ts'
import { diskFull } from '../testing/recorded-cases.ts'
import { slack } from './slack.ts'

let sink: HttpSink
afterEach(() => sink?.close())

const attempt = (kept: ReadonlyMap<string, string> = new Map()) => ({ kept, signal: new AbortController().signal })

async function answering(
  body: string,
  type: string | undefined,
  options: Record<string, unknown> = { api_url: '$URL/hook' },
) {
  sink = await openHttpSink()
  sink.answer = (_, response) =>
    void (type === undefined ? response : response.setHeader('content-type', type)).end(body)
  return openForTest(slack, options, sink.url)
}

it.each([
  ['ok', undefined, { sent: true }],
  ['ok\n', 'text/html', { sent: true }],
  ['invalid_payload', 'text/plain', { sent: false, retry: false, reason: 'Slack answered: invalid_payload' }],
  ['{"ok":true}', 'application/json; charset=utf-8', { sent: true }],
  [
    '{"ok":false,"error":"channel_not_found"}',
    'application/json',
    { sent: false, retry: false, reason: 'Slack answered: channel_not_found' },
  ],
  [
    '{"ok":false,"error":"ratelimited"}',
    'application/json',
    { sent: false, retry: true, reason: 'Slack answered: ratelimited' },
  ],
  [
    '<html>',
    'application/json',
    { sent: false, retry: true, reason: 'the far end answered with JSON, but not as Slack does' },
  ],
])('takes the answer %s of type %s for what it is', async (body, type, expected) => {
  const open = await answering(body, type)
  expect(await open.send(diskFull('x'), attempt())).toEqual(expected)
})

it('changes the message that it sent before', async () => {
  const options = { app_token: 'xoxb-1', app_url: '$URL/api/chat.postMessage', channel: '#ops', update_message: true }
  const open = await answering('{"ok":true,"ts":"1700.1","channel":"C01"}', 'application/json', options)
  const first = await open.send(diskFull('x'), attempt())
  const keep = new Map([
    ['threadTs', '1700.1'],
    ['channelId', 'C01'],
  ])
  expect(first).toEqual({ sent: true, keep })
  expect(await open.send(diskFull('x', Date.parse('2026-01-02T03:30:00Z')), attempt(keep))).toEqual({
    sent: true,
    keep,
  })
  expect(sink.requests.map(({ path, body, headers }) => [path, headers.authorization, JSON.parse(body)])).toMatchObject(
    [
      ['/api/chat.postMessage', 'Bearer xoxb-1', { channel: '#ops' }],
      ['/api/chat.update', 'Bearer xoxb-1', { channel: 'C01', ts: '1700.1', attachments: [{ color: 'good' }] }],
    ],
  )
  expect(JSON.parse(sink.requests[0]?.body ?? '')).not.toHaveProperty('ts')
})

it('keeps nothing where messages are not to change', async () => {
  const open = await answering('{"ok":true,"ts":"1700.1","channel":"C01"}', 'application/json')
  expect(
    await open.send(
      diskFull('x'),
      attempt(
        new Map([
          ['threadTs', '1'],
          ['channelId', 'C'],
        ]),
      ),
    ),
  ).toEqual({ sent: true })
  expect(sink.requests[0]?.path).toBe('/hook')
})

const complete = (options: Record<string, unknown>, global: GlobalOptions = {}) =>
  slack.complete(slack.options.parse(options), global)

it('takes the address or the bot of global where it has none of its own', () => {
  const global = { slack_api_url: 'https://hooks.slack.com/global', http_config: { follow_redirects: false } }
  expect(complete({}, global)).toMatchObject({
    api_url: 'https://hooks.slack.com/global',
    http_config: { follow_redirects: false },
  })
  expect(complete({ api_url: 'https://hooks.slack.com/own' }, global).api_url).toBe('https://hooks.slack.com/own')
  expect(complete({ app_token: 'xoxb' }, global)).toMatchObject({
    app_token: 'xoxb',
    app_url: 'https://slack.com/api/chat.postMessage',
  })
  expect(complete({ app_token: 'xoxb' }, global).api_url).toBeUndefined()
  const bot = { slack_app_token: 'xoxb-g', slack_app_url: 'https://slack.example/api/chat.postMessage' }
  expect(complete({ update_message: true }, bot)).toMatchObject({ app_token: 'xoxb-g', app_url: bot.slack_app_url })
})

it('refuses what cannot work', () => {
  expect(() => complete({})).toThrow('set api_url here or slack_api_url in global')
  expect(() => complete({ api_url: 'https://hooks.slack.com/x', update_message: true })).toThrow(
    'update_message needs a bot',
  )
  expect(() => complete({ app_token: 'x', http_config: { authorization: { credentials: 'y' } } })).toThrow('app_token')
  const fault = (options: Record<string, unknown>) => slack.options.safeParse(options).error?.issues[0]?.message
  expect(fault({ api_url: 'https://a/b', api_url_file: '/x' })).toContain('only one')
  expect(fault({ api_url: 'https://a/b', app_token: 'x' })).toContain('only one')
  expect(fault({ actions: [{ type: 'button', text: 'x' }] })).toContain('needs url or name')
  expect(fault({ colour: 'red' })).toContain('colour')
})

it.each([
  ['title', { title: '{{ index .Alerts 9 }}', text: 'x' }, { text: '', footer: '', fields: [{ short: false }] }],
  ['fields[0].value', { text: 'x', color: 'c' }, { text: 'x', color: 'c', fields: [{ title: 'a', short: false }] }],
])('sends with gaps where the template of %s fails', async (option, given, expected) => {
  const fields = [{ title: 'a', value: '{{ .Nothing }}' }]
  const open = await answering('ok', undefined, { api_url: '$URL/hook', fields, username: 'Girok', ...given })
  expect(await open.send(diskFull('x'), attempt())).toEqual({
    sent: true,
    warning: expect.stringContaining(`sent without some of its texts: ${option}: `),
  })
  const body = JSON.parse(sink.requests[0]?.body ?? '')
  expect(body).toEqual({ attachments: [expect.objectContaining(expected)] })
})
