import { describe, expect, test } from 'vitest'
import { labelsKey } from '../../eval/labels.ts'
import { randomNumbers, testSeed } from '../../testing/seed.ts'
import { QueryError } from '../../text/error.ts'
import { parsePromQL } from '../parse/parse.ts'
import { KahanSum } from './range/kahan.ts'
import { MovingSum } from './range/moving-sum.ts'
import { MemoryStore, TEST_OPTIONS } from './testing/memory.ts'
import { same } from './testing/run-script.ts'
import type { ScriptPoint } from './testing/script.ts'
import type { PromResult } from './types.ts'

const SEED = testSeed('evaluation of PromQL')

type Random = () => number
const oneOf = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random() * of.length)] as T

/** Counters and gauges with gaps, resets, NaN, infinities and stale markers, at 15 s. */
function randomStore(random: Random): MemoryStore {
  const store = new MemoryStore()
  for (let s = 0; s < 8; s++) {
    const counter = s % 2 === 0
    let value = 0
    const points = Array.from({ length: 120 }, (): ScriptPoint => {
      const fate = random()
      if (fate < 0.08) return undefined
      if (fate < 0.1) return 'stale'
      if (fate < 0.11) return oneOf(random, [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      if (counter) value = fate < 0.14 ? 0 : value + Math.round(random() * 20) / 4
      else value = Math.round((random() - 0.5) * 2000) / 8
      return value
    })
    const name = counter ? 'c_total' : 'g'
    const labels = new Map([
      ['__name__', name],
      ['i', String(s >> 1)],
      ['zone', s < 4 ? 'a' : 'b'],
    ])
    store.add(labels, 15_000, points)
  }
  return store
}

const RANGE_OPS = ['rate', 'increase', 'delta', 'irate', 'idelta', 'resets', 'changes', 'deriv', 'mad_over_time']
  .concat(
    ['sum', 'avg', 'count', 'min', 'max', 'stddev', 'stdvar', 'first', 'last', 'present'].map(
      (op) => `${op}_over_time`,
    ),
  )
  .concat('ts_of_max_over_time', 'ts_of_min_over_time', 'absent_over_time')
const POINT_OPS = ['abs', 'ceil', 'sgn', 'exp', 'sqrt', 'minute', 'timestamp']
const GROUP_OPS = [
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'stddev',
  'group',
  'quantile',
  'topk',
  'bottomk',
  'limitk',
  'count_values',
]

/** A vector expression; sort, whose order is the instant query's alone, is left out. */
function randomQuery(random: Random, depth: number): string {
  const selector = () => {
    const modifier = oneOf(random, ['', '', '', ' offset 1m', ' offset -30s', ' @ 600', ' @ 900 offset 2m'])
    return { name: oneOf(random, ['c_total', 'g', 'g{zone="a"}', 'c_total{i!="1"}']), modifier }
  }
  if (depth === 0) {
    const { name, modifier } = selector()
    return `${name}${modifier}`
  }
  const inner = () => randomQuery(random, depth - 1)
  switch (Math.floor(random() * 9)) {
    case 0:
    case 1: {
      const { name, modifier } = selector()
      return `${oneOf(random, RANGE_OPS)}(${name}[${oneOf(random, ['20s', '1m', '5m', '10m'])}]${modifier})`
    }
    case 2:
      return `${oneOf(random, RANGE_OPS)}(${`(${inner()})`}[${oneOf(random, ['1m', '4m'])}:${oneOf(random, ['20s', '1m'])}])`
    case 3: {
      const op = oneOf(random, GROUP_OPS)
      const parameter =
        { quantile: '0.3, ', topk: '2, ', bottomk: '1, ', limitk: '2, ', count_values: '"v", ' }[op] ?? ''
      return `${op}${oneOf(random, ['', ' by (zone)', ' without (i)'])} (${parameter}${inner()})`
    }
    case 4:
      return `${oneOf(random, POINT_OPS)}(${inner()})`
    case 5:
      return `(${inner()} ${oneOf(random, ['+', '-', '*', '/', '>', '<=', '== bool'])} ${oneOf(random, ['2', 'time()', 'scalar(sum(g))'])})`
    case 6:
      return `(${inner()} ${oneOf(random, ['and', 'or', 'unless', '+', '<', 'and on (i)', '* on (i, zone)'])} ${inner()})`
    case 7:
      return `label_replace(${inner()}, "i", "n$1", "i", "(.*)")`
    default:
      return `-(${inner()})`
  }
}

function evaluated(
  store: MemoryStore,
  query: string,
  startMs: number,
  stepMs: number,
  count: number,
  delayed: boolean,
) {
  try {
    const options = { ...TEST_OPTIONS, maxSamples: 1e7, delayedNameRemoval: delayed }
    return store.evaluate(parsePromQL(query), { startMs, stepMs, count }, options)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
}

/** Points of a step by labels. */
function pointsAt(result: PromResult, step: number): Map<string, number> {
  const points = new Map<string, number>()
  if (result.value.kind !== 'vector') return points
  for (const { labels, values, present } of result.value.series) {
    if (present[step] === 1) points.set(labelsKey(labels), values[step] as number)
  }
  return points
}

describe(`with seed ${SEED}`, () => {
  test('a range query is the instant queries of its steps', () => {
    const random = randomNumbers(SEED)
    let compared = 0
    for (let round = 0; round < 200; round++) {
      const store = randomStore(random)
      const query = randomQuery(random, 1 + Math.floor(random() * 3))
      const startMs = Math.floor(random() * 1500) * 1000
      const stepMs = oneOf(random, [7_000, 15_000, 60_000, 130_000])
      const count = 2 + Math.floor(random() * 6)
      const delayed = random() < 0.5
      const whole = evaluated(store, query, startMs, stepMs, count, delayed)
      const steps = Array.from({ length: count }, (_, k) =>
        evaluated(store, query, startMs + k * stepMs, 1, 1, delayed),
      )
      // A label set may be made twice at different steps, which only a range is judged for.
      if (whole instanceof QueryError) continue
      for (const [k, step] of steps.entries()) {
        const where = `${query} from ${startMs} step ${stepMs}, step ${k}, seed ${SEED}`
        if (step instanceof QueryError) throw new Error(`${where}: ${step.message}`)
        const [found, wanted] = [pointsAt(whole, k), pointsAt(step, 0)]
        expect([...found.keys()].sort(), where).toEqual([...wanted.keys()].sort())
        for (const [key, value] of wanted) {
          compared++
          const got = found.get(key) as number
          if (!same(got, value)) throw new Error(`${where}: ${key} is ${got} instead of ${value}`)
        }
      }
    }
    expect(compared).toBeGreaterThan(300)
  })

  test('moving sums are the sums of their windows', () => {
    const random = randomNumbers(SEED + 1)
    for (let round = 0; round < 150; round++) {
      const scales = oneOf(random, [
        [1],
        [1, 1e-3, 1e6],
        [1e100, 1, 1e-9],
        [1e307, 1e308],
        [1, Number.NaN],
        [1, Infinity],
      ])
      const values = Float64Array.from({ length: 60 }, () => (random() - 0.4) * oneOf(random, scales))
      const moving = new MovingSum(values)
      for (let lo = 0; lo < 50; lo += 7) {
        for (let hi = lo; hi <= 60; hi += 11) {
          const anew = new KahanSum()
          for (let i = lo; i < hi; i++) anew.add(values[i] as number)
          moving.take(lo, hi)
          const [got, wanted] = [moving.sum + moving.rest, anew.total]
          const close = Math.abs(got - wanted) <= 1e-11 * Math.abs(wanted)
          if (close || Object.is(got, wanted) || got === wanted) continue
          throw new Error(`${[...values.slice(lo, hi)]}: ${got} instead of ${wanted}, seed ${SEED}`)
        }
      }
    }
  })

  test('the extremes of windows that move are those of each window', () => {
    const random = randomNumbers(SEED + 2)
    for (let round = 0; round < 100; round++) {
      const store = randomStore(random)
      for (const largest of [true, false]) {
        const query = `${largest ? 'max' : 'min'}_over_time(g[3m])`
        const whole = evaluated(store, query, 0, 10_000, 150, true) as PromResult
        const raw = (k: number) => evaluated(store, 'g[3m]', k * 10_000, 1, 1, true) as PromResult
        const k = Math.floor(random() * 150)
        const { value } = raw(k)
        const points = pointsAt(whole, k)
        if (value.kind !== 'matrix') throw new Error('no range vector')
        for (const { labels, values } of value.series) {
          const numbers = [...values].filter((one) => !Number.isNaN(one))
          const wanted = numbers.length === 0 ? Number.NaN : largest ? Math.max(...numbers) : Math.min(...numbers)
          const bare = new Map([...labels].filter(([name]) => name !== '__name__'))
          expect(points.get(labelsKey(bare)), `${query} at ${k}, seed ${SEED}`).toBe(wanted)
        }
      }
    }
  })
})
