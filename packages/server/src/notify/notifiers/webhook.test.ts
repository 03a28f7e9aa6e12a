import { afterEach, expect, it } from 'vitest'
import { createAddressGuard } from '../outgoing/address-guard.ts'
import { createOutgoing } from '../outgoing/create-outgoing.ts'
import { type HttpSink, openHttpSink } from '../testing/http-sink.ts'
import { openForTest, trustedContext } from '../testing/open-for-test.ts'
import { diskFull } from '../testing/recorded-cases.ts'
import { webhook } from './webhook.ts'

let sink: HttpSink | undefined
afterEach(async () => {
  await sink?.close()
  sink = undefined
})

const attempt = { kept: new Map<string, string>(), signal: new AbortController().signal }

it('counts labels and state among the alerts that it sends alone', async () => {
  sink = await openHttpSink()
  const open = openForTest(webhook, { url: '$URL/x', max_alerts: 1 }, sink.url)
  const both = diskFull('x')
  const [first, second] = both.alerts
  if (first === undefined || second === undefined) throw new Error('two alerts')
  const alerts = [{ ...first, status: 'resolved', endsAtMs: Date.parse('2026-01-02T03:30:00.25Z') } as const, second]
  await open.send({ ...both, alerts }, attempt)
  expect(JSON.parse(sink.requests[0]?.body ?? '')).toMatchObject({
    status: 'resolved',
    truncatedAlerts: 1,
    commonLabels: { host: 'db-1' },
    alerts: [{ status: 'resolved', endsAt: '2026-01-02T03:30:00.25Z' }],
  })
})

it('fails without another attempt when its address comes out as none', async () => {
  const open = openForTest(webhook, { url: '{{ .CommonLabels.nope }}' }, 'http://unused')
  expect(await open.send(diskFull('x'), attempt)).toEqual({
    sent: false,
    retry: false,
    reason: 'url does not come out as an address',
  })
})

it('gives an attempt up after its timeout', async () => {
  sink = await openHttpSink()
  sink.answer = () => undefined
  const open = openForTest(webhook, { url: '$URL/x', timeout: '20ms' }, sink.url)
  expect(await open.send(diskFull('x'), attempt)).toEqual({
    sent: false,
    retry: true,
    reason: 'no answer within the timeout of 0.02 s',
  })
})

it('tells how long the far end asks to wait, and nothing of its own address', async () => {
  sink = await openHttpSink()
  const { url } = sink
  sink.answer = (_, response) =>
    void response.writeHead(429, { 'retry-after': '3' }).end(`slow down at ${url}/token-1234`)
  const open = openForTest(webhook, { url: '$URL/token-1234' }, url)
  expect(await open.send(diskFull('x'), attempt)).toEqual({
    sent: false,
    retry: true,
    retryAfterMs: 3000,
    reason: 'the far end answered with status 429: slow down at <secret>',
  })
})

it('does not send to private addresses for contact points from the API', async () => {
  sink = await openHttpSink()
  const context = {
    ...trustedContext(),
    trusted: false,
    outgoing: createOutgoing({ guard: createAddressGuard([]), now: () => 0 }),
  }
  const open = openForTest(webhook, { url: '$URL/x' }, sink.url, context)
  const reason = expect.stringContaining('the address is not allowed')
  expect(await open.send(diskFull('x'), attempt)).toEqual({ sent: false, retry: false, reason })
  const byFile = openForTest(webhook, { url_file: '/etc/hostname' }, sink.url, context)
  const refused = expect.stringContaining('url_file can only be set in a configuration file')
  expect(await byFile.send(diskFull('x'), attempt)).toEqual({ sent: false, retry: false, reason: refused })
  expect(sink.requests).toEqual([])
})

it('needs one address', () => {
  expect(webhook.options.safeParse({}).success).toBe(false)
  expect(webhook.options.safeParse({ url: 'ftp://x' }).success).toBe(false)
  expect(webhook.options.safeParse({ url: 'http://x', url_file: '/y' }).success).toBe(false)
  expect(webhook.options.safeParse({ url: '{{ .CommonAnnotations.hook }}' }).success).toBe(true)
})
