import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { testSeed } from '../testing/seed.ts'
import { linearSource, nativeGroups } from './native-regex.ts'

describe('patterns that are proven linear', () => {
  test.each([
    '^(?P<ip>\\S+) \\S+ (?P<user>\\S+) \\[(?P<ts>[^\\]]+)\\] "(?P<method>\\S+) (?P<path>\\S+) [^"]+" (?P<status>\\d{3}) (?P<size>\\d+)',
    '^(?P<time>\\d{4}-\\d\\d-\\d\\d) (?P<level>[A-Z]+) (?P<message>.*)$',
    'level=(?P<level>\\w+)',
    '^(?P<a>[^ ]*?) x$',
  ])('%s', (pattern) => {
    expect(linearSource(pattern)).toBeDefined()
  })

  test.each([
    '^(?P<a>.*) (?P<b>.*)$',
    '(?P<a>\\d+)x',
    '(?P<a>\\d+)$',
    '^(?P<a>a|b)',
    '^(?P<a>a)+',
    '^(?:a+)+$',
    '^\\w+\\d',
    '^a*b*a',
    '(?i)^(?P<a>a)',
    '^\\bx',
    '^[[:alpha:]]+',
    '^\\pL',
    '^a**',
    '^a{2}{3}',
    '^a$b',
    '^(?P<a>x',
    '^[b-a]',
    '^\\x41',
  ])('%s is left to RE2', (pattern) => {
    expect(linearSource(pattern)).toBeUndefined()
  })

  test('an escaped dollar is a character', () => {
    expect(new RegExp(linearSource('^x\\$') as string, 'u').exec('x$y')?.[0]).toBe('x$')
  })
})

const atom = fc.constantFrom(
  'a',
  'b',
  ' ',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '.',
  '[ab]',
  '[^a]',
  '[^ \\d]',
  '[a-c_]',
  '\\.',
  '-',
  'é',
  '😀',
  '\\n',
  '[-a]',
  '[^]',
)
const times = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '+?', '??', '{2,1}')
const item = fc.tuple(atom, times).map(([set, repeat]) => set + repeat)
const part = fc.oneof(
  item,
  fc
    .tuple(fc.constantFrom('(?P<x>', '(', '(?:'), fc.array(item, { maxLength: 3 }))
    .map(([open, items]) => `${open}${items.join('')})`),
)
const pattern = fc
  .tuple(fc.constantFrom('^', '^', ''), fc.array(part, { maxLength: 4 }), fc.constantFrom('', '$', '\\$'))
  .map(([head, parts, tail]) => {
    let named = 0
    return (head + parts.join('') + tail).replace(/\(\?P<x>/g, () => `(?P<x${named++}>`)
  })
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'c',
      ' ',
      '1',
      '2',
      '_',
      '.',
      '-',
      'é',
      '😀',
      '\n',
      '\r',
      '\u00a0',
      '\u2028',
      '$',
      '\ud800',
    ),
    { maxLength: 9 },
  )
  .map((parts) => parts.join(''))

test('mean what RE2 takes them for', () => {
  const seed = testSeed('patterns for the host')
  let native = 0
  fc.assert(
    fc.property(pattern, fc.array(text, { maxLength: 6 }), (source, texts) => {
      if (linearSource(source) === undefined) return
      const compiled = RE2JS.compile(source)
      const groups = Object.entries(compiled.namedGroups()).map(([name, index]) => ({ name, index: index as number }))
      const find = nativeGroups(source, groups)
      native++
      for (const subject of texts) {
        const found: Record<string, string> = {}
        const isFound = find?.(subject, (name, value) => {
          found[name] = value
        })
        const matcher = compiled.matcher(subject)
        expect([source, subject, isFound]).toEqual([source, subject, matcher.find()])
        if (isFound !== true) continue
        expect([source, subject, found]).toEqual([
          source,
          subject,
          Object.fromEntries(groups.map(({ name, index }) => [name, matcher.group(index) ?? ''])),
        ])
      }
    }),
    { numRuns: 6000, seed },
  )
  expect(native).toBeGreaterThan(500)
}, 20_000)

test('take linear time', () => {
  const hostile = ['a', ' ', 'a ', '1', 'ab', 'level=', 'é']
  for (const source of ['^\\w+ \\w+ \\d+$', 'level=\\w+', '^[^ ]* [^ ]* [^ ]*x', 'a\\w*', '^a*b*c*d']) {
    const compiled = new RegExp(linearSource(source) as string, 'u')
    for (const unit of hostile) {
      const started = performance.now()
      compiled.exec(unit.repeat(500_000 / unit.length))
      expect(performance.now() - started, `${source} on ${unit}`).toBeLessThan(5_000)
    }
  }
})
