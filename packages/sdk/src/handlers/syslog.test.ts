import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import os, { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, expect, test, vi } from 'vitest'
import { textFormatter } from '../formatters/text.ts'
import { createHierarchy } from '../hierarchy.ts'
import { recordOf } from '../testing/record.ts'
import { type MessageShape, rfc3164, rfc5424 } from './syslog/message.ts'
import { severityOf } from './syslog/priority.ts'
import { CERTIFICATE, KEY } from './syslog/testing/certificate.ts'
import { type SyslogOptions, syslogHandler } from './syslog.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const SHAPE: MessageShape = {
  origin: { facility: 1, hostname: 'web-1', appName: 'shop', processId: 4711 },
  maxBytes: 8192,
  formatter: undefined,
  structuredData: undefined,
}

const bytes = (text: string) => Buffer.byteLength(text)

test('RFC 5424, as its grammar wants it', () => {
  const fields = { order_id: 7, name: 'a "b" ] \\ c', 'bad name=]"': true, none: undefined, list: [1, 'x'] }
  const record = recordOf({ level: 40, logger: 'shop.pay', message: 'no card', fields })
  expect(rfc5424(record, SHAPE)).toBe('<11>1 2026-01-31T08:05:07.042Z web-1 shop 4711 - - no card')
  expect(rfc5424(record, { ...SHAPE, structuredData: 'f@32473' })).toBe(
    '<11>1 2026-01-31T08:05:07.042Z web-1 shop 4711 - [f@32473 logger="shop.pay" order_id="7" ' +
      'name="a \\"b\\" \\] \\\\ c" bad_name___="true" list="[1,\\"x\\"\\]"] no card',
  )
  const nobody = { ...SHAPE, origin: { facility: 23, hostname: '', appName: 'my app\n<1>', processId: undefined } }
  expect(rfc5424(recordOf({ message: '' }), nobody)).toBe('<190>1 2026-01-31T08:05:07.042Z - my_app_<1> - - -')
})

test('a text that is not ASCII begins with the byte order mark, another does not', () => {
  expect(rfc5424(recordOf({ message: '결제' }), SHAPE)).toMatch(/ - - \ufeff결제$/)
  expect(rfc5424(recordOf({ message: 'paid' }), SHAPE)).not.toContain('\ufeff')
  expect(rfc3164(recordOf({ message: '결제' }), SHAPE)).not.toContain('\ufeff')
})

test('RFC 3164: local time, day padded with a space, name and process before the text', () => {
  const timeMs = new Date(2026, 1, 3, 4, 5, 6).getTime()
  const formatter = textFormatter('%(name)s: %(message)s')
  expect(rfc3164(recordOf({ timeMs, level: 50, fields: { a: 1 } }), { ...SHAPE, formatter })).toBe(
    '<10>Feb  3 04:05:06 web-1 shop[4711]: app: hello a=1',
  )
  const odd = { ...SHAPE, origin: { ...SHAPE.origin, appName: 'my app:[1]', processId: undefined } }
  expect(rfc3164(recordOf({ timeMs }), odd)).toBe('<14>Feb  3 04:05:06 web-1 my_app__1_: hello')
})

test('severities', () => {
  expect([0, 10, 20, 24, 25, 30, 40, 50, 60].map(severityOf)).toEqual([7, 7, 6, 6, 5, 4, 3, 2, 2])
})

test('one message stays one line, whatever is logged', () => {
  const nasty = 'a\n<0>1 - - forged\r\t\u0000\u2028z'
  for (const structuredData of [undefined, 'f@1']) {
    for (const format of [rfc5424, rfc3164]) {
      const record = recordOf({ message: nasty, fields: { [nasty]: nasty, error: new Error(nasty) } })
      const formatter = structuredData === undefined ? textFormatter('%(message)s') : undefined
      const text = format(record, { ...SHAPE, structuredData, formatter })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      expect(text).not.toMatch(/[\u0000-\u001f\u2028]/)
      expect(text).toContain('a\\n<0>1 - - forged')
    }
  }
})

test('long messages are cut between characters; fields that leave no room are left out whole', () => {
  for (const character of ['a', 'é', '결', '😀']) {
    for (let extra = 0; extra < 5; extra++) {
      const message = 'x'.repeat(extra) + character.repeat(1000)
      for (const format of [rfc5424, rfc3164]) {
        const text = format(recordOf({ message }), { ...SHAPE, maxBytes: 500 })
        expect(bytes(text)).toBeLessThanOrEqual(500)
        expect(bytes(text)).toBeGreaterThan(490)
        expect(text).toMatch(/^\P{Surrogate}*…$/u)
        expect(text).not.toContain('\ufffd')
      }
    }
  }
  const fields = { small: 1, large: 'x'.repeat(5000), last: 2 }
  const text = rfc5424(recordOf({ message: 'm'.repeat(5000), fields }), {
    ...SHAPE,
    maxBytes: 500,
    structuredData: 'f@1',
  })
  expect(text).toMatch(/ \[f@1 logger="app" small="1" last="2"\] m+…$/)
  expect(bytes(text)).toBeLessThanOrEqual(500)
})

