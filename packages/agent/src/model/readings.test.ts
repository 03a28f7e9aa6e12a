import { expect, test } from 'vitest'
import { family, Readings } from './readings.ts'

const TEMPERATURE = family('gauge', 'temperature_celsius', 'Of the air.', ['room'])
const UP = family('gauge', 'up', 'Whether it answers.')

test('a series keeps its label map, and is ended once when it is gone', () => {
  const readings = new Readings(new Map([['job', 'rooms']]))
  readings.set(UP, 1)
  readings.set(TEMPERATURE, 20, ['kitchen'])
  const first = readings.finish(1000)
  expect(first.samples.map(({ labels, value }) => [Object.fromEntries(labels), value])).toEqual([
    [{ job: 'rooms', __name__: 'up' }, 1],
    [{ job: 'rooms', room: 'kitchen', __name__: 'temperature_celsius' }, 20],
  ])
  expect(first.descriptions.map(({ metric, type }) => [metric, type])).toEqual([
    ['up', 'gauge'],
    ['temperature_celsius', 'gauge'],
  ])

  readings.set(UP, 0)
  const second = readings.finish(2000)
  expect(second.samples[0]?.labels).toBe(first.samples[0]?.labels)
  expect(second.samples[1]).toEqual({ labels: first.samples[1]?.labels, value: 0, timeMs: 2000, stale: true })
  expect(second.descriptions).toEqual([])

  readings.set(UP, 1)
  expect(readings.finish(3000).samples).toHaveLength(1)
})

test('the last value of a series counts, what is no number does not, an empty label is left out', () => {
  const readings = new Readings(new Map())
  readings.set(TEMPERATURE, 1, [''])
  readings.set(UP, Number.NaN)
  readings.set(UP, undefined)
  readings.set(TEMPERATURE, 2, [''])
  const { samples } = readings.finish(1)
  expect(samples).toEqual([{ labels: new Map([['__name__', 'temperature_celsius']]), value: 2, timeMs: 1 }])
})
