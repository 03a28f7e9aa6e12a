import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineState } from '../pipeline/line-state.ts'
import { NeededLabels } from '../pipeline/needed.ts'
import { plain, row } from '../testing/build.ts'
import { JsonFields } from './fields.ts'
import { JsonPaths } from './path.ts'
import { FAULT } from './scan.ts'

function read(line: string, needed?: readonly string[], stream: Record<string, string> = {}) {
  const state = new LineState()
  state.load(row(line, stream))
  const wanted = needed === undefined ? undefined : new NeededLabels(needed)
  const fault = new JsonFields(wanted).read(line, state)
  return { fault, labels: plain(state.parsedLabels()) }
}

describe('fields of a JSON line', () => {
  test.each([
    ['{"a":1,"b":"x","c":true,"d":false,"e":null,"f":[1,{"g":2}]}', { a: '1', b: 'x', c: 'true', d: 'false' }],
    ['{"o":{"p":{"q":"deep"}},"r":1e5}', { o_p_q: 'deep', r: '1e5' }],
    ['{"a":1,"a":2}', { a: '1' }],
    ['{"a-b":1,"a_b":2}', { a_b: '1' }],
    ['{"9lives":1,"o":{"9":2}}', { _9lives: '1', o_9: '2' }],
    ['{" padded ":"v","é":"w"}', { padded: 'v', _: 'w' }],
    ['{"":1,"o":{"":{"x":2}}}', { o_x: '2' }],
    ['{"t":"a\\"b\\\\c\\n\\u00e9\\ud83d\\ude00"}', { t: 'a"b\\c\né😀' }],
    ['{"t":"bad \\x escape"}', { t: '' }],
    ['{"k\\u0065y":1}', { key: '1' }],
    ['  {"a" : 1 , "b":2 } trailing', { a: '1', b: '2' }],
    ['{"a":1,}', { a: '1' }],
    ['{}', {}],
    ['{"__error__":"forged","x":1}', { x: '1' }],
  ])('%s', (line, labels) => {
    expect(read(line)).toEqual({ fault: '', labels })
  })

  test.each([
    ['', {}, FAULT.object],
    ['plain text', {}, FAULT.object],
    ['[1]', {}, FAULT.object],
    ['{"a":1', { a: '1' }, FAULT.array],
    ['{"a":1,', { a: '1' }, FAULT.array],
    ['{', {}, FAULT.json],
    ['{"a":1,"b":"unclosed', { a: '1' }, FAULT.string],
    ['{"a":1,"b":{"c":2,"d":3', { a: '1' }, FAULT.object],
    ['{"a":1,"b":{"c":2,"d":x},"e":3}', { a: '1', b_c: '2' }, FAULT.value],
    ['{"a":1,"b":[1,2', { a: '1' }, FAULT.array],
    ['{"a":1 "b":2}', { a: '1' }, FAULT.object],
    ['{"a" 1}', {}, FAULT.json],
    ['{"a":tru}', {}, FAULT.value],
  ])('%s keeps what stands before the fault', (line, labels, fault) => {
    expect(read(line)).toEqual({ fault, labels })
  })

  test('names taken by the stream get a suffix', () => {
    expect(read('{"app":"x","other":1}', undefined, { app: 's' }).labels).toEqual({ app_extracted: 'x', other: '1' })
    expect(read('{"app":"x","other":1}', ['app_extracted'], { app: 's' }).labels).toEqual({ app_extracted: 'x' })
  })

  test('depth is bounded, however deep the line', () => {
    const depth = 50_000
    const { fault, labels } = read(`{"a":1,"n":${'{"x":'.repeat(depth)}1${'}'.repeat(depth)},"z":2}`)
    expect(fault).toBe('')
    expect(labels).toEqual({ a: '1', z: '2' })
  })
})

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'a_b', 'a-b', 'c', '', ' a', 'b ', '1', 'é', 'a\\u0062', 'ab', 'o', '_1', 'app', 'o_a'),
  fc.string({ maxLength: 4 }).map((s) => s.replaceAll('"', '')),
)
const scalar = fc.oneof(
  fc.constantFrom('1', '-2.5', 'true', 'false', 'null', '"x"', '"y\\n"', '[1,"]"]', '"\\ud800"', 'oops', '1{', '""'),
  fc.string({ maxLength: 6 }).map((s) => JSON.stringify(s)),
)
const document: fc.Memo<string> = fc.memo((depth) => {
  const value = depth <= 1 ? scalar : fc.oneof({ weight: 3, arbitrary: scalar }, document(depth - 1))
  return fc
    .array(fc.tuple(key, value), { maxLength: 5 })
    .map((pairs) => `{${pairs.map(([name, held]) => `"${name}": ${held}`).join(',')}}`)
})
/** Sound documents, cut ones, ones with a character replaced, and noise. */
const line = fc.oneof(
  { weight: 4, arbitrary: document(4) },
  { weight: 3, arbitrary: fc.tuple(document(4), fc.nat(100)).map(([text, n]) => text.slice(0, n)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(document(3), fc.nat(200), fc.constantFrom('"', '{', '}', ',', ':', '\\', ' ', '['))
      .map(([text, n, char]) => text.slice(0, n % (text.length + 1)) + char + text.slice((n % (text.length + 1)) + 1)),
  },
  { weight: 1, arbitrary: fc.string() },
)
const neededNames = fc.uniqueArray(
  fc.constantFrom('a', 'b', 'a_b', 'c', 'o', 'o_a', '_1', 'ab', '_', 'app', 'app_extracted', 'b_a', 'a_a', '__error__'),
  { minLength: 1, maxLength: 4 },
)

test('reading only some fields gives the same fields as reading all, and the same fault unless it has all before it', () => {
  const property = fc.property(line, neededNames, (text, needed) => {
    const all = read(text, undefined, { app: 's' })
    const some = read(text, needed, { app: 's' })
    const wanted = new NeededLabels(needed)
    const isNeeded = ([name]: [string, unknown]) => (needed as readonly string[]).includes(name)
    const expected = Object.fromEntries(Object.entries(all.labels).filter(isNeeded))
    const got = Object.fromEntries(Object.entries(some.labels).filter(isNeeded))
    expect(got).toEqual(expected)
    const complete = wanted.list.every((name) => name in some.labels)
    expect([all.fault, complete ? '' : all.fault]).toContain(some.fault)
    for (const name of Object.keys(some.labels)) expect(wanted.has(name.replace(/_extracted$/, ''))).toBe(true)
  })
  fc.assert(property, { numRuns: 20_000 })
})

test('sound documents give what JSON.parse says', () => {
  const flat = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean()))
  fc.assert(
    fc.property(flat, fc.boolean(), (object, spaced) => {
      const { fault, labels } = read(JSON.stringify(object, null, spaced ? 2 : undefined))
      expect(fault).toBe('')
      const expected = Object.entries(object).map(([name, value]) => [name, String(value).replaceAll('\ufffd', ' ')])
      expect(labels).toEqual(Object.fromEntries(expected))
    }),
    { numRuns: 3000 },
  )
})

describe('a value by its path', () => {
  const text = '{"a":{"b":[{"c":"x"},[1,"two"]],"k\\u0065y":null},"n":-1.5,"o":{"p":1},"bad":oops,"after":1}'
  test.each([
    [['a', 'b', 0, 'c'], 'x'],
    [['a', 'b', 1, 1], 'two'],
    [['a', 'b', 1], '[1,"two"]'],
    [['a', 'b', 2], undefined],
    [['a', 'key'], ''],
    [['n'], '-1.5'],
    [['o'], '{"p":1}'],
    [['missing'], undefined],
    [['n', 'x'], undefined],
    [['bad'], null],
    [['after'], '1'],
  ])('%j', (path, value) => {
    const told: string[] = []
    new JsonPaths([path]).read(
      text,
      (_index, found) => told.push(found),
      (fault) => told.push(`! ${fault}`),
    )
    expect(told).toEqual(value === undefined ? [] : value === null ? [expect.stringMatching(/^! /)] : [value])
  })
})
