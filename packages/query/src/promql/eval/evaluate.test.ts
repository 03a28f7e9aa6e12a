import { describe, expect, test } from 'vitest'
import { QueryError } from '../../text/error.ts'
import type { FunctionCall, PromExpr, VectorSelector } from '../ast.ts'
import { resolveDurations } from '../duration/resolve.ts'
import { parsePromQL } from '../parse/parse.ts'
import { hashLabels, xxHash64 } from './aggregate/hash.ts'
import { formatGeneral } from './annotations.ts'
import { evaluatePromQL } from './evaluate.ts'
import { selectorReads } from './reads.ts'
import { isStaleAt, markStale } from './stale.ts'
import { MemoryStore, TEST_OPTIONS } from './testing/memory.ts'
import type { PromGrid, SampleSeries } from './types.ts'

const GRID: PromGrid = { startMs: 1_000_000, stepMs: 60_000, count: 11 }

function parsed(query: string): PromExpr {
  return resolveDurations(parsePromQL(query), { stepMs: 60_000, rangeMs: 600_000 })
}

function series(labels: Record<string, string>, values: readonly number[], stepMs = 60_000): SampleSeries {
  return {
    labels: new Map(Object.entries(labels)),
    times: Float64Array.from(values, (_, i) => 1_000_000 + i * stepMs),
    values: Float64Array.from(values),
  }
}

describe('what selectors need', () => {
  const MINUTE = 60_000
  const readsOf = (query: string, grid = GRID) =>
    selectorReads(parsed(query), grid, TEST_OPTIONS).map(({ selector, startMs, endMs, rangeMs }) => ({
      name: selector.name,
      fromMinutes: (startMs - grid.startMs) / MINUTE,
      toMinutes: (endMs - grid.startMs) / MINUTE,
      rangeMinutes: rangeMs / MINUTE,
    }))

  test.each([
    ['m', { fromMinutes: -5, toMinutes: 10, rangeMinutes: 0 }],
    ['m offset 3m', { fromMinutes: -8, toMinutes: 7, rangeMinutes: 0 }],
    ['m offset -3m', { fromMinutes: -2, toMinutes: 13, rangeMinutes: 0 }],
    ['sum(rate(m[2m]))', { fromMinutes: -2, toMinutes: 10, rangeMinutes: 2 }],
    ['rate(m[2m] offset 1m)', { fromMinutes: -3, toMinutes: 9, rangeMinutes: 2 }],
    ['m @ 1000', { fromMinutes: -5, toMinutes: 0, rangeMinutes: 0 }],
    ['m @ end() offset 1m', { fromMinutes: 4, toMinutes: 9, rangeMinutes: 0 }],
    ['rate(m[1m] @ start())', { fromMinutes: -1, toMinutes: 0, rangeMinutes: 1 }],
    ['rate(m[2m] anchored)', { fromMinutes: -7, toMinutes: 10, rangeMinutes: 2 }],
    ['rate(m[2m] smoothed)', { fromMinutes: -7, toMinutes: 15, rangeMinutes: 2 }],
    ['m smoothed', { fromMinutes: -5, toMinutes: 15, rangeMinutes: 0 }],
    ['-(1 + (m))', { fromMinutes: -5, toMinutes: 10, rangeMinutes: 0 }],
  ])('%s', (query, wanted) => {
    expect(readsOf(query)).toEqual([{ name: 'm', ...wanted }])
  })

  test('a subquery is evaluated at multiples of its step', () => {
    // From 980 s (excluded) to 1,600 s, in steps of 50 s: 1,000 s to 1,600 s.
    const [read] = selectorReads(parsed('sum_over_time(m[20s:50s])'), GRID, TEST_OPTIONS)
    expect([read?.startMs, read?.endMs]).toEqual([1_000_000 - 300_000, 1_600_000])
  })

  test('a subquery that is never evaluated reads nothing', () => {
    const grid = { startMs: 1_010_000, stepMs: 1, count: 1 }
    expect(selectorReads(parsed('sum_over_time(m[5s:1m])'), grid, TEST_OPTIONS)).toEqual([])
  })

  test('selectors come from left to right, without those of answered nodes', () => {
    const expr = parsed('a + sum(rate(b[1m])) / topk(scalar(c), d)') as Extract<PromExpr, { kind: 'binary' }>
    const names = (answered?: ReadonlySet<PromExpr>) =>
      selectorReads(expr, GRID, TEST_OPTIONS, answered).map(({ selector }) => selector.name)
    expect(names()).toEqual(['a', 'b', 'c', 'd'])
    expect(names(new Set([expr.right]))).toEqual(['a'])
  })

  test('info() reads a selector of its own, which is found again in a clone', () => {
    const expr = parsed('info(m, {region=~".+"})') as FunctionCall
    const grid = { startMs: 1_000_000, stepMs: 1, count: 1 }
    const reads = selectorReads(expr, grid, TEST_OPTIONS)
    expect(reads.map(({ selector }) => selector.matchers.map(({ name, value }) => `${name} ${value}`))).toEqual([
      ['__name__ m'],
      ['__name__ target_info', 'region .+'],
    ])
    const data = new Map<VectorSelector, SampleSeries[]>([
      [reads[0]?.selector as VectorSelector, [series({ __name__: 'm', job: 'j' }, [7])]],
      [
        reads[1]?.selector as VectorSelector,
        [series({ __name__: 'target_info', job: 'j', region: 'eu', other: 'x' }, [1])],
      ],
    ])
    const message = structuredClone({ expr, data })
    const { value } = evaluatePromQL(message.expr, grid, TEST_OPTIONS, message.data)
    expect(value.kind === 'vector' && [...(value.series[0]?.labels ?? [])]).toEqual([
      ['__name__', 'm'],
      ['job', 'j'],
      ['region', 'eu'],
    ])
  })
})

