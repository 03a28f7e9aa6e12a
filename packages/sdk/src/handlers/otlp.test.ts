import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordOf } from '../testing/record.ts'
import { otlpHandler } from './otlp.ts'
import { otlpLogRecord, severityNumber } from './otlp-record.ts'
import { farEnd, logTo, type Seen, status } from './remote/testing/far-end.ts'

const ANY = ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue']
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** An AnyValue by the JSON form of Protocol Buffers, read back as a plain value; anything else is a fault. */
function plain(any: Record<string, unknown>): unknown {
  const names = Object.keys(any)
  if (names.length === 0) return null
  expect(names).toHaveLength(1)
  const [name = ''] = names
  expect(ANY).toContain(name)
  const value = any[name]
  switch (name) {
    case 'stringValue':
      expect(value).toBeTypeOf('string')
      expect(value).not.toMatch(LONE)
      return value
    case 'boolValue':
      expect(value).toBeTypeOf('boolean')
      return value
    case 'intValue':
      expect(value).toMatch(/^-?\d+$/)
      expect(BigInt.asIntN(64, BigInt(value as string))).toBe(BigInt(value as string))
      return Number(value)
    case 'doubleValue':
      if (typeof value !== 'number') expect(['NaN', 'Infinity', '-Infinity']).toContain(value)
      return Number(value)
    case 'arrayValue':
      return (value as { values: Record<string, unknown>[] }).values.map(plain)
    default:
      return attributes((value as { values: KeyValue[] }).values)
  }
}

interface KeyValue {
  readonly key: string
  readonly value: Record<string, unknown>
}

function attributes(pairs: readonly KeyValue[]): Record<string, unknown> {
  const read = pairs.map(({ key, value, ...others }) => {
    expect(others).toEqual({})
    expect(key).not.toMatch(LONE)
    return [key, plain(value)] as const
  })
  return Object.fromEntries(read)
}

const RECORD = ['timeUnixNano', 'observedTimeUnixNano', 'severityNumber', 'severityText', 'body', 'attributes']
const OPTIONAL = ['traceId', 'spanId', 'eventName']

/** A LogRecord of the protocol, checked member by member. */
function logRecord(one: Record<string, unknown>) {
  for (const name of RECORD) expect(one).toHaveProperty(name)
  for (const name of Object.keys(one)) expect([...RECORD, ...OPTIONAL]).toContain(name)
  expect(one.timeUnixNano).toMatch(/^\d{19}$/)
  expect(one.severityNumber).toSatisfy((number: number) => Number.isInteger(number) && number >= 1 && number <= 24)
  if (one.traceId !== undefined) expect(one.traceId).toMatch(/^[0-9a-f]{32}$/)
  if (one.spanId !== undefined) expect(one.spanId).toMatch(/^[0-9a-f]{16}$/)
  return {
    ...one,
    body: plain(one.body as Record<string, unknown>),
    attributes: attributes(one.attributes as KeyValue[]),
  } as Record<string, unknown> & { body: unknown; attributes: Record<string, unknown> }
}

function requestOf({ url, headers, body }: Seen) {
  expect(url).toBe('/v1/logs')
  expect(headers['content-type']).toBe('application/json')
  const { resourceLogs, ...others } = JSON.parse(body)
  expect(others).toEqual({})
  expect(resourceLogs).toHaveLength(1)
  const [{ resource, scopeLogs }] = resourceLogs
  return {
    resource: attributes(resource.attributes),
    scopes: scopeLogs.map(
      ({ scope, logRecords }: { scope: { name: string }; logRecords: Record<string, unknown>[] }) => {
        return [scope.name, logRecords.map(logRecord)] as const
      },
    ) as (readonly [string, ReturnType<typeof logRecord>[]])[],
  }
}

const accepted = status(200, '{}', { 'content-type': 'application/json' })
const error = Object.assign(new TypeError('no', { cause: new Error('why') }), { code: 'E1' })

