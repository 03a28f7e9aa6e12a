import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { Extension, eventTime, Float, type Packable, Pairs, pack, pairs, Raw } from '../testing/msgpack.ts'
import { written } from '../testing/msgpack-reader.ts'
import { fluent } from './fluent.ts'

const NOW = Date.UTC(2025, 11, 20, 12)
const SECOND = NOW / 1000
const CHUNK = 'cDEzNDU2Nzg5MDEyMzQ1Ng=='
const TCP = { tcp: { port: 0 } }

function open(given: Parameters<typeof openReceiver>[1] = {}) {
  const { options, ...rest } = given
  return openReceiver(fluent, { nowMs: NOW, options: { ...TCP, ...(options as object) }, ...rest })
}

function packed(entries: readonly Packable[]): Buffer {
  return Buffer.concat(entries.map(pack))
}

/** As clients of before binaries send it. */
function asText(bytes: Buffer): Raw {
  return new Raw(Buffer.concat([Buffer.of(0xda, bytes.length >> 8, bytes.length & 255), bytes]))
}

const sha512 = (...parts: (string | Buffer)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha512')).digest('hex')

describe('modes', () => {
  const record = pairs({ level: 'info', n: 1 })
  const stored = { labels: { tag: 'app' }, ns: `${SECOND}000000000`, level: 'unknown', line: '{"level":"info","n":1}' }
  const entries: Packable[] = [
    [SECOND, record],
    [eventTime(SECOND, 0), record],
    [new Float(SECOND), record],
    [[eventTime(SECOND, 0), new Pairs([])], record],
  ]
  const messages: Record<string, Packable> = {
    message: ['app', SECOND, record],
    forward: ['app', entries],
    packed: ['app', packed(entries)],
    'packed as text': ['app', asText(packed(entries))],
    'packed, compressed text': ['app', packed(entries), pairs({ compressed: 'text', size: 4 })],
    'packed, gzip': ['app', gzipSync(packed(entries)), pairs({ compressed: 'gzip' })],
  }
  for (const [mode, message] of Object.entries(messages)) {
    for (const chunk of [undefined, CHUNK]) {
      it(`${mode}${chunk === undefined ? '' : ' with acknowledgement'}`, async () => {
        const bench = open()
        const client = bench.connect('tcp')
        const parts = [...(message as Packable[])]
        if (chunk !== undefined) {
          const given = parts.at(-1) instanceof Pairs && mode !== 'message' ? (parts.pop() as Pairs).pairs : []
          parts.push(new Pairs([...given, ['chunk', chunk]]))
        }
        await client.send(pack(parts))
        await client.end()
        await bench.close()
        expect(bench.records()).toMatchObject(
          Array(mode === 'message' ? 1 : 4).fill({ ...stored, level: expect.any(String) }),
        )
        expect(written(client.written)).toEqual(chunk === undefined ? [] : [{ ack: Buffer.from(chunk) }])
        expect(bench.keys).toEqual([chunk === undefined ? undefined : `fluent:${chunk}`])
        expect(bench.imbalance()).toBe(0)
        expect(bench.faults).toEqual([])
      })
    }
  }
})

describe('records', () => {
  async function linesOf(records: readonly Packable[], options: object = {}) {
    const bench = open({ options })
    const client = bench.connect('tcp')
    await client.send(pack(['app', records.map((record) => [SECOND, record])]))
    await bench.close()
    return bench
  }

  it('are JSON in the order of their fields', async () => {
    const record = new Pairs([
      ['z', 1],
      ['a', [true, null, -5, 2n ** 64n - 1n, -(2n ** 63n), new Float(1.5), new Float(Number.NaN), new Float(0.5, 32)]],
      ['m', pairs({ x: 'quote " back \\ tab \t bell \u0007 세', y: new Pairs([]) })],
      [7, 'number as name'],
      ['bin', Buffer.from('bytes')],
      ['time', eventTime(SECOND, 120_000_000)],
      ['ext', new Extension(9, Buffer.from('hi!'))],
    ])
    const [stored] = (await linesOf([record])).records()
    expect(stored!.line).toBe(
      '{"z":1,"a":[true,null,-5,18446744073709551615,-9223372036854775808,1.5,null,0.5],"m":{"x":"quote \\" back \\\\ tab \\t bell \\u0007 세","y":{}},"7":"number as name","bin":"bytes","time":"2025-12-20T12:00:00.12Z","ext":"aGkh"}',
    )
  })

  it('give up Docker’s fields to labels and metadata, and are the text of what is left', async () => {
    const record = pairs({ container_id: 'abc', container_name: '/web', source: 'stderr', log: '{"level":"error"}' })
    const [stored] = (await linesOf([record])).records()
    expect(stored).toMatchObject({
      labels: { tag: 'app', container_name: 'web' },
      line: '{"level":"error"}',
      metadata: { container_id: 'abc', source: 'stderr' },
    })
  })

  it('are the text of log or message only when no other field is left', async () => {
    const records = [
      pairs({ message: 'alone\n' }),
      pairs({ message: 'a', k: 1 }),
      pairs({ k: 1, log: 'b' }),
      pairs({ log: 5 }),
    ]
    const lines = (await linesOf(records)).records().map(({ line }) => line)
    expect(lines).toEqual(['alone', '{"message":"a","k":1}', '{"k":1,"log":"b"}', '{"log":5}'])
  })

  it('follow the options', async () => {
    const record = pairs({ service: 'shop', region: 'seoul', text: 'hello' })
    const options = { tagLabel: 'fluent_tag', labels: ['service'], metadata: ['region'], lineFields: ['text'] }
    const [stored] = (await linesOf([record], options)).records()
    expect(stored).toMatchObject({
      labels: { fluent_tag: 'app', service: 'shop' },
      metadata: { region: 'seoul' },
      line: 'hello',
    })
  })

  it('with invalid UTF-8 are repaired and told of in the log', async () => {
    const notes: unknown[] = []
    const bench = open()
    const { log } = bench.context
    Object.assign(bench.context, {
      log: (level: 'warning', message: string, fields: object) => {
        notes.push([level, message, fields])
        log(level, message, { ...fields })
      },
    })
    const reopened = fluent.open(fluent.options.parse(TCP), bench.context)
    const [listener] = reopened.listeners!
    if (listener?.kind !== 'stream') throw new Error('no stream')
    const face = { tenant: 't', remoteAddress: 'x', write: async () => {}, close: () => {} }
    await listener.open(face).data(pack(['app', SECOND, pairs({ m: Buffer.from([0x61, 0xff, 0x62]) })]))
    await reopened.close!()
    expect(bench.records()[0]!.line).toBe('{"m":"a\ufffdb"}')
    expect(notes).toEqual([['warning', 'invalid UTF-8 was replaced by U+FFFD', { receiver: 'fluent', texts: 1 }]])
  })

  it('that break a rule are refused, and the others stored and acknowledged', async () => {
    let deep: Packable = 1
    for (let i = 0; i < 65; i++) deep = [deep]
    const entries: Packable[] = [
      [SECOND, pairs({ good: 1 })],
      5,
      ['yesterday', pairs({ a: 1 })],
      [SECOND, 'no map'],
      [SECOND, pairs({ deep })],
      [SECOND, new Pairs([[[1], 2]])],
      [SECOND - 8 * 86_400, pairs({ old: 1 })],
      [SECOND, pairs({ long: 'x'.repeat(300_000) })],
      [SECOND, pairs({ good: 2 })],
    ]
    const bench = open()
    const client = bench.connect('tcp')
    await client.send(pack(['app', packed(entries), pairs({ chunk: CHUNK })]))
    expect(bench.records().map(({ line }) => line)).toEqual(['{"good":1}', '{"good":2}'])
    expect(written(client.written)).toEqual([{ ack: Buffer.from(CHUNK) }])
    expect(bench.counters.rejected.total).toBe(7)
    expect(bench.rejections).toHaveLength(1)
    expect(bench.imbalance()).toBe(0)
  })
})

describe('times', () => {
  it('of every kind', async () => {
    const times: Packable[] = [
      SECOND,
      new Float(SECOND + 0.123456),
      new Float(SECOND + 0.9999999),
      eventTime(SECOND, 123_456_789),
      new Extension(-1, Buffer.from(eventTime(SECOND, 0).data.subarray(0, 4))),
      null,
      0,
    ]
    const bench = open()
    await bench.connect('tcp').send(pack(['app', times.map((time) => [time, pairs({ a: 1 })])]))
    await bench.close()
    const fractions = ['000000000', '123456000', '', '123456789', '000000000', '000000000', '000000000']
    const expected = fractions.map((fraction) => (fraction === '' ? `${SECOND + 1}000000000` : `${SECOND}${fraction}`))
    expect(bench.records().map(({ ns }) => ns)).toEqual(expected)
  })

  it('of Fluent Bit come with metadata, and brackets of groups are no records', async () => {
    const bench = open()
    const entries: Packable[] = [
      [[eventTime(0xffffffff, 0), new Pairs([])], pairs({ resource: 1 })],
      [[eventTime(SECOND, 5), pairs({ 'trace.id': 'ab', deep: pairs({ x: 1 }) })], pairs({ log: 'hi' })],
      [[eventTime(0xfffffffe, 0), new Pairs([])], new Pairs([])],
    ]
    await bench.connect('tcp').send(pack(['app', packed(entries)]))
    await bench.close()
    expect(bench.records()).toMatchObject([{ line: 'hi', metadata: { trace_id: 'ab', deep: '{"x":1}' } }])
    expect(bench.imbalance()).toBe(0)
  })
})

describe('acknowledgements', () => {
  const message = (chunk: string, n: number) => pack(['app', SECOND, pairs({ n }), pairs({ chunk })])

  it('come in the order of the messages, after the store has them', async () => {
    const waiting: (() => void)[] = []
    const bench = open({ write: () => new Promise((done) => waiting.push(() => done({ stored: true }))) })
    const client = bench.connect('tcp')
    const sent = client.send(Buffer.concat([message('one-one-one-one-one', 1), message('two-two-two-two-two', 2)]))
    await expect.poll(() => waiting.length).toBe(2)
    waiting[1]!()
    await new Promise((done) => setTimeout(done, 20))
    expect(client.written.length).toBe(0)
    waiting[0]!()
    await sent
    const acks = written(client.written) as { ack: Buffer }[]
    expect(acks.map(({ ack }) => String(ack))).toEqual(['one-one-one-one-one', 'two-two-two-two-two'])
  })

  it('are not sent for what was not stored: the connection is closed', async () => {
    const bench = open({ write: () => Promise.reject(new GirokError('bad_request', 'never')) })
    const client = bench.connect('tcp')
    await client.send(message(CHUNK, 1))
    expect(client.written.length).toBe(0)
    expect(client.closed).toBe(true)
    expect(bench.rejections).toMatchObject([{ status: 400 }])
    expect(bench.imbalance()).toBe(0)
  })

  it('wait while the store is full, and give up when the server stops', async () => {
    const bench = open({ write: () => Promise.reject(new GirokError('overloaded', 'full')) })
    const client = bench.connect('tcp')
    const sent = client.send(message(CHUNK, 1))
    await new Promise((done) => setTimeout(done, 30))
    expect(client.closed).toBe(false)
    await bench.close()
    await sent
    expect(client.closed).toBe(true)
    expect(client.written.length).toBe(0)
    expect(bench.imbalance()).toBe(0)
  })

  it('keep the type of the id; short and binary ids', async () => {
    const bench = open()
    const client = bench.connect('tcp')
    const binary = Buffer.from([0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
    await client.send(pack(['app', SECOND, pairs({ n: 1 }), pairs({ chunk: binary })]))
    await client.send(message('7', 2))
    expect(client.written).toEqual(Buffer.concat([pack(pairs({ ack: binary })), pack(pairs({ ack: '7' }))]))
    expect(bench.keys).toEqual([`fluent:${binary.toString('base64')}`, undefined])
  })
})

describe('what is no message', () => {
  const bad: Record<string, [Buffer, RegExp]> = {
    HTTP: [Buffer.from('GET / HTTP/1.1\r\n\r\n'), /neither HTTP nor JSON/],
    'no records': [pack(['app']), /a tag and records/],
    'tag that is no text': [pack([5, SECOND, pairs({})]), /the tag must be a text/],
    'a byte that nothing begins with': [Buffer.from([0x92, 0xc1]), /0xc1/],
    'too large by its own word': [Buffer.from([0x92, 0xa1, 0x61, 0xc6, 0x7f, 255, 255, 255]), /maxFrameBytes/],
    'too many by its own word': [Buffer.from([0xdd, 255, 255, 255, 255]), /maxFrameBytes/],
    'broken gzip': [pack(['app', Buffer.from('no gzip'), pairs({ compressed: 'gzip' })]), /not valid gzip/],
    'unknown compression': [pack(['app', Buffer.from('x'), pairs({ compressed: 'lzma' })]), /lzma/],
    'a bomb': [pack(['app', gzipSync(Buffer.alloc(200e6)), pairs({ compressed: 'gzip' })]), /maxDecompressedBytes/],
    'cut entries': [pack(['app', Buffer.from([0x92, 0x01]), pairs({ chunk: CHUNK })]), /end within a value/],
    metrics: [pack(['app', Buffer.from([0x92, 0x01]), pairs({ fluent_signal: 1 })]), /fluent_signal/],
  }
  for (const [name, [bytes, why]] of Object.entries(bad)) {
    it(`${name} closes the connection with a reason`, async () => {
      const bench = open()
      const client = bench.connect('tcp')
      await expect(client.send(bytes)).rejects.toThrow(why)
      await bench.close()
      expect(bench.records()).toEqual([])
      expect(bench.imbalance()).toBe(0)
    })
  }

  it('holds little of what is not complete, byte by byte', async () => {
    const bench = open()
    const client = bench.connect('tcp')
    const bytes = pack([
      'app',
      Array.from({ length: 40 }, (_, n) => [eventTime(SECOND, n), pairs({ n, s: 'x'.repeat(40) })]),
    ])
    for (const byte of bytes.subarray(0, -1)) await client.send(Buffer.of(byte))
    expect(client.handler.heldBytes()).toBe(bytes.length - 1)
    await client.send(bytes.subarray(-1))
    expect(client.handler.heldBytes()).toBe(0)
    await bench.close()
    expect(bench.records()).toHaveLength(40)
  })

  it('tells of a connection that ended within a message', async () => {
    const client = open().connect('tcp')
    await client.send(pack(['app', SECOND, pairs({ a: 1 })]).subarray(0, 9))
    await expect(client.end()).rejects.toThrow('ended within a message')
  })

  it('takes nil as a sign of life', async () => {
    const bench = open()
    await bench.connect('tcp').send(Buffer.from([0xc0, 0xc0]))
    expect(bench.counters.received.total).toBe(0)
  })
})

describe('handshake', () => {
  const options = { sharedKey: 'secret', users: ['kim:pass:shop', 'lee:word'], hostname: 'girok' }

  function greet(client: { written: Buffer }, given: { key?: string; name?: string; password?: string } = {}): Buffer {
    const { key = 'secret', name = 'kim', password = 'pass' } = given
    const [[word, { nonce, auth }]] = written(client.written) as [[Buffer, { nonce: Buffer; auth: Buffer }]]
    expect(String(word)).toBe('HELO')
    expect(nonce).toHaveLength(16)
    return pack(['PING', 'web1', 'salt', sha512('salt', 'web1', nonce, key), name, sha512(auth, name, password)])
  }

  it('lets in who knows the key and a password; the tenant is the user’s', async () => {
    const bench = open({ options })
    const client = bench.connect('tcp')
    const nonce = (written(client.written) as [[Buffer, { nonce: Buffer }]])[0][1].nonce
    await client.send(Buffer.concat([greet(client), pack(['app', SECOND, pairs({ a: 1 }), pairs({ chunk: CHUNK })])]))
    const [, pong, ack] = written(client.written) as [unknown, unknown[], unknown]
    expect(pong).toEqual([
      Buffer.from('PONG'),
      true,
      Buffer.from(''),
      Buffer.from('girok'),
      Buffer.from(sha512('salt', 'girok', nonce, 'secret')),
    ])
    expect(ack).toEqual({ ack: Buffer.from(CHUNK) })
    expect(bench.batches.map(({ tenant }) => tenant)).toEqual(['shop'])
  })

  it.each([
    ['another key', { key: 'other' }, 'shared key mismatch'],
    ['another password', { password: 'word' }, 'username/password mismatch'],
    ['an unknown user', { name: 'park' }, 'username/password mismatch'],
  ])('turns away %s', async (_what, given, reason) => {
    const bench = open({ options })
    const client = bench.connect('tcp')
    await client.send(greet(client, given))
    const [, pong] = written(client.written) as [unknown, unknown[]]
    expect(pong.slice(0, 3)).toEqual([Buffer.from('PONG'), false, Buffer.from(reason)])
    expect(client.closed).toBe(true)
    expect(bench.rejections).toMatchObject([{ status: 401 }])
  })

  it('closes when records come instead of PING', async () => {
    const bench = open({ options: { sharedKey: 'secret' } })
    const client = bench.connect('tcp')
    await expect(client.send(pack(['app', SECOND, pairs({ a: 1 })]))).rejects.toThrow('security.shared_key')
    expect(bench.batches).toEqual([])
  })

  it('takes no more than a PING before it', async () => {
    const client = open({ options }).connect('tcp')
    await expect(client.send(pack(['PING', 'x'.repeat(9000)]))).rejects.toThrow('8192')
  })

  it('needs a key where there are users', () => {
    expect(() => open({ options: { users: ['a:b'] } })).toThrow('sharedKey')
  })
})

it('answers heartbeats by UDP', () => {
  const { listeners } = open({ options: { tcp: { port: 24_224 }, udpHeartbeat: true } })
  const udp = listeners.find(({ kind }) => kind === 'datagram')
  if (udp?.kind !== 'datagram') throw new Error('no UDP')
  const answers: Buffer[] = []
  udp.receive(Buffer.of(0), '192.0.2.1', (answer) => answers.push(answer))
  expect(udp.options.port).toBe(24_224)
  expect(answers).toEqual([Buffer.of(0)])
})
