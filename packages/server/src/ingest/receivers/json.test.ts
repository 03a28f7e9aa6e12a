import { describe, expect, it } from 'vitest'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { json } from './json.ts'

const NOW = Date.UTC(2025, 11, 20, 12)
const NOW_NS = `${NOW}000000`

async function send(body: string, query = '', headers: Record<string, string> = {}) {
  const bench = openReceiver(json, { nowMs: NOW })
  const response = await bench.send({ path: '/ingest', query, headers, body: Buffer.from(body) })
  expect(bench.imbalance()).toBe(0)
  return { ...response, told: JSON.parse(String(response.body)), records: bench.records(), bench }
}

describe('fields', () => {
  it.each<[string, string, string, Partial<{ ns: string; level: string; labels: Record<string, string> }>]>([
    [
      'first name in order of preference',
      '{"date":"2025-12-20","ts":1766228400,"time":1766228401}',
      '',
      { ns: '1766228401000000000' },
    ],
    ['any case', '{"TimeStamp":1766228400,"LEVEL":"Warning"}', '', { ns: '1766228400000000000', level: 'warn' }],
    [
      'escaped name',
      '{"\\u0074ime":1766228400,"le\\u0076el":"error"}',
      '',
      { ns: '1766228400000000000', level: 'error' },
    ],
    ['last of equal names', '{"time":1766228400,"time":1766228401}', '', { ns: '1766228401000000000' }],
    ['escaped value', '{"time":"2025-12-20T11\\u003a00:00Z"}', '', { ns: '1766228400000000000' }],
    ['null time', '{"time":null}', '', { ns: NOW_NS }],
    ['no time', '{}', '', { ns: NOW_NS }],
    ['time of arrival on request', '{"time":"fast"}', 'time_field=', { ns: NOW_NS }],
    ['named time, exact case', '{"When":1766228400,"time":1}', 'time_field=When', { ns: '1766228400000000000' }],
    ['named time that is missing', '{"time":1}', 'time_field=When', { ns: NOW_NS }],
    [
      'OpenTelemetry',
      '{"timeUnixNano":"1766228400000000001","severityNumber":13}',
      '',
      { ns: '1766228400000000001', level: 'warn' },
    ],
    ['nested level', '{"log":{"level":"error"}}', '', { level: 'error' }],
    ['flat name with a dot', '{"log.level":"error"}', '', { level: 'error' }],
    ['named level', '{"level":"info","sev":3}', 'level_field=sev', { level: 'error' }],
    ['scale of numbers', '{"level":30}', 'level_numbers=python', { level: 'warn' }],
    ['level that is none', '{"level":"banana"}', '', { level: '' }],
    ['level that is an object', '{"level":{"x":1}}', '', { level: '' }],
    ['service as label', '{"service":"shop"}', '', { labels: { service_name: 'shop' } }],
    ['nested service', '{"service":{"name":"shop"}}', '', { labels: { service_name: 'shop' } }],
    ['labels of the request', '{"service":"shop"}', 'label=a=b%3Dc&label=d=e', { labels: { a: 'b=c', d: 'e' } }],
    [
      'fields as labels',
      '{"service":"shop","k8s":{"pod-name":"p"},"n":7,"o":{}}',
      'label_field=service&label_field=k8s.pod-name&label_field=n&label_field=o&label_field=none',
      { labels: { service: 'shop', k8s_pod_name: 'p', n: '7' } },
    ],
    [
      'one field for two purposes',
      '{"level":"error"}',
      'label_field=level',
      { level: 'error', labels: { level: 'error' } },
    ],
    [
      'names of Object',
      '{"constructor":"x","__proto__":"y"}',
      'label_field=__proto__&level_field=constructor',
      { labels: Object.fromEntries([['__proto__', 'y']]), level: '' },
    ],
  ])('%s', async (_name, body, query, expected) => {
    const { status, records, told } = await send(body, query)
    expect(told).toEqual({ accepted: 1, rejected: 0 })
    expect(status).toBe(200)
    expect(records[0]!.line).toBe(body)
    expect(records[0]).toMatchObject(expected)
  })
})