test('records by logger, with resource, severity, typed attributes and trace ids', async () => {
  await using server = await farEnd([], accepted)
  const { getLogger, handler } = logTo(otlpHandler, {
    url: `${server.url}/`,
    resource: { 'service.name': 'shop', replicas: 3 },
    headers: { 'X-Key': 'k' },
  })
  const ids = { trace_id: '0AF7651916CD43DD8448EB211C80319C', span_id: 'b7ad6b7169203331' }
  getLogger('a.b').info('first', { ...ids, n: 1, big: 2n ** 62n, huge: 2n ** 70n, f: 1.5, inf: Infinity, ok: true })
  getLogger('c').log(25, 'second', {
    trace_id: 'mine',
    nested: { list: [1, 'x', null, { deep: false }] },
    gone: undefined,
  })
  getLogger('a.b').critical('third \ud800', { error, when: new Date(0), map: new Map([['k', 1]]) })
  await handler.flush()
  expect(server.seen[0]?.headers['x-key']).toBe('k')
  const { resource, scopes } = requestOf(server.seen[0] as Seen)
  expect(resource).toEqual({ 'service.name': 'shop', replicas: 3 })
  expect(scopes.map(([name, records]) => [name, records.map(({ body }) => body)])).toEqual([
    ['a.b', ['first', 'third \ufffd']],
    ['c', ['second']],
  ])
  const [[, [first, third] = []] = [], [, [second] = []] = []] = scopes
  expect(first).toMatchObject({
    severityNumber: 9,
    severityText: 'INFO',
    traceId: ids.trace_id.toLowerCase(),
    spanId: ids.span_id,
  })
  expect(first?.attributes).toEqual({ n: 1, big: 2 ** 62, huge: String(2n ** 70n), f: 1.5, inf: Infinity, ok: true })
  expect(second).toMatchObject({ severityNumber: 11 })
  expect(second).not.toHaveProperty('traceId')
  expect(second?.attributes).toEqual({ trace_id: 'mine', nested: { list: [1, 'x', null, { deep: false }] } })
  expect(third?.attributes).toEqual({
    'exception.type': 'TypeError',
    'exception.message': 'no',
    'exception.stacktrace': error.stack,
    error: { code: 'E1', cause: { type: 'Error', message: 'why', stack: expect.any(String) } },
    when: '1970-01-01T00:00:00.000Z',
    map: { k: 1 },
  })
  await handler.close()
})

test('levels become the severities of OpenTelemetry', () => {
  const levels = [0, 5, 10, 13, 20, 25, 29, 30, 40, 49, 50, 55, 99]
  expect(levels.map(severityNumber)).toEqual([1, 1, 5, 6, 9, 11, 12, 13, 17, 20, 21, 23, 24])
})

test('any fields make a record that the protocol allows', () => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const odd = fc.constantFrom(circular, Symbol('s'), () => 1, new Set([1]), NaN, -0, '\udc00', new Uint8Array(3), error)
  const fields = fc.dictionary(fc.string({ unit: 'binary' }), fc.oneof(fc.anything({ withBigInt: true }), odd))
  fc.assert(
    fc.property(fields, fc.string({ unit: 'binary' }), (given, message) => {
      logRecord(JSON.parse(otlpLogRecord(recordOf({ fields: given, message }))))
    }),
    { numRuns: 200 },
  )
})

test('rejected records are counted and not sent again', async () => {
  const answer = (rejectedLogRecords: unknown) =>
    JSON.stringify({ partialSuccess: { rejectedLogRecords, errorMessage: 'too old' } })
  await using server = await farEnd([
    status(200, answer('2')),
    status(200, answer(1)),
    status(200, answer('0')),
    status(200, ''),
  ])
  const { log, handler, complaints } = logTo(otlpHandler, { url: server.url })
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 3; i++) log.info('x')
    await handler.flush()
  }
  expect(server.seen).toHaveLength(4)
  expect(handler.stats).toMatchObject({ sent: 9, dropped: { refused: 3 } })
  expect(complaints[0]).toMatch(/refused 2 records: too old$/)
  await handler.close()
})

test('only 429, 502, 503 and 504 are repeated', async () => {
  const codes = [429, 502, 503, 504]
  await using server = await farEnd(
    [...codes, 500, 400].map((code) => status(code)),
    accepted,
  )
  const { log, handler } = logTo(otlpHandler, { url: server.url })
  log.info('x')
  await handler.flush()
  expect(server.seen).toHaveLength(5)
  log.info('y')
  await handler.flush()
  expect(server.seen).toHaveLength(6)
  expect(handler.stats).toMatchObject({ sent: 0, retries: 4, dropped: { refused: 2 } })
  await handler.close()
})