function logTo(options: SyslogOptions) {
  const complaints: string[] = []
  const handler = syslogHandler({
    hostname: 'web-1',
    appName: 'shop',
    intervalMs: 5,
    firstRetryMs: 1,
    longestRetryMs: 5,
    closeTimeoutMs: 2000,
    complain: (text) => void complaints.push(text),
    ...options,
  })
  ends.push(() => handler.close())
  const { root } = createHierarchy({ now: () => Date.UTC(2026, 0, 31, 8, 5, 7, 42) })
  root.setLevel('DEBUG').addHandler(handler)
  return { root, handler, complaints }
}

const PREFIX = `<12>1 2026-01-31T08:05:07.042Z web-1 shop ${process.pid} - - root: `

/** A collector on a stream: everything it got, by connection. */
async function collector(at: { port?: number; path?: string; tls?: boolean } = {}) {
  const connections: { socket: Socket; text: string }[] = []
  const take = (socket: Socket) => {
    const connection = { socket, text: '' }
    connections.push(connection)
    socket.setEncoding('utf8').on('error', () => {})
    socket.on('data', (chunk) => {
      connection.text += chunk
    })
  }
  const server = at.tls ? createTlsServer({ cert: CERTIFICATE, key: KEY }, take) : createServer(take)
  server.on('error', () => {})
  await new Promise<void>((done) => {
    if (at.path === undefined) server.listen(at.port ?? 0, '127.0.0.1', done)
    else server.listen(at.path, done)
  })
  const stop = () => {
    for (const { socket } of connections) socket.destroy()
    return new Promise<void>((done) => server.close(() => done()))
  }
  ends.push(stop)
  const { port } = at.path === undefined ? (server.address() as AddressInfo) : { port: 0 }
  return { port, connections, stop, text: () => connections.map(({ text }) => text).join('') }
}

/** Messages of a stream with octet counts; throws when a count does not fit. */
function counted(text: string): string[] {
  const messages: string[] = []
  for (let left = Buffer.from(text); left.length > 0; ) {
    const space = left.indexOf(' ')
    const end = space + 1 + Number(left.subarray(0, space).toString())
    if (!(space > 0 && end <= left.length)) throw new Error(`not framed: ${left.subarray(0, 40)}`)
    messages.push(left.subarray(space + 1, end).toString())
    left = left.subarray(end)
  }
  return messages
}

test('UDP: a datagram for each record', async () => {
  const socket = createSocket('udp4')
  const got: string[] = []
  socket.on('message', (message) => void got.push(message.toString()))
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done))
  ends.push(() => socket.close())
  const { root, handler } = logTo({ port: socket.address().port })
  root.warning('one', { a: 1 })
  root.warning('둘')
  await handler.flush()
  await vi.waitFor(() => expect(got).toHaveLength(2), 5000)
  expect(got).toEqual([`${PREFIX}one a=1`, `${PREFIX.replace('root: ', '')}\ufeffroot: 둘`])
  expect(handler.stats).toMatchObject({ sent: 2, waiting: 0 })
})

test('UDP: a datagram that no network takes is refused and counted, the others go', async () => {
  const socket = createSocket('udp4')
  const got: string[] = []
  socket.on('message', (message) => void got.push(message.toString()))
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done))
  ends.push(() => socket.close())
  const { root, handler, complaints } = logTo({ port: socket.address().port, maxBytes: 100_000 })
  root.warning('a')
  root.warning('x'.repeat(90_000))
  root.warning('b')
  await handler.flush()
  await vi.waitFor(() => expect(got).toHaveLength(2), 5000)
  expect(handler.stats).toMatchObject({ sent: 2, waiting: 0, dropped: { refused: 1 } })
  expect(complaints.join()).toContain('EMSGSIZE')
})

test('TCP with octet counts, on one connection', async () => {
  const { port, connections, text } = await collector()
  const { root, handler } = logTo({ protocol: 'tcp', port })
  for (const message of ['one', '둘\n둘']) {
    root.warning(message)
    await handler.flush()
  }
  await vi.waitFor(() => expect(text().length).toBeGreaterThan(2 * PREFIX.length), 5000)
  expect(counted(text())).toEqual([`${PREFIX}one`, `${PREFIX.replace('root: ', '')}\ufeffroot: 둘\\n    둘`])
  expect(connections).toHaveLength(1)
})

test('TCP with line feeds, in the old format', async () => {
  const { port, text } = await collector()
  const { root, handler } = logTo({ protocol: 'tcp', port, framing: 'lf', format: 'rfc3164', facility: 'local0' })
  root.error('one\ntwo')
  root.error('three')
  await handler.flush()
  await vi.waitFor(() => expect(text().split('\n')).toHaveLength(3), 5000)
  expect(
    text()
      .split('\n')
      .map((line) => line.slice(0, 5)),
  ).toEqual(['<131>', '<131>', ''])
})

