import type { ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { type FakeRequest, type FakeServer, fakeServer, girok } from '../testing/girok.ts'

let server: FakeServer | undefined
afterEach(() => server?.close())

interface Stored {
  readonly ns: bigint
  readonly app: string
  readonly line: string
}

const BASE = 1_700_000_000_000_000_000n

/** Answers query_range over `stored` as Loki does: [start, end), direction, limit, at most `maxEntries`. */
function store(stored: readonly Stored[], maxEntries = 5000) {
  return ({ params }: FakeRequest, response: ServerResponse) => {
    const limit = Number(params.get('limit'))
    if (limit > maxEntries) {
      response
        .writeHead(400)
        .end(`max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${maxEntries})`)
      return
    }
    const [start, end] = [BigInt(params.get('start') ?? 0), BigInt(params.get('end') ?? 0)]
    const sign = params.get('direction') === 'forward' ? 1 : -1
    const found = stored
      .filter(({ ns }) => ns >= start && ns < end)
      .sort((a, b) => (a.ns === b.ns ? 0 : a.ns < b.ns ? -sign : sign))
      .slice(0, limit)
    const grouped = new Map<string, Stored[]>()
    for (const one of found) grouped.set(one.app, [...(grouped.get(one.app) ?? []), one])
    const result = [...grouped].map(([app, entries]) => ({
      stream: { app },
      values: entries.map(({ ns, line }) => [String(ns), line]),
    }))
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'streams', result } }))
  }
}

const data = (resultType: string, result: unknown) => (_request: FakeRequest, response: ServerResponse) =>
  void response.end(JSON.stringify({ status: 'success', data: { resultType, result } }))

const RANGE = ['--from', '1700000000', '--to', '1700001000']

async function query(answer: Parameters<typeof fakeServer>[0], argv: string[], world = {}) {
  server = await fakeServer(answer)
  return girok(['query', '--url', server.url, ...argv], world)
}

