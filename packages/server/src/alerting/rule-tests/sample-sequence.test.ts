import { expect, test } from 'vitest'
import { readSequence } from './sample-sequence.ts'

test.each([
  ['1 2 -3.5', [1, 2, -3.5]],
  ['0+10x3', [0, 10, 20, 30]],
  ['10-2x2', [10, 8, 6]],
  ['-2+4x2', [-2, 2, 6]],
  ['1x3', [1, 1, 1, 1]],
  ['1 _ 2', [1, 'gap', 2]],
  ['_x3 1', ['gap', 'gap', 'gap', 1]],
  ['1 stale', [1, 'stale']],
  ['NaN Inf -Inf +Inf', [Number.NaN, Infinity, -Infinity, Infinity]],
  ['1e3 0x2', [1000, 0, 0, 0]],
  ['1e2+1e1x1', [100, 110]],
  ['  ', []],
] as const)('%s', (text, expected) => {
  expect(readSequence(text)).toEqual(expected)
})

test.each([
  ['1 x', '"x" is no value'],
  ['1 stalex2', '"stalex2" is no value'],
  ['1+2', 'needs a number of steps'],
  ['{{schema:1}}', 'native histograms'],
  ['1x9999999', 'more than'],
])('%s is refused', (text, message) => {
  expect(() => readSequence(text)).toThrow(message)
})
