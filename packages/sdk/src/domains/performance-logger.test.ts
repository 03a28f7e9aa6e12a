import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PerformanceLogger } from './performance-logger.ts'
import { Durations, quantile } from './statistics.ts'
import { compiled } from './testing/compiled.ts'
import { fixture } from './testing/fixture.ts'

describe('measure', () => {
  test('logs the operation with its duration and tags, and gives what the work gives', async () => {
    const given = fixture()
    const perf = new PerformanceLogger('ad_api', given)
    const take = (ms: number) => {
      given.now.pass(ms)
      return 'result'
    }
    expect(perf.measure('db_insert', { table: 'campaigns' }, () => take(100))).toBe('result')
    expect(await perf.measure('query', async () => take(5))).toBe('result')
    await perf.close()
    expect(given.files()).toEqual(['performance/ad_api_20251220_120000.log'])
    expect(given.seen()).toEqual([
      [20, 'Operation completed: db_insert', { operation: 'db_insert', duration_ms: 100, table: 'campaigns' }],
      [20, 'Operation completed: query', { operation: 'query', duration_ms: 5 }],
    ])
  })

  test('waits for promises, and does not run thenables', async () => {
    const given = fixture()
    const perf = new PerformanceLogger('p', given)
    const running = perf.measure('slow', async () => {
      await new Promise(setImmediate)
      given.now.pass(70)
    })
    expect(given.seen()).toEqual([])
    await running
    let ran = false
    const lazy = {
      // biome-ignore lint/suspicious/noThenProperty: query builders are such
      then: () => {
        ran = true
      },
    }
    expect(perf.measure('builder', () => lazy)).toBe(lazy)
    expect([ran, given.seen().length]).toEqual([false, 2])
    expect(given.seen()[0]?.[2]).toEqual({ operation: 'slow', duration_ms: 70 })
    await perf.close()
  })

  test('records and counts also what throws or rejects, and lets the error pass', async () => {
    const given = fixture()
    const perf = new PerformanceLogger('p', given)
    const error = new Error('x')
    const fail = () => {
      given.now.pass(3)
      throw error
    }
    expect(() => perf.measure('op', fail)).toThrow(error)
    await expect(perf.measure('op', async () => fail())).rejects.toBe(error)
    const expected = [20, 'Operation completed: op', { operation: 'op', duration_ms: 3, status: 'error' }]
    expect(given.seen()).toEqual([expected, expected])
    expect(perf.summary().op?.count).toBe(2)
    await perf.close()
  })

  test('a timer ends once, by hand or with its block', async () => {
    const given = fixture()
    const perf = new PerformanceLogger('p', given)
    const timer = perf.start('step', { a: 1 })
    given.now.pass(8)
    expect(timer.end({ rows: 2 })).toBe(8)
    given.now.pass(8)
    expect(timer.end()).toBe(8)
    {
      using _measured = perf.start('block')
      given.now.pass(4)
    }
    expect(given.seen().map(([, , fields]) => fields)).toEqual([
      { operation: 'step', duration_ms: 8, a: 1, rows: 2 },
      { operation: 'block', duration_ms: 4 },
    ])
    await perf.close()
  })

  test('without an injected clock durations are of the monotonic one', async () => {
    const { hierarchy, logDirectory } = fixture()
    const perf = new PerformanceLogger('p', { hierarchy, logDirectory })
    await perf.measure('pause', () => new Promise((resolve) => setTimeout(resolve, 30)))
    expect(perf.summary().pause?.mean_ms).toBeGreaterThan(25)
    expect(perf.summary().pause?.mean_ms).toBeLessThan(5000)
    await perf.close()
  })
})