test('a socket of the file system', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'girok-syslog-'))
  ends.push(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 's')
  const { text } = await collector({ path })
  const { root, handler } = logTo({ protocol: 'unix', path })
  root.warning('one')
  await handler.flush()
  await vi.waitFor(() => expect(counted(text())).toEqual([`${PREFIX}one`]), 5000)
})

test('TLS: the certificate is checked', async () => {
  const { port, text } = await collector({ tls: true })
  const { root, handler } = logTo({ protocol: 'tls', port, tls: { ca: CERTIFICATE } })
  root.warning('one')
  await handler.flush()
  await vi.waitFor(() => expect(counted(text())).toEqual([`${PREFIX}one`]), 5000)

  const distrusting = logTo({ protocol: 'tls', port, closeTimeoutMs: 20 })
  distrusting.root.warning('two')
  await vi.waitFor(() => expect(distrusting.complaints.length).toBeGreaterThan(0), 5000)
  expect(distrusting.complaints[0]).toMatch(/cannot be reached \(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED/)
  expect(distrusting.handler.stats).toMatchObject({ sent: 0, waiting: 1 })
})

test('a collector that is away: records wait, and go over a new connection', async () => {
  const first = await collector()
  const { port } = first
  const { root, handler, complaints } = logTo({ protocol: 'tcp', port })
  root.warning('before')
  await handler.flush()
  await vi.waitFor(() => expect(counted(first.text())).toHaveLength(1), 5000)
  await first.stop()
  await new Promise((done) => setTimeout(done, 20))
  for (let i = 0; i < 50; i++) root.warning(`while it is away ${i}`)
  await vi.waitFor(() => expect(handler.stats.retries).toBeGreaterThan(2), 5000)
  expect(complaints[0]).toMatch(/^syslog tcp 127\.0\.0\.1:\d+: cannot be reached \(ECONNREFUSED\); /)
  const second = await collector({ port })
  await handler.flush()
  await vi.waitFor(() => expect(counted(second.text())).toHaveLength(50), 5000)
  expect(handler.stats).toMatchObject({ sent: 51, waiting: 0 })
})

test('a collector that reads nothing: the attempt ends in time', async () => {
  const sockets: Socket[] = []
  const mute = createServer({ pauseOnConnect: true }, (socket) => void sockets.push(socket.on('error', () => {})))
  await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done))
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    mute.close()
  })
  const { port } = mute.address() as AddressInfo
  const { root, handler, complaints } = logTo({
    protocol: 'tcp',
    port,
    timeoutMs: 100,
    closeTimeoutMs: 50,
    batchSize: 2 ** 25,
    batchCount: 5000,
    queueSize: 2 ** 25,
  })
  for (let i = 0; i < 2000; i++) root.warning('x'.repeat(8000))
  await vi.waitFor(() => expect(sockets.length).toBeGreaterThan(1), 5000)
  expect(complaints[0]).toMatch(/does not answer within 100 ms/)
  expect(handler.stats).toMatchObject({ sent: 0, waiting: 2000 })
})

test('a machine that does not tell its name gets none, and a handler all the same', () => {
  const { hostname } = os
  os.hostname = () => {
    throw new Error('not permitted')
  }
  syncBuiltinESMExports()
  try {
    expect(syslogHandler().name).toBe('syslog udp 127.0.0.1:514')
  } finally {
    os.hostname = hostname
    syncBuiltinESMExports()
  }
})

test('options that cannot be right say so', () => {
  const bad: [SyslogOptions, RegExp][] = [
    [{ protocol: 'sctp' as never }, /protocol is "sctp": use udp, tcp, tls, unix/],
    [{ format: 'rfc1' as never }, /format is "rfc1"/],
    [{ framing: 'crlf' as never }, /framing is "crlf"/],
    [{ facility: 'local9' as never }, /facility is "local9": use 0 to 23 or one of kern, user/],
    [{ facility: 24 }, /facility is 24/],
    [{ protocol: 'unix' }, /needs the path/],
    [{ port: 70_000 }, /port is 70000/],
    [{ maxBytes: 100 }, /maxBytes is 100/],
    [{ structuredData: 'fields' }, /structuredData is "fields": use a name such as/],
    [{ structuredData: 'a b@1' }, /structuredData is "a b@1"/],
    [{ structuredData: 'f@1', format: 'rfc3164' }, /needs the format rfc5424/],
  ]
  for (const [options, message] of bad) expect(() => syslogHandler(options)).toThrow(message)
  expect(syslogHandler({ host: '::1', protocol: 'tls' }).name).toBe('syslog tls [::1]:6514')
})