describe('forms', () => {
  it.each<[string, string, string[]]>([
    ['lines', '{"a":1}\r\n\r\n {"a": 2} \n', ['{"a":1}', '{"a": 2}']],
    ['one object', '{\n "a": 1\n}\n', ['{\n "a": 1\n}']],
    ['array', '[ {"a":1} ,\n{"a":2}]', ['{"a":1}', '{"a":2}']],
    ['strings', '"one \\"1\\""\n"two"', ['one "1"', 'two']],
  ])('%s', async (_name, body, lines) => {
    const { status, records } = await send(body)
    expect(status).toBe(200)
    expect(records.map(({ line }) => line)).toEqual(lines)
    expect(records.map(({ ns }) => ns)).toEqual(lines.map((_, i) => `${NOW}00000${i}`))
  })

  it('keeps the other fields as metadata when one field is the line', async () => {
    const body =
      '{"msg":"a\\nb","time":1766228400,"level":"info","app":"x","n":1.50,"deep":{"k":[1]},"-":"lost"}\n{"n":1}'
    const { records } = await send(body, 'message_field=msg&label_field=app')
    expect(records).toEqual([
      {
        labels: { app: 'x' },
        ns: '1766228400000000000',
        level: 'info',
        line: 'a\nb',
        metadata: { n: '1.50', deep: '{"k":[1]}' },
      },
      { labels: { service_name: 'unknown_service' }, ns: `${NOW}000001`, level: '', line: '{"n":1}' },
    ])
  })
})

describe('forms of web pages and of Python', () => {
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
  const LOG_RECORD = 'name=a&levelname=ERROR&levelno=40&created=1766228400.25&lineno=3&exc_info=None'
  const lineOf = (line: string | undefined) => JSON.parse(line ?? '')

  it.each<[string, string, string, object]>([
    ['no parameters', 'done 100%', '()', { msg: 'done 100%' }],
    ['text, number, word', '%s %d %s', "('a', 1, None)", { message: 'a 1 None' }],
    ['names', '%(user)s has %(n)d%%', "{'user': 'kim', 'n': 5}", { message: 'kim has 5%' }],
    ['quotes and escapes', '%s|%s', String.raw`("it's", 'a\n\u20ac\\')`, { message: "it's|a\n€\\" }],
    ['as written', '%r', "('kim',)", { message: "'kim'" }],
    ['one value of a tuple', '%s', "('a',)", { message: 'a' }],
    ['decimals', '%.2f %f', '(1.005, 2)', { message: '1.00 2.000000' }],
  ])('formats the message: %s', async (_name, msg, args, expected) => {
    const { records } = await send(
      `${LOG_RECORD}&msg=${encodeURIComponent(msg)}&args=${encodeURIComponent(args)}`,
      '',
      FORM,
    )
    expect(lineOf(records[0]?.line)).toMatchObject(expected)
  })

  it.each([
    ['an object', '%s', "(<Cart 5>, 'a')"],
    ['a width', '%5d', '(1,)'],
    ['too few values', '%s %s', "('a',)"],
    ['text without end', '%s'.repeat(50), `(${`'${'x'.repeat(2000)}', `.repeat(30)}1)`],
    ['names without end', '%(a)s'.repeat(10_000), `{'a': '${'x'.repeat(20_000)}'}`],
    ['an odd parameter', '100% of', "('a',)"],
    ['text that ends too early', '%s', "('a"],
  ])('leaves the message as it came: %s', async (_name, msg, args) => {
    const { records, status } = await send(
      `${LOG_RECORD}&msg=${encodeURIComponent(msg)}&args=${encodeURIComponent(args)}`,
      '',
      FORM,
    )
    expect(status).toBe(200)
    expect(lineOf(records[0]?.line)).not.toHaveProperty('message')
    expect(records[0]).toMatchObject({ ns: '1766228400250000000', level: 'error' })
  })

  it('takes the time, level and message from other fields where the address says so', async () => {
    const query = 'message_field=msg&level_field=name&time_field='
    const { records } = await send(`${LOG_RECORD}&msg=hi`, query, FORM)
    expect(records[0]).toMatchObject({ line: 'hi', ns: NOW_NS, level: '', metadata: { lineno: '3' } })
  })

  it.each<[string, string, string[]]>([
    ['an object', '{"a":"b=c"}', ['{"a":"b=c"}']],
    ['lines', '\n{"a":"="}\n{"a":"=="}', ['{"a":"="}', '{"a":"=="}']],
    ['a number', '5', ['5']],
  ])('reads JSON that curl calls a form: %s', async (_name, body, lines) => {
    const { records } = await send(body, '', FORM)
    expect(records.map(({ line }) => line)).toEqual(lines)
  })

  it('does not take lines of text for a form', async () => {
    const { status, told, records } = await send('level=info msg="cart paid"', '', FORM)
    expect([status, records]).toEqual([400, []])
    expect(told.errors[0].message).toMatch(/send Content-Type: text\/plain for lines of plain text/)
  })

  it('refuses forms that are no record', async () => {
    expect((await send(`a=${'b'.repeat(5_000_000)}`, '', FORM)).status).toBe(413)
    expect((await send('a=1&'.repeat(2000), '', FORM)).told.error.message).toMatch(/more than 1000 fields/)
  })

  it('by GET takes records of Python alone, and from no other site', async () => {
    const get = async (query: string, headers: Record<string, string> = {}) => {
      const bench = openReceiver(json, { nowMs: NOW })
      const sent = { method: 'GET', path: '/ingest', query, headers, body: Buffer.alloc(0) } as const
      const response = await bench.send(sent)
      expect(bench.imbalance()).toBe(0)
      return { status: response.status, body: String(response.body), records: bench.records() }
    }
    const good = await get(`label=app%3Dshop&${LOG_RECORD}&msg=hi`)
    expect(good).toMatchObject({ status: 200, records: [{ labels: { app: 'shop' }, level: 'error' }] })
    expect((await get(`${LOG_RECORD}&msg=hi`, { 'sec-fetch-site': 'none' })).status).toBe(200)
    const foreign = await get(`${LOG_RECORD}&msg=hi`, { 'sec-fetch-site': 'cross-site' })
    expect(foreign).toMatchObject({ status: 403, records: [] })
    for (const query of ['', 'label=app%3Dshop', 'message=hi&level=info']) {
      const refused = await get(query)
      expect(refused).toMatchObject({ status: 400, records: [] })
      expect(refused.body).toContain('send everything else by POST')
    }
  })
})

