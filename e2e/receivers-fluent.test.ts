/** The Forward protocol as its clients speak it: fluent-logger for Node and for Python. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import logger from 'fluent-logger'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorkshop, type Workshop } from './programs.ts'
import {
  eventually,
  lines,
  QUIET,
  queryRange,
  type StreamResult,
  startServer,
  type TestServer,
  UNLIMITED,
} from './server.ts'
import { freePort } from './sockets.ts'
import { expectConserved, listenerOf, sourceOf } from './sources.ts'

/** Its types say less than it can. */
type Sender = Omit<ReturnType<typeof logger.createFluentSender>, 'end'> & {
  end(label: null, data: null, callback: () => void): void
}

const SILENT = { info() {}, log() {}, warn() {}, error() {} }

let shop: Workshop
beforeAll(() => {
  shop = createWorkshop()
})
afterAll(() => shop.dispose())

const createSender = (tag: string, options: object) => logger.createFluentSender(tag, options) as unknown as Sender

const settings = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([name, value]) => ['--set', `receivers.fluent.${name}=${value}`])

/** Sends records and resolves when the client has said of each that it is sent, or acknowledged. */
async function emitAll(sender: Sender, records: readonly object[]): Promise<void> {
  await Promise.all(
    records.map(
      (record) =>
        new Promise<void>((done, failed) =>
          sender.emit('web', record, (error?: Error) => (error ? failed(error) : done())),
        ),
    ),
  )
}

function end(sender: Sender): Promise<void> {
  return new Promise((done) => sender.end(null, null, () => done()))
}

describe('an open port', () => {
  let server: TestServer
  let address: { host: string; port: number }

  beforeAll(async () => {
    const values = { 'tcp.port': String(await freePort()), udpHeartbeat: 'true' }
    server = await startServer({ args: [...QUIET, ...UNLIMITED, ...settings(values)] })
    address = await listenerOf(server, 'fluent', 'tcp')
  })
  afterAll(() => server?.dispose())

  const senderOf = (tag: string, options: object) =>
    createSender(tag, { ...address, timeout: 10, internalLogger: SILENT, ...options })

  test.for(['Message', 'PackedForward', 'CompressedPackedForward'] as const)(
    '%s with acknowledgements: every record once, in order, with its fields',
    async (eventMode) => {
      const tag = eventMode.toLowerCase()
      const sender = senderOf(tag, { eventMode, requireAckResponse: true, flushInterval: 10 })
      const records = Array.from({ length: 50 }, (_, n) => ({
        n,
        level: 'error',
        text: '한글 "quoted"',
        deep: { a: [1] },
      }))
      await emitAll(sender, records)
      // The acknowledgement says that they are stored.
      const found = await lines(server, `{tag="${tag}.web"}`, { direction: 'forward', limit: '100' })
      expect(found.map((line) => JSON.parse(line)).sort((a, b) => a.n - b.n)).toEqual(records)
      expect(found[0]).toBe('{"n":0,"level":"error","text":"한글 \\"quoted\\"","deep":{"a":[1]}}')
      expect(await lines(server, `{tag="${tag}.web"} | detected_level="error"`, { limit: '100' })).toHaveLength(50)
      await end(sender)
    },
  )

  test('without acknowledgements, with EventTime', async () => {
    const sender = senderOf('plain', {})
    const time = new (logger as unknown as { EventTime: new (s: number, ns: number) => unknown }).EventTime(
      Math.floor(Date.now() / 1000) - 5,
      123_456_789,
    )
    sender.emit('web', { message: 'only a message' }, time as unknown as Date)
    await eventually(async () => (await lines(server, '{tag="plain.web"}')).length === 1)
    const { result } = await queryRange(server, '{tag="plain.web"}')
    const [[ns, line] = []] = (result as StreamResult[])[0]!.values
    expect(line).toBe('only a message')
    expect(ns).toMatch(/123456789$/)
    await end(sender)
  })

  test('a chunk that is sent again is stored once', async () => {
    // ["again", [[time, {"message": "once"}]], {"chunk": …}] by hand: clients send again only after minutes.
    const text = (given: string) => Buffer.concat([Buffer.of(0xa0 | given.length), Buffer.from(given)])
    const time = Buffer.from([0xce, 0, 0, 0, 0])
    time.writeUInt32BE(Math.floor(Date.now() / 1000), 1)
    const record = Buffer.concat([Buffer.of(0x81), text('message'), text('once')])
    const entries = Buffer.concat([Buffer.of(0x91, 0x92), time, record])
    const options = Buffer.concat([Buffer.of(0x81), text('chunk'), text('c29tZS1jaHVuay1vZi1iZQ==')])
    const message = Buffer.concat([Buffer.of(0x93), text('again'), entries, options])
    for (const _attempt of [1, 2]) {
      const socket = connect(address)
      socket.write(message)
      const [ack] = (await once(socket, 'data')) as [Buffer]
      expect(ack).toEqual(Buffer.concat([Buffer.of(0x81), text('ack'), text('c29tZS1jaHVuay1vZi1iZQ==')]))
      socket.destroy()
    }
    expect(await lines(server, '{tag="again"}')).toEqual(['once'])
    expect((await expectConserved(server, 'fluent')).duplicate).toBe(1)
  })

  test('fluent-logger for Python', async () => {
    const path = shop.file(
      'logger.py',
      `import logging
from fluent import handler, sender

logger = sender.FluentSender('py', host='${address.host}', port=${address.port}, nanosecond_precision=True)
assert logger.emit('web', {'message': 'from Python', 'n': 1})
logger.close()
h = handler.FluentHandler('py.log', host='${address.host}', port=${address.port})
h.setFormatter(handler.FluentRecordFormatter({'level': '%(levelname)s', 'where': '%(name)s'}))
log = logging.getLogger('shop')
log.addHandler(h)
log.warning('declined')
h.close()
`,
    )
    await shop.run('/usr/bin/python3', [path])
    await eventually(async () => (await lines(server, '{tag=~"py.*"}')).length === 2)
    expect(await lines(server, '{tag="py.web"}')).toEqual(['{"message":"from Python","n":1}'])
    const [line = ''] = await lines(server, '{tag="py.log"} | detected_level="warn"')
    expect(JSON.parse(line)).toEqual({ level: 'WARNING', where: 'shop', message: 'declined' })
  })

  test('heartbeats by UDP are answered on the same port', async () => {
    const socket = createSocket('udp4')
    socket.send(Buffer.of(0), address.port, address.host)
    expect(await once(socket, 'message')).toMatchObject([Buffer.of(0), { port: address.port }])
    socket.close()
  })

  test('what is no message is told of on the page of sources', async () => {
    const socket = connect(address)
    socket.write('GET / HTTP/1.1\r\n\r\n')
    await once(socket, 'close')
    await eventually(async () =>
      (await sourceOf(server, 'fluent')).rejections.some(({ reason }) => reason.includes('neither HTTP nor JSON')),
    )
    await expectConserved(server, 'fluent')
  })

  test('20,000 records in compressed chunks, all acknowledged and stored', async () => {
    const sender = senderOf('many', {
      eventMode: 'CompressedPackedForward',
      requireAckResponse: true,
      flushInterval: 20,
      sendQueueSizeLimit: 100_000,
    })
    const records = Array.from({ length: 20_000 }, (_, n) => ({ n, level: 'info', path: '/cart', took: n / 7 }))
    await emitAll(sender, records)
    const search = new URLSearchParams({ query: 'sum(count_over_time({tag="many.web"}[1h]))' })
    const { data } = await (await server.fetch(`/loki/api/v1/query?${search}`)).json()
    expect(data.result[0].value[1]).toBe('20000')
    await expectConserved(server, 'fluent')
    await end(sender)
  })
})

