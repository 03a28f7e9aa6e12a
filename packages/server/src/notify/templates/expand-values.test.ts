import { expect, test } from 'vitest'
import { expandValues } from './expand-values.ts'

const kept = (value: unknown) => expandValues(value, (source) => source)

// What Alertmanager 0.33.1 puts into custom_details of PagerDuty for the same texts.
test.each<[string, unknown]>([
  ['yes', true],
  ['No', false],
  ['on', true],
  ['true', true],
  ['', null],
  ['null', null],
  ['~', null],
  ['0x10', 16],
  ['0b11', 3],
  ['007', 7],
  ['1_000', 1000],
  ['1e3', 1000],
  ['1.50', 1.5],
  ['+5', 5],
  ['-3', -3],
  ['99999999999999999999', 1e20],
  ['2026-01-02', '2026-01-02'],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
  ['12:30', '12:30'],
  ['- a\n- 1', ['a', 1]],
  ['a: b', { a: 'b' }],
  ['{a: 1}', { a: 1 }],
  ['? a', { a: null }],
  ['{"a": {"b": "2"}}', { a: { b: 2 } }],
  ['[1', '[1'],
  ["'q'", "'q'"],
  ['"q"', '"q"'],
  ['  x  ', '  x  '],
  ['a: b: c', 'a: b: c'],
  ['# c', null],
  ['x # c', 'x # c'],
  ['*a', '*a'],
  ['&a b', '&a b'],
  ['!!str 5', '!!str 5'],
  ['text\nmore', 'text\nmore'],
  ['- x\ny', '- x\ny'],
  ['%a', '%a'],
  ['@a', '@a'],
])('%j is put in as %j', (text, value) => {
  expect(kept(text)).toEqual(value)
})

test('texts of lists and objects are expanded, keys too, and keys come in order', () => {
  const shout = (source: string) => source.toUpperCase()
  const value = expandValues({ b: ['x', 3, true, null], a: { k: 'y' } }, shout)
  expect(value).toEqual({ A: { K: true }, B: ['X', 3, true, null] })
  expect(Object.keys(value as object)).toEqual(['A', 'B'])
})

test('what came out of a template is not taken for one', () => {
  const seen: string[] = []
  expandValues(['["{{ secret }}"]'], (source) => {
    seen.push(source)
    return source
  })
  expect(seen).toEqual(['["{{ secret }}"]'])
})

test('aliases do not grow a text into much', () => {
  const bomb = 'a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]'
  expect(kept(bomb)).toBe(bomb)
})