describe('faults', () => {
  it('names record and field of a wrong time, and stores the rest', async () => {
    const { status, told, records } = await send('{"ts":true}\n{"ts":"2025-13-01T00:00:00Z"}\n{"ts":[1]}\n{"ok":1}')
    expect(status).toBe(400)
    expect(told).toMatchObject({ accepted: 1, rejected: 3, errors: [{ reason: 'invalid_timestamp', count: 3 }] })
    expect(told.errors[0].message).toMatch(/^record 1: field "ts" holds true, which is not a time/)
    expect(records.map(({ line }) => line)).toEqual(['{"ok":1}'])
  })

  it.each<[string, string, string, RegExp]>([
    ['unknown parameter', '{}', 'labels=a', /unknown parameter "labels": \/ingest knows time_field/],
    ['label without a value', '{}', 'label=app', /label "app" is not of the form name=value/],
    ['label with a bad name', '{}', 'label=a-b=c', /is not of the form name=value/],
    ['parameter twice', '{}', 'time_field=a&time_field=b', /time_field is given twice/],
    ['unknown scale', '{}', 'level_numbers=java', /level_numbers must be one of pino, python, syslog, otel/],
    ['deep field name', '{}', `time_field=${'a.'.repeat(20)}`, /16 parts/],
    ['fault in an array', '[{"a":1},{"a":}]', '', /JSON: expected a value at byte 14/],
    ['array that does not end', '[{"a":1}', '', /expected "," or "]" at byte 8/],
    ['text after an array', '[1] x', '', /unexpected text after the value at byte 4/],
  ])('%s', async (_name, body, query, text) => {
    const { status, told, bench } = await send(body, query)
    expect(status).toBe(400)
    expect(told.error.code).toBe('bad_request')
    expect(told.error.message).toMatch(text)
    expect(told.error.hint).toMatch(/\w/)
    expect(bench.batches).toEqual([])
    expect(bench.counters.undecodable.value({ receiver: 'json', reason: 'bad_request' })).toBe(1)
  })

  it('gives up on a body that is something else altogether', async () => {
    const { told } = await send('<log/>\n'.repeat(20_000))
    expect(told.error.message).toMatch(
      /^more than 10000 records: 10001 errors like: record 1 is not JSON .*text\/plain/,
    )
  })

  it('refuses a body without records', async () => {
    for (const body of ['', ' \n', '[]', '\ufeff']) expect((await send(body)).status).toBe(422)
    expect((await send('\n\r\n', '', { 'content-type': 'text/plain' })).status).toBe(422)
  })
})