describe('with a shared key and users', () => {
  let server: TestServer
  let address: { host: string; port: number }

  beforeAll(async () => {
    const values = { 'tcp.port': '0', sharedKey: 'the key', users: 'kim:pass:shop', hostname: 'girok.test' }
    server = await startServer({ args: [...QUIET, ...settings(values)] })
    address = await listenerOf(server, 'fluent', 'tcp')
  })
  afterAll(() => server?.dispose())

  const senderOf = (security: object, log: object = SILENT) =>
    createSender('app', {
      ...address,
      timeout: 10,
      requireAckResponse: true,
      enableReconnect: false,
      internalLogger: { ...SILENT, ...log },
      security: { clientHostname: 'web1', sharedKey: 'the key', username: 'kim', password: 'pass', ...security },
    })

  test('the right ones are let in, into the tenant of the user', async () => {
    const sender = senderOf({})
    await emitAll(sender, [{ message: 'let in' }])
    expect(await lines(server, '{tag="app.web"}', {}, { 'x-scope-orgid': 'shop' })).toEqual(['let in'])
    expect(await lines(server, '{tag="app.web"}')).toEqual([])
    await end(sender)
  })

  test.for([
    [{ sharedKey: 'another' }, 'shared key mismatch'],
    [{ password: 'another' }, 'username/password mismatch'],
    [{ username: 'lee' }, 'username/password mismatch'],
  ] as const)('%j is turned away with the reason', async ([security, reason]) => {
    const said: string[] = []
    const sender = senderOf(security, { error: (text: string) => said.push(text) })
    sender.emit('web', { message: 'not let in' })
    await eventually(() => said.some((text) => text.includes(reason)))
    expect(await lines(server, '{tag="app.web"} |= "not let in"', {}, { 'x-scope-orgid': 'shop' })).toEqual([])
    sender.end(null, null, () => {})
  })
})
