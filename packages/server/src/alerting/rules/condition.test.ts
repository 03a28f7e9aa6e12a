import { QueryError } from '@girok/query'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { meets, parseCondition } from './condition.ts'
import { REDUCERS } from './reducers.ts'

test.each([
  ['WHEN last() > 90', { op: '>', value: 90 }],
  ['last() > 90', { op: '>', value: 90 }],
  ['WHEN last() IS ABOVE 1000', { op: '>', value: 1000 }],
  ['when AVG() is below -1.5e2', { op: '<', value: -150 }],
  ['mean() IS <= .5', { op: '<=', value: 0.5 }],
  ['max()==0', { op: '==', value: 0 }],
  ['  min ( ) != +3 ', { op: '!=', value: 3 }],
  ['WHEN avg() IS OUTSIDE 10 TO 90', { op: 'outside', low: 10, high: 90 }],
  ['avg() within -1 to 1', { op: 'within', low: -1, high: 1 }],
])('%s', (text, threshold) => {
  expect(parseCondition(text)).toMatchObject({ text: text.trim(), threshold })
})

test.each([
  ['', '1:1: expected a reducer, one of last, first, min'],
  ['WHEN newest() > 1', '1:6: expected a reducer'],
  ['constructor() > 1', '1:1: expected a reducer'],
  ['last > 90', '1:6: expected (, not ">"'],
  ['last(5m) > 90', '1:6: expected ), not "5"'],
  ['last() = 90', '1:8: expected >, >=, <, <=, ==, !=, ABOVE, BELOW, OUTSIDE or WITHIN, not "="'],
  ['last() > ninety', '1:10: expected a number, not "ninety"'],
  ['last() >', '1:9: expected a number, not the end'],
  ['last() > 90%', '1:12: expected the end of the condition, not "%"'],
  ['avg() IS OUTSIDE 10 AND 90', '1:21: expected TO, not "AND"'],
  ['avg() IS WITHIN 90 TO 10', '1:23: the second bound must not be less than the first, 90'],
  ['last()\n  > x', '2:5: expected a number'],
  ['합계() > 1', '1:1: expected a reducer, one of'],
])('%j is refused', (text, message) => {
  expect(() => parseCondition(text)).toThrow(message)
})

test('any text is read, or refused with a place within it', () => {
  const word = fc.constantFrom(
    'WHEN',
    'last',
    'avg',
    '(',
    ')',
    'is',
    '>',
    '!',
    'TO',
    'outside',
    '1',
    '-2.5',
    '\n',
    '가',
  )
  const texts = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 9 }).map((words) => words.join(' ')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseCondition(text)
      } catch (error) {
        if (!(error instanceof QueryError)) throw error
        const lines = text.split('\n')
        expect(error.line).toBeGreaterThan(0)
        expect(error.line).toBeLessThanOrEqual(lines.length)
        expect(error.column).toBeGreaterThan(0)
        expect(error.column).toBeLessThanOrEqual([...(lines[error.line - 1] ?? '')].length + 1)
      }
    }),
  )
})

test('what is written is what is read', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true })
  const threshold = fc.oneof(
    fc.tuple(fc.constantFrom('>', '>=', '<', '<=', '==', '!='), number).map(([op, value]) => ({ op, value })),
    fc.tuple(fc.constantFrom('outside', 'within'), number, number).map(([op, a, b]) => ({
      op,
      low: Math.min(a, b),
      high: Math.max(a, b),
    })),
  )
  fc.assert(
    fc.property(fc.constantFrom(...REDUCERS.keys()), threshold, fc.boolean(), fc.boolean(), (name, given, when, is) => {
      const bounds = 'value' in given ? given.value : `${given.low} TO ${given.high}`
      const text = `${when ? 'WHEN ' : ''}${name}() ${is ? 'IS ' : ''}${given.op} ${bounds}`
      const read = parseCondition(text)
      expect(read.reducer).toBe(REDUCERS.get(name))
      expect(JSON.stringify(read.threshold)).toBe(JSON.stringify(given))
    }),
  )
})

test.each([
  ['>', 91, true],
  ['>', 90, false],
  ['>=', 90, true],
  ['<', 89, true],
  ['<=', 90, true],
  ['==', 90, true],
  ['!=', 90, false],
  ['!=', 1, true],
  ['!=', Number.NaN, false],
  ['>', Number.NaN, false],
] as const)('%s 90 with %d: %s', (op, value, expected) => {
  expect(meets({ op, value: 90 }, value)).toBe(expected)
})

test('bounds themselves are neither outside nor within', () => {
  const values = [9, 10, 50, 90, 91]
  expect(values.filter((value) => meets({ op: 'outside', low: 10, high: 90 }, value))).toEqual([9, 91])
  expect(values.filter((value) => meets({ op: 'within', low: 10, high: 90 }, value))).toEqual([50])
  expect(meets({ op: 'outside', low: 10, high: 90 }, Number.NaN)).toBe(false)
})

test.each([
  ['last', 4],
  ['first', 8],
  ['min', 2],
  ['max', 8],
  ['avg', 5],
  ['mean', 5],
  ['sum', 20],
  ['count', 4],
  ['median', 5],
  ['diff', -4],
  ['diff_abs', 4],
  ['percent_diff', -50],
  ['percent_diff_abs', 50],
])('%s of 8, 6, 2, 4 is %d', (name, expected) => {
  expect(REDUCERS.get(name)?.([8, 6, 2, 4])).toBe(expected)
  expect(REDUCERS.get(name)?.([7])).toBe(name.includes('diff') ? 0 : name === 'count' ? 1 : 7)
})

test('every reducer has a case above', () => {
  expect(REDUCERS.size).toBe(13)
})
