/** hot-shots sends to the server, over UDP and TCP; samples are read back as they are stored. */
import { createSocket } from 'node:dgram'
import { connect as dial } from 'node:net'
import { StatsD } from 'hot-shots'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SamplesResponse } from '../packages/server/src/api/contract.ts'
import { eventually, lines, QUIET, queryRange, type StreamResult, startServer, type TestServer } from './server.ts'
import { listenerOf } from './sources.ts'

let server: TestServer
let udp: number
let tcp: number

beforeAll(async () => {
  const values = { 'udp.port': 0, 'tcp.port': 0, flushInterval: '500ms', expiry: '4s', maxSeries: 200 }
  const settings = Object.entries(values).flatMap(([name, value]) => ['--set', `receivers.statsd.${name}=${value}`])
  server = await startServer({ args: [...QUIET, ...settings] })
  udp = (await listenerOf(server, 'statsd', 'udp')).port
  tcp = (await listenerOf(server, 'statsd', 'tcp')).port
})
afterAll(() => server?.dispose())

/** Series with their samples, oldest first. */
async function samples(...selectors: string[]): Promise<SamplesResponse['series']> {
  const search = new URLSearchParams(selectors.map((selector) => ['match[]', selector]))
  const response = await server.fetch(`/girok/v1/samples?${search}`)
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return ((await response.json()) as SamplesResponse).series
}

const last = async (selector: string) => (await samples(selector))[0]?.values.filter((text) => text !== 'stale').at(-1)

const ended = (client: StatsD) => new Promise<void>((done) => client.close(() => done()))

test('hot-shots: counters add up over flushes, gauges, timings, distributions, sets', async () => {
  const client = new StatsD({ host: '127.0.0.1', port: udp, globalTags: { env: 'e2e' }, maxBufferSize: 1000 })
  for (let i = 0; i < 100; i++) client.increment('shop.cart.added', 2, ['page:cart'])
  client.decrement('shop.cart.added', 20, ['page:cart'])
  client.gauge('queue.depth', 17)
  client.gaugeDelta('queue.depth', -4)
  for (let ms = 1; ms <= 100; ms++) client.timing('checkout', ms)
  for (const size of [1, 2, 3]) client.distribution('size', size)
  for (const user of ['kim', 'lee', 'kim']) client.unique('users', user)
  await ended(client)
  await eventually(async () => (await last('checkout_count')) === '100')
  expect(await last('shop_cart_added{env="e2e",page="cart"}')).toBe('180')
  expect(await last('queue_depth')).toBe('13')
  expect(Number(await last('checkout_sum'))).toBeCloseTo(5.05, 6)
  expect(await last('size_count')).toBe('3')
  expect((await samples('users'))[0]?.values).toContain('2')
  const quantiles = await samples('checkout')
  expect(quantiles.map(({ labels }) => labels.quantile).sort()).toEqual(['0.5', '0.9', '0.99'])
  // Of one interval each, and the timings may have come in two.
  expect(Number(quantiles.find(({ labels }) => labels.quantile === '0.99')?.values[0])).toBeGreaterThan(0.05)

  const again = new StatsD({ host: '127.0.0.1', port: udp, globalTags: { env: 'e2e' } })
  again.increment('shop.cart.added', 5, 1, { page: 'cart' })
  await ended(again)
  await eventually(async () => (await last('shop_cart_added{env="e2e",page="cart"}')) === '185')
  const [series] = await samples('shop_cart_added{env="e2e",page="cart"}')
  const values = (series?.values ?? []).map(Number)
  expect([...values].sort((a, b) => a - b)).toEqual(values)
  // At the times of flushes, not of packets.
  const { times = [] } = series ?? {}
  for (const [i, time] of times.entries()) if (i > 0) expect(time - (times[i - 1] ?? 0)).toBeGreaterThan(300)
})

test('what nobody sends any more ends with a stale marker, and begins anew', async () => {
  const client = new StatsD({ host: '127.0.0.1', port: udp })
  client.increment('gone.soon', 7)
  await new Promise((done) => setTimeout(done, 700))
  await eventually(async () => (await samples('gone_soon'))[0]?.values.at(-1) === 'stale', 15_000)
  client.increment('gone.soon', 1)
  await eventually(async () => (await samples('gone_soon'))[0]?.values.at(-1) === '1')
  await ended(client)
})

test('events and service checks are records', async () => {
  const client = new StatsD({ host: '127.0.0.1', port: udp, globalTags: { service: 'shop' } })
  client.event('deploy 됨', 'version 2\nis out', { alert_type: 'warning', priority: 'low' }, ['team:a'])
  client.check('db.up', client.CHECKS.CRITICAL, { message: 'no answer' })
  await ended(client)
  await eventually(async () => (await lines(server, '{service_name="shop"}')).length === 2)
  const { result } = await queryRange(server, '{service_name="shop"}')
  const streams = result as StreamResult[]
  const of = (kind: string) => streams.find(({ stream }) => stream.kind === kind)
  expect(of('event')?.stream.detected_level).toBe('warn')
  expect(JSON.parse(of('event')?.values[0]?.[1] ?? '')).toMatchObject({
    title: 'deploy 됨',
    text: 'version 2\nis out',
    alert_type: 'warning',
    priority: 'low',
    tags: { service: 'shop', team: 'a' },
  })
  expect(JSON.parse(of('service_check')?.values[0]?.[1] ?? '')).toMatchObject({ check: 'db.up', status: 'critical' })
})

test('over TCP, and lines cut anywhere', async () => {
  const client = new StatsD({ protocol: 'tcp', host: '127.0.0.1', port: tcp })
  for (let i = 0; i < 50; i++) client.increment('by.tcp')
  await new Promise((done) => setTimeout(done, 200))
  await ended(client)
  const socket = dial(tcp, '127.0.0.1')
  socket.write('by.t')
  await new Promise((done) => setTimeout(done, 100))
  socket.end('cp:8|c')
  await eventually(async () => (await last('by_tcp')) === '58')
})

test('what is malformed or too much is counted, and the rest goes on', async () => {
  const socket = createSocket('udp4')
  const send = (text: string) => new Promise((done) => socket.send(text, udp, '127.0.0.1', done))
  await send('one:1|c\nnonsense\nthree:x|c\ntwo:2|c')
  for (let i = 0; i < 300; i++) await send(`flood:1|c|#n:${i}`)
  socket.close()
  const count = async (reason: string) => {
    const text = await (await server.fetch('/metrics')).text()
    const line = text.split('\n').find((one) => one.includes('receiver="statsd"') && one.includes(`reason="${reason}"`))
    return Number(line?.split(' ').at(-1) ?? 0)
  }
  await eventually(async () => (await count('malformed_metric')) === 2 && (await count('series_limit')) > 0)
  await eventually(async () => (await last('two')) === '2')
  await eventually(async () => (await samples('flood')).length + (await count('series_limit')) === 300)
  const held = await samples('flood')
  expect(held.length).toBeLessThanOrEqual(200)
})