describe('an evaluation', () => {
  const store = () => {
    const filled = new MemoryStore()
    for (const name of ['a', 'b']) filled.add(new Map([['__name__', name]]), 60_000, [1, 2, 3, 4, 5])
    return filled
  }

  test('takes the answers of others for nodes', () => {
    const expr = parsed('sum(rate(m[1m])) + 1') as Extract<PromExpr, { kind: 'binary' }>
    const answer = { labels: new Map(), values: Float64Array.of(4, 5), present: Uint8Array.of(1, 0) }
    const grid = { startMs: 0, stepMs: 60_000, count: 2 }
    const { value, infos } = evaluatePromQL(expr, grid, TEST_OPTIONS, new Map(), new Map([[expr.left, [answer]]]))
    expect(value).toEqual({ kind: 'vector', ordered: false, series: [{ ...answer, values: Float64Array.of(5, 0) }] })
    expect(infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "m" (1:10)',
    ])
  })

  test('gives series of a range in the order of their labels', () => {
    const grid = { startMs: 0, stepMs: 60_000, count: 2 }
    const expr = parsed('label_replace(b or on (__name__) a, "z", "1", "", "")')
    const { value } = store().evaluate(expr, grid, TEST_OPTIONS)
    expect(value.kind === 'vector' && value.series.map(({ labels }) => labels.get('__name__'))).toEqual(['a', 'b'])
  })

  test('leaves the data as they are', () => {
    const expr = parsed('-sum_over_time(m[2m]) * quantile_over_time(0.5, m[2m]) + m')
    const m = series({ __name__: 'm' }, [3, 1, 2])
    const data = new Map(selectorReads(expr, GRID, TEST_OPTIONS).map(({ selector }) => [selector, [m]]))
    const before = structuredClone(m)
    evaluatePromQL(expr, GRID, TEST_OPTIONS, data)
    expect(m).toEqual(before)
  })

  test('looks at no samples beyond its windows', () => {
    const expr = parsed('sum_over_time(m[2m])')
    const [read] = selectorReads(expr, { ...GRID, count: 1 }, TEST_OPTIONS)
    const m = series({ __name__: 'm' }, [1, 2, 4, 8])
    const grid = { startMs: 1_120_000, stepMs: 1, count: 1 }
    const { value, samplesRead } = evaluatePromQL(
      expr,
      grid,
      TEST_OPTIONS,
      new Map([[read?.selector as VectorSelector, [m]]]),
    )
    expect(value.kind === 'vector' && value.series[0]?.values).toEqual(Float64Array.of(6))
    expect(samplesRead).toBe(2)
  })

  test('tells the line and the byte of what it warns of', () => {
    const text = 'sum(a) + # é\n  quantile(7, label_replace(b, "é", "", "", "")) + quantile(8, b)'
    const { warnings } = store().evaluate(parsed(text), { startMs: 0, stepMs: 1, count: 1 }, { ...TEST_OPTIONS, text })
    expect(warnings).toEqual([
      'PromQL warning: quantile value should be between 0 and 1, got 7 (2:12)',
      'PromQL warning: quantile value should be between 0 and 1, got 8 (2:62)',
    ])
  })

  test('ends when it holds too many samples', () => {
    const grid = { startMs: 0, stepMs: 60_000, count: 5 }
    const run = (maxSamples: number) => store().evaluate(parsed('a + on () b'), grid, { ...TEST_OPTIONS, maxSamples })
    // Both sides and the result.
    expect(run(15).samplesPeak).toBe(15)
    expect(() => run(14)).toThrow(QueryError)
    expect(() => run(14)).toThrow('query processing would load too many samples into memory in query execution')
  })

  test('goes as deep as the parser lets it', () => {
    const grid = { startMs: 0, stepMs: 60_000, count: 2 }
    const chain = parsed(`a${' + on () b'.repeat(900)}`)
    const { value } = store().evaluate(chain, grid, TEST_OPTIONS)
    expect(value.kind === 'vector' && value.series[0]?.values).toEqual(Float64Array.of(901, 1802))
    const nested = parsed(`${'max_over_time((-'.repeat(40)}a${')[1m:1m])'.repeat(40)}`)
    expect(store().evaluate(nested, grid, TEST_OPTIONS).value.kind).toBe('vector')
  })

  test('sets no memory aside for what it refuses', () => {
    const many = Array.from({ length: 1000 }, (_, i) => series({ __name__: 'm', i: String(i) }, [1]))
    const expr = parsed('m')
    const grid = { startMs: 0, stepMs: 1, count: 10_000_000 }
    const data = new Map([[selectorReads(expr, grid, TEST_OPTIONS)[0]?.selector as VectorSelector, many]])
    expect(() => evaluatePromQL(expr, grid, TEST_OPTIONS, data)).toThrow('too many samples')
  })
})