describe('wrap', () => {
  const setUp = () => {
    const given = fixture()
    let ids = 0
    return { given, perf: new PerformanceLogger('ad_api', given), requestId: () => `id${++ids}` }
  }

  test('logs start and success under one id, keeps this, name, length and the result', async () => {
    const { given, perf } = setUp()
    const api = {
      prefix: 'camp_',
      create: perf.wrap(function createCampaign(this: { prefix: string }, name: string, _options: object) {
        given.now.pass(20)
        return this.prefix + name
      }),
    }
    expect([api.create.name, api.create.length]).toEqual(['createCampaign', 2])
    expect(api.create('여름', { budget: 1000 })).toBe('camp_여름')
    const [started, succeeded] = given.seen().map(([level, message, fields]) => ({ level, message, ...Object(fields) }))
    expect(started).toEqual({
      level: 20,
      message: 'API call started: createCampaign',
      api_method: 'createCampaign',
      request_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
      args: '["여름"]',
      kwargs: '{"budget":1000}',
    })
    expect(succeeded).toEqual({
      level: 20,
      message: 'API call succeeded: createCampaign',
      api_method: 'createCampaign',
      request_id: started.request_id,
      duration_ms: 20,
      status: 'success',
    })
    await perf.close()
  })

  test('logs failures of functions and promises with the exception, and lets them pass', async () => {
    const { given, perf, requestId } = setUp()
    const error = new RangeError('too much')
    const work = perf.wrap(
      async (fail: boolean) => {
        await new Promise(setImmediate)
        if (fail) throw error
        return 1
      },
      { name: 'work', requestId },
    )
    expect(await work(false)).toBe(1)
    await expect(work(true)).rejects.toBe(error)
    expect(() =>
      perf.wrap(
        () => {
          throw error
        },
        { name: 'sync', requestId },
      )(),
    ).toThrow(error)
    const ends = given.seen().filter(([, message]) => !message.startsWith('API call started'))
    expect(ends).toEqual([
      [20, 'API call succeeded: work', { api_method: 'work', request_id: 'id1', duration_ms: 0, status: 'success' }],
      [
        40,
        'API call failed: work',
        { api_method: 'work', request_id: 'id2', duration_ms: 0, status: 'error', exception: error },
      ],
      [
        40,
        'API call failed: sync',
        { api_method: 'sync', request_id: 'id3', duration_ms: 0, status: 'error', exception: error },
      ],
    ])
    await perf.flush()
    expect(given.lines().at(-1)?.exception).toEqual({
      type: 'RangeError',
      message: 'too much',
      traceback: expect.stringContaining('performance-logger.test.ts'),
    })
    await perf.close()
  })

  test('arguments are cut at 100 characters each way, left out, or redacted before', async () => {
    const { given, perf } = setUp()
    const args = (index: number) => Object(given.seen()[index]?.[2])
    const long = 'x'.repeat(500)
    perf.wrap((..._: unknown[]) => {}, { name: 'long' })(long, { long })
    expect([args(0).args, args(0).kwargs]).toEqual([`["${'x'.repeat(98)}`, `{"long":"${'x'.repeat(91)}`])
    perf.wrap((_: string) => {}, { name: 'quiet', logArguments: false })('secret')
    expect(Object.keys(args(2))).toEqual(['api_method', 'request_id'])
    const redact = (value: unknown, index: number) => (index === 1 ? '***masked***' : value)
    perf.wrap((..._: unknown[]) => {}, { name: 'redacted', redact })('user', 'secret')
    expect(args(4).args).toBe('["user","***masked***"]')
    perf.wrap((..._: unknown[]) => {}, { name: 'login' })('a@example.com', { user: 'u', password: 'secret' })
    expect([args(6).args, args(6).kwargs]).toEqual(['["***masked***"]', '{"user":"u","password":"***masked***"}'])
    const broken = () => {
      throw new Error('no')
    }
    perf.wrap((..._: unknown[]) => {}, { name: 'broken', redact: broken })('secret')
    expect(args(8).args).toBe('[redaction failed]')
    const circular: Record<string, unknown> = {}
    circular.self = circular
    perf.wrap((..._: unknown[]) => {}, { name: 'odd' })(10n, circular, [circular], null, undefined)
    expect(args(10).args).toBe('["10",{"self":"[circular]"},[{"self":"[circular]"}],null,null]')
    expect(given.content()).not.toContain('secret')
    await perf.close()
  })
})

test('the decorator compiles with TypeScript and logs calls of methods, private state included', () => {
  const program = `
import { createHierarchy } from 'SRC/index.ts'
import { allFields } from 'SRC/record.ts'
import { PerformanceLogger } from 'SRC/domains/performance-logger.ts'

const { root } = createHierarchy({ now: () => 0 })
root.setLevel('INFO').addHandler({
  name: 'printer',
  level: 0,
  handle: (record) => console.log(record.message, JSON.stringify(allFields(record))),
})
const { logged } = new PerformanceLogger('api', { logger: root, now: () => 0 })
let ids = 0
const requestId = () => 'id' + ++ids

class Api {
  #prefix = 'camp_'
  @logged({ requestId })
  createCampaign(name: string): string {
    return this.#prefix + name
  }
  @logged({ requestId, logArguments: false })
  async remove(id: number): Promise<void> {
    throw new TypeError('no campaign ' + id)
  }
}
const api = new Api()
const id: string = api.createCampaign('x')
console.log(id)
await api.remove(7).catch((error: Error) => console.log('caught', error.message))
`
  expect(compiled(program)().trim().split('\n')).toEqual([
    'API call started: createCampaign {"api_method":"createCampaign","request_id":"id1","args":"[\\"x\\"]","kwargs":"{}"}',
    'API call succeeded: createCampaign {"api_method":"createCampaign","request_id":"id1","duration_ms":0,"status":"success"}',
    'camp_x',
    'API call started: remove {"api_method":"remove","request_id":"id2"}',
    'API call failed: remove {"api_method":"remove","request_id":"id2","duration_ms":0,"status":"error","exception":{}}',
    'caught no campaign 7',
  ])
}, 60_000)

