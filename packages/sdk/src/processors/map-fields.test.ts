import { expect, test } from 'vitest'
import type { Fields } from '../fields.ts'
import { Frame } from '../frame.ts'
import { allFields } from '../record.ts'
import { recordOf } from '../testing/record.ts'
import { mapFields } from './map-fields.ts'

const shared = Frame.join(Frame.of({ request_id: 'r' }), Frame.of({ service: 's' }))

/** Counts how often it is asked. */
function counted(change: (fields: Fields) => Fields) {
  const counter = { calls: 0 }
  const map = mapFields((fields) => {
    counter.calls++
    return change(fields)
  })
  return { counter, map }
}

test('frames are changed once each, also when several processors follow each other', () => {
  const same = counted((fields) => fields)
  const upper = counted((fields) =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [`X_${key}`, value])),
  )
  const after = counted((fields) => fields)
  const frames = new Set<unknown>()
  for (let number = 0; number < 10; number++) {
    const record = after.map(upper.map(same.map(recordOf({ frame: shared }))))
    expect(allFields(record)).toEqual({ X_request_id: 'r', X_service: 's' })
    frames.add(record.frame)
  }
  expect([same, upper, after].map(({ counter }) => counter.calls)).toEqual([2, 2, 2])
  expect(frames.size).toBe(1)
})

test('a frame that lives long keeps little of processors made again and again', () => {
  const frame = Frame.of({ service: 's' })
  for (let number = 0; number < 100; number++) mapFields((fields) => fields)(recordOf({ frame }))
  let kept = 0
  for (let one = frame.mapped; one !== undefined; one = one.others) kept++
  expect(kept).toBeLessThan(10)
})