describe('log lines', () => {
  const few: Stored[] = [
    { ns: BASE, app: 'a', line: 'first' },
    { ns: BASE + 1n, app: 'b', line: 'two, "quoted"' },
    { ns: BASE + 2_000_000n, app: 'a', line: 'third' },
  ]

  test.each([
    [
      'line',
      '2023-11-14T22:13:20.000Z {app="a"} first\n2023-11-14T22:13:20.000000001Z {app="b"} two, "quoted"\n2023-11-14T22:13:20.002Z {app="a"} third\n',
    ],
    ['raw', 'first\ntwo, "quoted"\nthird\n'],
    [
      'json',
      '{"timestamp":"2023-11-14T22:13:20.000Z","labels":{"app":"a"},"line":"first"}\n{"timestamp":"2023-11-14T22:13:20.000000001Z","labels":{"app":"b"},"line":"two, \\"quoted\\""}\n{"timestamp":"2023-11-14T22:13:20.002Z","labels":{"app":"a"},"line":"third"}\n',
    ],
    [
      'csv',
      'timestamp,labels,line\r\n2023-11-14T22:13:20.000Z,"{app=""a""}",first\r\n2023-11-14T22:13:20.000000001Z,"{app=""b""}","two, ""quoted"""\r\n2023-11-14T22:13:20.002Z,"{app=""a""}",third\r\n',
    ],
  ])('as %s, oldest first', async (form, text) => {
    expect(await query(store(few), ['{x="y"}', '--forward', '--output', form, ...RANGE])).toEqual({
      code: 0,
      stdout: text,
      stderr: '',
    })
  })

  test('newest first by default; what is asked goes to the server', async () => {
    const { stdout } = await query(store(few), [
      '{x="y"}',
      '--output',
      'raw',
      '--limit',
      '2',
      '--token',
      't',
      '--tenant',
      'team',
      ...RANGE,
    ])
    expect(stdout).toBe('third\ntwo, "quoted"\n')
    const [request] = server?.requests ?? []
    expect(request?.path).toBe('/loki/api/v1/query_range')
    expect(Object.fromEntries(request?.params ?? [])).toEqual({
      query: '{x="y"}',
      start: '1700000000000000000',
      end: '1700001000000000000',
      limit: '2',
      direction: 'backward',
    })
    expect(request?.headers).toMatchObject({ authorization: 'Bearer t', 'x-scope-orgid': 'team' })
  })

  test('the environment says where and who, flags win', async () => {
    server = await fakeServer(store(few))
    const env = { GIROK_URL: server.url, GIROK_TOKEN: 'from-env', GIROK_TENANT: 'x' }
    await girok(['query', '{a="b"}', '--tenant', 'y'], { env })
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer from-env', 'x-scope-orgid': 'y' })
  })

  test('table', async () => {
    const { stdout } = await query(store(few), ['{x="y"}', '--forward', '--output', 'table', ...RANGE])
    const rows = stdout.trimEnd().split('\n')
    expect(rows).toHaveLength(4)
    expect(new Set(rows.map((row) => row.search(/LINE|first|two|third/))).size).toBe(1)
  })

  test('colour on a terminal only, and not with NO_COLOR; control characters never reach a terminal', async () => {
    const bad = [{ ns: BASE, app: 'a', line: 'x\u001b[2Jy' }]
    const argv = ['{x="y"}', ...RANGE]
    const onTerminal = { terminal: { stdout: true } }
    expect((await query(store(bad), argv)).stdout).toContain('x\u001b[2Jy')
    await server?.close()
    const coloured = await query(store(bad), argv, onTerminal)
    expect(coloured.stdout).toContain('\u001b[2m')
    expect(coloured.stdout).toContain('x\\x1b[2Jy')
    await server?.close()
    const plain = await query(store(bad), argv, { ...onTerminal, env: { NO_COLOR: '1' } })
    expect(plain.stdout).toBe('2023-11-14T22:13:20.000Z {app="a"} x\\x1b[2Jy\n')
  })

  test('nothing found is nothing printed, and no failure', async () => {
    expect(await query(store([]), ['{x="y"}'])).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

describe('pages', () => {
  /** Many lines, several of one time, some of them equal, some streams at once. */
  const many: Stored[] = Array.from({ length: 12_345 }, (_, i) => ({
    ns: BASE + BigInt(Math.floor(i / 7)) * 1000n,
    app: `app${i % 3}`,
    line: i % 7 < 2 ? 'same' : `line ${i}`,
  }))
  const counts = (lines: readonly string[]) => {
    const map = new Map<string, number>()
    for (const line of lines) map.set(line, (map.get(line) ?? 0) + 1)
    return map
  }

  test.each([['--forward'], []])('every line comes once and in order %s', async (...direction) => {
    const { stdout, code } = await query(store(many), [
      '{x="y"}',
      '--limit',
      '0',
      '--output',
      'json',
      ...direction,
      ...RANGE,
    ])
    expect(code).toBe(0)
    const entries = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(entries).toHaveLength(many.length)
    expect(counts(entries.map(({ labels, line }) => `${labels.app} ${line}`))).toEqual(
      counts(many.map(({ app, line }) => `${app} ${line}`)),
    )
    const times = entries.map(({ timestamp }) => timestamp.padEnd(30, '0'))
    const sorted = times.map((time) => time.replace('Z', '')).toSorted()
    expect(times.map((time) => time.replace('Z', ''))).toEqual(direction.length > 0 ? sorted : sorted.reverse())
    expect(server?.requests.length).toBe(3)
  })

  test('the limit holds across pages, also where the server allows less at once', async () => {
    const { stdout } = await query(store(many, 1000), ['{x="y"}', '--limit', '2500', '--output', 'raw', ...RANGE])
    expect(stdout.trimEnd().split('\n')).toHaveLength(2500)
    expect(server?.requests.map(({ params }) => params.get('limit')).slice(0, 2)).toEqual(['2500', '1000'])
  })

  test('more lines of one time than an answer holds: an error, not a loop', async () => {
    const flood = Array.from({ length: 30 }, (_, i) => ({ ns: BASE, app: 'a', line: `l${i}` }))
    const { code, stderr } = await query(store(flood, 10), ['{x="y"}', '--limit', '0', ...RANGE])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^girok: more than 10 lines have the same time/)
  })

  test('a reader that has enough ends it quietly', async () => {
    let writes = 0
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        done(++writes > 1 ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : null)
      },
    })
    const outcome = await query(store(many), ['{x="y"}', '--limit', '0', ...RANGE], { stdout })
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(server?.requests.length).toBeLessThan(4)
  })
})