describe('summary', () => {
  test('of one value, and of none', async () => {
    const given = fixture()
    const perf = new PerformanceLogger('p', given)
    expect(perf.summary()).toEqual({})
    perf.measure('one', () => given.now.pass(7))
    const all = { mean_ms: 7, median_ms: 7, min_ms: 7, max_ms: 7, stdev_ms: 0, p95_ms: 7, p99_ms: 7 }
    expect(perf.summary()).toEqual({ one: { count: 1, ...all } })
    await perf.close()
  })

  test("agrees with Python's statistics and NumPy's quantiles", () => {
    // Expectations of statistics.mean, median and stdev, and of linear interpolation as numpy.quantile does it.
    const durations = new Durations(100)
    for (const value of [12.5, 3, 99.75, 45, 3, 27.25, 18, 60]) durations.add(value)
    const summary = durations.summary()
    expect(summary).toMatchObject({ count: 8, mean_ms: 33.5625, median_ms: 22.625, min_ms: 3, max_ms: 99.75 })
    expect(summary?.stdev_ms).toBeCloseTo(33.39021188911505, 9)
    expect(summary?.p95_ms).toBeCloseTo(85.8375, 9)
    expect(summary?.p99_ms).toBeCloseTo(96.9675, 9)
  })

  test('agrees with a plain computation of any values', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(values, (list) => {
        const durations = new Durations(300)
        for (const value of list) durations.add(value)
        const sorted = [...list].sort((a, b) => a - b)
        const mean = list.reduce((sum, value) => sum + value, 0) / list.length
        const squares = list.reduce((sum, value) => sum + (value - mean) ** 2, 0)
        // Squares of what is far below a picosecond are 0 in one way of computing and not in the other.
        const scale = Math.max(1e-9, sorted.at(-1) ?? 0)
        const close = (a: number | undefined, b: number) =>
          expect(Math.abs((a ?? Number.NaN) - b) / scale).toBeLessThan(1e-9)
        const summary = durations.summary()
        expect([summary?.count, summary?.min_ms, summary?.max_ms]).toEqual([list.length, sorted[0], sorted.at(-1)])
        close(summary?.mean_ms, mean)
        close(summary?.stdev_ms, list.length > 1 ? Math.sqrt(squares / (list.length - 1)) : 0)
        const middle = sorted.length / 2
        const median = Number.isInteger(middle)
          ? ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
          : (sorted[Math.floor(middle)] ?? 0)
        close(summary?.median_ms, median)
        close(summary?.p95_ms, quantile(sorted, 0.95))
        for (const q of [0.95, 0.99]) {
          // By definition: no value between the two neighbours of the rank is passed over.
          const rank = q * (sorted.length - 1)
          const value = quantile(sorted, q)
          expect(value).toBeGreaterThanOrEqual(sorted[Math.floor(rank)] ?? 0)
          expect(value).toBeLessThanOrEqual(sorted[Math.ceil(rank)] ?? 0)
        }
      }),
    )
  })

  test('of more values than are kept: all exact but the quantiles, which are close', () => {
    // A generator of its own, so that the bound below holds in every run.
    let state = 42
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    }
    const durations = new Durations(1000, random)
    const count = 50_000
    for (let i = 0; i < count; i++) durations.add((i * 7919) % count)
    const summary = durations.summary()
    expect(summary).toMatchObject({ count, min_ms: 0, max_ms: count - 1 })
    expect(summary?.mean_ms).toBeCloseTo((count - 1) / 2, 6)
    expect(summary?.stdev_ms).toBeCloseTo(Math.sqrt((count * (count + 1)) / 12), 3)
    expect(Math.abs((summary?.median_ms ?? 0) / count - 0.5)).toBeLessThan(0.05)
    expect(Math.abs((summary?.p95_ms ?? 0) / count - 0.95)).toBeLessThan(0.03)
  })

  test('operations beyond the bound are logged, told once and not counted', async () => {
    const given = fixture()
    const complaints: string[] = []
    const perf = new PerformanceLogger('p', {
      ...given,
      maxOperations: 2,
      complain: (text) => void complaints.push(text),
    })
    for (const operation of ['a', 'b', 'c', 'a']) perf.measure(operation, () => {})
    expect(Object.entries(perf.summary()).map(([name, { count }]) => [name, count])).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    expect(given.seen()).toHaveLength(4)
    expect(complaints).toEqual(['no statistics of the operation c: there are 2 others already'])
    await perf.close()
    expect(() => new PerformanceLogger('p', { ...given, maxKept: 0 })).toThrow('maxKept is 0')
  })

  test('an operation named as a member of objects is a name', async () => {
    const perf = new PerformanceLogger('p', fixture())
    perf.measure('__proto__', () => {})
    expect(Object.keys(perf.summary())).toEqual(['__proto__'])
    await perf.close()
  })
})
