import { expect, it } from 'vitest'
import { typeOf } from './check/types.ts'
import { parsePromQL } from './parse/parse.ts'
import { childrenOf, selectorsOf } from './walk.ts'

it('selectors are found in the order of the text', () => {
  const expr = parsePromQL(
    'topk(scalar(a), -b[1h:]) + (c and sum(rate(d[5m]))) * info(e, {f="g"})'.replace('-b[1h:]', 'b'),
  )
  expect(selectorsOf(expr).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e', undefined])
  expect(selectorsOf(parsePromQL('max_over_time((-a)[1h:])')).map(({ name }) => name)).toEqual(['a'])
  expect(selectorsOf(parsePromQL('1 + 2'))).toEqual([])
})

it.each([
  ['1 + time()', 'scalar'],
  ['-a', 'vector'],
  ['(a[5m])', 'matrix'],
  ['a[1h:]', 'matrix'],
  ['"x"', 'string'],
  ['1 + a', 'vector'],
  ['scalar(a) > bool 1', 'scalar'],
  ['sum(a)', 'vector'],
  ['pi()', 'scalar'],
])('%s is a %s', (text, type) => {
  expect(typeOf(parsePromQL(text))).toBe(type)
})

it('an aggregation has its expression before its parameter', () => {
  expect(childrenOf(parsePromQL('topk(5, a)')).map(({ kind }) => kind)).toEqual(['selector', 'number'])
})
