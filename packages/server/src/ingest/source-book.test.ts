import { expect, test } from 'vitest'
import { createArrivals } from './arrivals.ts'
import { filledSnippet } from './snippet-text.ts'
import { createSourceBook } from './source-book.ts'

const silent = { add: () => {}, value: () => 0 }
const COUNTERS = {
  received: silent,
  receivedBytes: silent,
  stored: silent,
  rejected: silent,
  dropped: silent,
  duplicate: silent,
  undecodable: silent,
}

function open() {
  const clock = { ms: 1_000_000_000_000 }
  const book = createSourceBook(COUNTERS, () => clock.ms)
  const arrivals = createArrivals(book.counters)
  return { clock, book, arrivals, reading: (tenant = 't') => book.reading('syslog', tenant, arrivals) }
}

const source = { receiver: 'syslog', tenant: 't' }

test('what arrives is in flight until it is settled, by tenant', () => {
  const { book, arrivals, reading } = open()
  const first = arrivals.arrived(source, 10, 500)
  const second = arrivals.arrived(source, 5, 50)
  expect(reading()).toMatchObject({ received: 15, bytes: 550, inFlight: 15 })
  book.counters.stored.add(source, 7)
  book.counters.duplicate.add(source, 1)
  book.counters.rejected.add({ ...source, reason: 'line_too_long' }, 2)
  first()
  first()
  expect(reading()).toMatchObject({ stored: 7, duplicate: 1, inFlight: 5 })
  book.counters.dropped.add({ ...source, reason: 'queue_full' }, 5)
  second()
  const { received, stored, duplicate, inFlight, rejected, dropped } = reading()
  expect([rejected, dropped]).toEqual([[{ reason: 'line_too_long', count: 2 }], [{ reason: 'queue_full', count: 5 }]])
  expect(received).toBe(stored + duplicate + inFlight + 2 + 5)
  expect(reading('other')).toMatchObject({ received: 0, inFlight: 0, lastReceivedMs: undefined })
})

test('the rate is the mean of the last minute', () => {
  const { clock, arrivals, reading } = open()
  for (let second = 0; second < 120; second++) {
    arrivals.arrived(source, second < 60 ? 100 : 10, 0)()
    clock.ms += 1000
  }
  clock.ms -= 1000
  expect(reading().recordsPerSecond).toBe(10)
  expect(reading().lastReceivedMs).toBe(clock.ms)
  clock.ms += 30_000
  expect(reading().recordsPerSecond).toBe(5)
  clock.ms += 60_000
  expect(reading().recordsPerSecond).toBe(0)
})

test('refusals are kept newest first, at most twenty, cut', () => {
  const { book, clock, reading } = open()
  for (let i = 0; i < 25; i++) {
    clock.ms++
    book.rejected({ ...source, status: 400, reason: `${i} ${'x'.repeat(1000)}` })
  }
  const { rejections } = reading()
  expect(rejections).toHaveLength(20)
  expect(rejections[0]).toMatchObject({ atMs: clock.ms, status: 400 })
  expect(rejections[0]?.reason.slice(0, 2)).toBe('24')
  expect(rejections[0]?.reason).toHaveLength(500)
})

test('snippets get real addresses, and other dollars stay', () => {
  const addresses = { url: 'http://h:1/base', host: 'h', ports: { udp: 5514, 'tcp-tls': 1 } }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: of a shell
  const text = 'curl $URL/x -d "$HOME" $HOST:$PORT_UDP ${PORT_UDP}x $PORT_NONE $URLS'
  expect(filledSnippet(text, addresses)).toBe('curl http://h:1/base/x -d "$HOME" h:5514 5514x $PORT_NONE $URLS')
})
