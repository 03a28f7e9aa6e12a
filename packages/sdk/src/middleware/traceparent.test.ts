import { expect, test } from 'vitest'
import { newSpanId, readTraceParent } from './traceparent.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

test('a traceparent is read', () => {
  const ids = { traceId: TRACE, spanId: SPAN }
  expect(readTraceParent(`00-${TRACE}-${SPAN}-01`)).toEqual(ids)
  expect(readTraceParent(`cc-${TRACE}-${SPAN}-00-what-comes-later`)).toEqual(ids)
})

test.each([
  ['nothing', undefined],
  ['more after version 00', `00-${TRACE}-${SPAN}-01-x`],
  ['version ff', `ff-${TRACE}-${SPAN}-01`],
  ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['a zero trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a zero span', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['a short trace', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['flags of one digit', `00-${TRACE}-${SPAN}-1`],
  ['two headers', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
])('%s is refused', (_what, header) => {
  expect(readTraceParent(header)).toBeUndefined()
})

test('span ids are 16 hexadecimal digits and differ', () => {
  const ids = new Set(Array.from({ length: 100 }, newSpanId))
  expect(ids.size).toBe(100)
  for (const id of ids) expect(id).toMatch(/^[\da-f]{16}$/)
})
