import { expect, it } from 'vitest'
import { randomOf, randomText } from '../model/testing/random.ts'
import { LogsEncoder } from './logs-encoder.ts'
import { readPushRequest } from './push-request.ts'
import { SamplesEncoder } from './samples-encoder.ts'
import { splitRecord } from './split-record.ts'
import { readWriteRequest } from './write-request.ts'

function linesOf(payload: Uint8Array): unknown[] {
  return [...readPushRequest(payload)].flatMap(({ labels, entries }) =>
    entries.map(({ line, timeNs }) => [labels, timeNs, Buffer.from(line).toString()]),
  )
}

it('halves logs down to single lines, in order, always alike', () => {
  const seed = Date.now() % 1_000_000
  const random = randomOf(seed)
  const sets = Array.from({ length: 4 }, (_, n) => new Map([['n', `${n}`]]))
  const encoder = new LogsEncoder()
  for (let i = 0; i < 101; i++) {
    encoder.add(sets[random(4)] as Map<string, string>, BigInt(i), randomText(random, 300), [['i', `${i}`]])
  }
  const { count } = encoder
  const whole = encoder.finish()
  const walk = (payload: Uint8Array, expected: number): Uint8Array[] => {
    const halves = splitRecord('logs', payload)
    expect(linesOf(payload), `seed ${seed}`).toHaveLength(expected)
    if (halves === undefined) return [payload]
    expect(splitRecord('logs', payload)).toEqual(halves)
    expect(halves[0].count + halves[1].count).toBe(expected)
    expect(Math.abs(halves[0].count - halves[1].count)).toBeLessThanOrEqual(1)
    return halves.flatMap((half) => walk(half.payload, half.count))
  }
  const singles = walk(whole, count)
  expect(singles).toHaveLength(101)
  expect(singles.flatMap(linesOf), `seed ${seed}`).toEqual(linesOf(whole))
})

it('halves samples; exemplars stay with theirs and descriptions with the first half', () => {
  const encoder = new SamplesEncoder()
  const labels = new Map([['__name__', 'm']])
  const exemplar = { labels: new Map([['trace_id', 'x']]), value: 1, timeMs: 1 }
  for (let i = 0; i < 5; i++) encoder.add({ labels, value: i, timeMs: i, ...(i === 1 && { exemplar }) })
  encoder.describe({ metric: 'm', type: 'counter', help: '', unit: '' })
  const [first, second] = splitRecord('samples', encoder.finish())!
  const [one, two] = [readWriteRequest(first.payload), readWriteRequest(second.payload)]
  expect(one.series[0]?.points.map(({ value, exemplars }) => [value, exemplars.length])).toEqual([
    [0, 0],
    [1, 1],
  ])
  expect(two.series[0]?.points.map(({ value }) => value)).toEqual([2, 3, 4])
  expect([one.descriptions.length, two.descriptions.length, first.count, second.count]).toEqual([1, 0, 2, 3])
})