describe('metrics', () => {
  const matrix = [
    {
      metric: { level: 'error' },
      values: [
        [1_700_000_000, '3'],
        [1_700_000_060.5, '12'],
      ],
    },
    { metric: {}, values: [[1_700_000_000, '0.1']] },
  ]

  test.each([
    [
      'table',
      'TIME                      METRIC           VALUE\n2023-11-14T22:13:20.000Z  {level="error"}      3\n2023-11-14T22:14:20.500Z  {level="error"}     12\n2023-11-14T22:13:20.000Z  {}                 0.1\n',
    ],
    [
      'csv',
      'timestamp,metric,value\r\n2023-11-14T22:13:20.000Z,"{level=""error""}",3\r\n2023-11-14T22:14:20.500Z,"{level=""error""}",12\r\n2023-11-14T22:13:20.000Z,{},0.1\r\n',
    ],
  ])('as %s', async (form, text) => {
    const argv = ['rate({a="b"}[1m])', '--output', form, '--step', '1m']
    expect(await query(data('matrix', matrix), argv)).toEqual({ code: 0, stdout: text, stderr: '' })
    expect(server?.requests[0]?.params.get('step')).toBe('1m')
  })

  test('instant', async () => {
    const vector = [{ metric: { a: 'b' }, value: [1_700_000_000, '7'] }]
    const { stdout } = await query(data('vector', vector), ['q', '--instant', '--output', 'json', '--to', '1700000000'])
    expect(stdout).toBe('{"timestamp":"2023-11-14T22:13:20.000Z","metric":{"a":"b"},"value":"7"}\n')
    expect(server?.requests[0]).toMatchObject({ path: '/loki/api/v1/query' })
  })
})

describe('refusals', () => {
  test.each([
    [
      400,
      'parse error at line 1, col 3: syntax error\n',
      'girok: parse error at line 1, col 3: syntax error (status 400)\n',
    ],
    [
      401,
      '{"error":{"code":"unauthorized","message":"no token","hint":"h"}}',
      'girok: not allowed (401): no token; give one by --token or GIROK_TOKEN\n',
    ],
    [500, '', 'girok: the server answered 500\n'],
    [200, '<html>', 'did not answer with JSON: is that a Girok server?\n'],
    [200, '{}', 'girok: the server gave an answer that is not one of a query: is that a Girok server?\n'],
  ])('%d %s', async (status, body, message) => {
    const outcome = await query((_request, response) => void response.writeHead(status).end(body), ['{'])
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toContain(message)
  })

  test('an interrupt ends a running query', async () => {
    const controller = new AbortController()
    const outcome = await query(() => controller.abort(), ['{a="b"}'], { interrupted: controller.signal })
    expect(outcome).toEqual({ code: 130, stdout: '', stderr: '' })
  })
})

describe('--explain', () => {
  const told = {
    ast: {
      kind: 'log',
      selector: { matchers: [{ name: 'a', op: '=', value: 'b' }] },
      stages: [{ kind: 'json', extractions: [] }],
    },
    plan: { kind: 'logs', pushed: [{ rule: 'line-text', text: '|= "x"', exact: true }], reevaluated: true },
    sql: ['SELECT 1'],
    ran: [
      { part: '|= "x"', where: 'sql' },
      { part: '| json', where: 'evaluator' },
    ],
  }
  const figures = { rowsRead: 12, bytesRead: 345, results: 2, tookMs: 6.7 }
  const answer = ({ path, params }: FakeRequest, response: ServerResponse) => {
    expect(path).toContain('/girok/v1/explain')
    expect(params.get('start')).toBe('1700000000000000000')
    response.end(JSON.stringify(params.get('analyze') === 'true' ? { ...told, ...figures } : told))
  }

  test('prints who does what, the statements and the tree', async () => {
    const { code, stdout } = await query(answer, ['{a="b"} |= "x" | json', '--explain', ...RANGE])
    expect(code).toBe(0)
    expect(stdout).toBe(
      [
        'What runs where',
        '  sql        |= "x"',
        '  evaluator  | json',
        '',
        'What the engine filters by',
        '  exact      line-text        |= "x"',
        '',
        'Statement',
        '  SELECT 1',
        '',
        'Syntax tree',
        '  log',
        '    selector:',
        '      matchers: name="a" op="=" value="b"',
        '    stages: json',
        '',
      ].join('\n'),
    )
  })

  test('with --analyze also what was read, and as JSON what the server said', async () => {
    const { stdout } = await query(answer, ['{a="b"}', '--explain', '--analyze', ...RANGE])
    expect(stdout).toContain('What it took\n  12 lines, 345 bytes read\n  2 lines or series in 7 ms\n')
    await server?.close()
    const json = await query(answer, ['{a="b"}', '--explain', '--output', 'json', ...RANGE])
    expect(JSON.parse(json.stdout)).toEqual(told)
  })

  test('--analyze alone means nothing', async () => {
    expect((await query(answer, ['{a="b"}', '--analyze'])).stderr).toContain('--analyze goes with --explain')
  })
})
