import { describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { syslog } from './syslog.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

const open = (given: Parameters<typeof openReceiver>[1] = {}) => openReceiver(syslog, { nowMs: NOW, ...given })
const lines = (bench: ReturnType<typeof open>) => bench.records().map(({ line }) => line)

describe('syslog', () => {
  it('opens no port unless it is told which', () => {
    const bench = open()
    expect(bench.routes).toEqual([])
    expect(bench.listeners.map(({ name, options }) => [name, options.port])).toEqual([
      ['udp', undefined],
      ['tcp', undefined],
      ['tls', undefined],
    ])
  })

  it.each<[string, object, string]>([
    ['a zone that is none', { timeZone: 'Mars/Olympus' }, 'receivers.syslog.timeZone is "Mars/Olympus"'],
    ['TLS without a certificate', { tls: { port: 0 } }, 'receivers.syslog.tls needs tls.cert and tls.key'],
  ])('refuses %s', (_name, options, text) => {
    expect(() => open({ options })).toThrow(GirokError)
    expect(() => open({ options })).toThrow(text)
  })

  it.each([{ labels: ['program'] }, { framing: 'crlf' }, { time: 'now' }, { udp: { port: 70_000 } }, { port: 514 }])(
    'refuses the options %j',
    (options) => {
      expect(() => open({ options })).toThrow()
    },
  )

  it('keeps connections apart, each with its own framing, and datagrams besides', async () => {
    const bench = open()
    const counted = bench.connect('tcp')
    const lined = bench.connect('tcp')
    await counted.send(Buffer.from('12 <14>app: '))
    await lined.send(Buffer.from('<14>app: li'))
    bench.datagram('udp', Buffer.from('<14>app: datagram'))
    await counted.send(Buffer.from('one13 <14>app: two!'))
    await lined.send(Buffer.from('ne\n'))
    expect([counted, lined].map(({ handler }) => handler.heldBytes())).toEqual([0, 0])
    await counted.end()
    await lined.end()
    await bench.close()
    expect(lines(bench).sort()).toEqual(['datagram', 'line', 'one', 'two!'])
    expect([bench.imbalance(), bench.faults]).toEqual([0, []])
  })

  it('gives each listener its own tenant', async () => {
    const bench = open({ options: { udp: { tenant: 'routers' }, tcp: { tenant: 'ignored-by-the-test-connection' } } })
    bench.datagram('udp', Buffer.from('<14>app: x'))
    await bench.close()
    expect(bench.batches.map(({ tenant }) => tenant)).toEqual(['routers'])
    expect(bench.counters.stored.value({ receiver: 'syslog', tenant: 'routers' })).toBe(1)
  })

  it('drops and counts datagrams that come faster than they are stored', async () => {
    let store = () => {}
    const stored = new Promise<void>((done) => {
      store = done
    })
    const bench = open({
      options: { udp: { maxQueueBytes: 65_536 } },
      write: async () => {
        await stored
        return { stored: true }
      },
    })
    const datagram = Buffer.from(`<14>app: ${'x'.repeat(1000)}`)
    for (let i = 0; i < 500; i++) bench.datagram('udp', datagram)
    store()
    await bench.close()
    const dropped = bench.counters.dropped.value({ receiver: 'syslog', tenant: 't', reason: 'queue_full' })
    expect(dropped).toBeGreaterThan(400)
    expect(bench.counters.stored.total).toBe(500 - dropped)
    expect(bench.imbalance()).toBe(0)
  })

  it('makes connections wait when the store is behind', async () => {
    let store = () => {}
    const stored = new Promise<void>((done) => {
      store = done
    })
    const bench = open({
      limits: { ingestionRateBytes: 0, perStreamRateBytes: 0 },
      write: async () => {
        await stored
        return { stored: true }
      },
    })
    const connection = bench.connect('tcp')
    const chunk = Buffer.from(`<14>app: ${'x'.repeat(1000)}\n`.repeat(1000))
    let sent = 0
    const sending = (async () => {
      for (; sent < 20; sent++) await connection.send(chunk)
    })()
    await new Promise((done) => setTimeout(done, 50))
    expect(sent).toBeLessThan(10)
    store()
    await sending
    await connection.end()
    await bench.close()
    expect(bench.counters.stored.total).toBe(20_000)
    expect([bench.counters.dropped.total, bench.imbalance()]).toEqual([0, 0])
  })

  it('counts what it could read nothing of, though it is stored', async () => {
    const bench = open()
    bench.datagram('udp', Buffer.from('hello'))
    bench.datagram('udp', Buffer.from('<14>app: hello'))
    await bench.close()
    expect(bench.counters.undecodable.value({ receiver: 'syslog', reason: 'kept_as_line' })).toBe(1)
    expect(lines(bench)).toEqual(['hello', 'hello'])
  })

  it('tells who sent a message that is too long', async () => {
    const bench = open({ options: { tcp: { maxFrameBytes: 1024 } } })
    const connection = bench.connect('tcp')
    await connection.send(Buffer.from(`<14>app: ${'x'.repeat(2000)}\n`))
    await connection.end()
    await bench.close()
    expect(bench.rejections[0]?.reason).toContain(
      '192.0.2.1: a message of 2009 bytes or more exceeds receivers.syslog.tcp.maxFrameBytes (1024 bytes)',
    )
    expect(bench.counters.rejected.value({ receiver: 'syslog', tenant: 't', reason: 'line_too_long' })).toBe(1)
    expect(bench.imbalance()).toBe(0)
  })

  it('loses nothing to senders that claim to be ever more hosts', async () => {
    const bench = open({ limits: { maxStreamsPerTenant: 2100 } })
    for (let i = 0; i < 6000; i++) bench.datagram('udp', Buffer.from(`<14>1 - host-${i} app - - - t`))
    await bench.close()
    const labels = new Set(bench.records().map((record) => JSON.stringify(record.labels)))
    expect([bench.counters.stored.total, labels.size]).toEqual([6000, 2001])
    expect(bench.records().at(-1)).toMatchObject({
      labels: { service_name: 'other', facility: 'user' },
      metadata: { app_name: 'app', host: 'host-5999' },
    })
  })
})