test('stale markers keep their bits, and are no ordinary NaN', () => {
  const values = Float64Array.of(1, Number.NaN, 3)
  expect(isStaleAt(values, 1)).toBe(false)
  markStale(values, 1)
  expect(isStaleAt(values, 1)).toBe(true)
  expect(isStaleAt(structuredClone(values), 1)).toBe(true)
  expect(isStaleAt(values, 2)).toBe(false)
})

test('hashes are those of xxHash', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  // Published test vectors of XXH64 with seed 0.
  expect(xxHash64(bytes(''))).toBe(0xef46db3751d8e999n)
  expect(xxHash64(bytes('a'))).toBe(0xd24ec4f1a98c6e5bn)
  expect(xxHash64(bytes('abc'))).toBe(0x44bc2cf5ad770999n)
  expect(xxHash64(bytes('Nobody inspects the spammish repetition'))).toBe(0xfbcea83c8a378bf1n)
  expect(
    hashLabels(
      new Map([
        ['b', '2'],
        ['a', '1'],
      ]),
    ),
  ).toBe(xxHash64(bytes('\x01a\x011\x01b\x012')))
})

test.each([
  [0.5, '0.5'],
  [1e-7, '1e-07'],
  [123456, '123456'],
  [1234567, '1.234567e+06'],
  [1e21, '1e+21'],
  [-0, '-0'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
])('%d is written as %s', (value, text) => {
  expect(formatGeneral(value)).toBe(text)
})
