import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { QueryError } from '../../text/error.ts'
import { logQuery, plain, row } from '../testing/build.ts'
import type { LogRow } from '../types.ts'
import { compilePipeline } from './compile.ts'

/** What a pipeline makes of a row: all its labels in one, and the line where it changed. Undefined: dropped. */
function after(stages: string, given: LogRow) {
  const entry = compilePipeline(logQuery(`{app="a"} ${stages}`)).process(given)
  if (entry === undefined) return undefined
  const labels = { ...plain(entry.stream), ...plain(entry.metadata), ...plain(entry.parsed) }
  return entry.line === given.line ? labels : { ...labels, $line: entry.line }
}

describe('where labels end up', () => {
  const given = row('x=1 app=b meta=parsed', { app: 'a' }, { meta: 'm', app: 'meta' })
  const entry = (stages: string) => {
    const found = compilePipeline(logQuery(`{app="a"} ${stages}`)).process(given)
    return found && [plain(found.stream), plain(found.metadata), plain(found.parsed)]
  }

  test.each([
    ['', [{ app: 'a' }, { app_extracted: 'meta', meta: 'm' }, {}]],
    ['| logfmt', [{ app: 'a' }, { meta: 'm' }, { app_extracted: 'b', meta_extracted: 'parsed', x: '1' }]],
    ['| drop app', [{}, { app_extracted: 'meta', meta: 'm' }, {}]],
    ['| label_format where=app', [{}, { app_extracted: 'meta', meta: 'm' }, { where: 'a' }]],
    ['| label_format app=app', [{}, { app_extracted: 'meta', meta: 'm' }, {}]],
    ['| label_format where=meta', [{ app: 'a' }, { app_extracted: 'meta' }, { where: 'm' }]],
    ['| label_format meta=app', [{}, { app_extracted: 'meta' }, { meta: 'a' }]],
    ['| label_format app="new"', [{}, { app_extracted: 'meta', meta: 'm' }, { app: 'new' }]],
    ['| keep meta', [{}, { meta: 'm' }, {}]],
  ])('%s', (stages, expected) => {
    expect(entry(stages)).toEqual(expected)
  })

  test('rows of one stream share its Map when stages leave it alone', () => {
    const pipeline = compilePipeline(logQuery('{app="a"} | logfmt | x="1"'))
    expect(pipeline.process(given)?.stream).toBe(given.stream)
  })
})

describe('stages', () => {
  test.each<[string, string, Record<string, string> | undefined]>([
    // Parsers.
    ['| json | logfmt', '{"a":"1"}', { app: 'a', a: '1' }],
    [
      '| json a="x.y", b="z[1]", none="q"',
      '{"x":{"y":"v"},"z":[1,{"k":2}]}',
      { app: 'a', a: 'v', b: '{"k":2}', none: '' },
    ],
    ['| json a="x"', '', { app: 'a' }],
    ['| json a="x"', 'text', { app: 'a', __error__: 'JSONParserErr' }],
    ['| logfmt', 'a=1 =x b="c d" e bad=u=v f= g="q\\"r" a=2 h.i=j', { app: 'a', a: '1', b: 'c d', g: 'q"r', h_i: 'j' }],
    ['| logfmt --keep-empty', 'a= b', { app: 'a', a: '', b: '' }],
    [
      '| logfmt --strict',
      'a=1 b=u=v c=3',
      {
        app: 'a',
        a: '1',
        __error__: 'LogfmtParserErr',
        __error_details__: "logfmt syntax error at pos 8 : unexpected '='",
      },
    ],
    ['| logfmt x="a", y="b", z="c"', 'a=1 b=', { app: 'a', x: '1', y: '', z: '' }],
    ['| regexp "(?P<m>\\\\w+) (?P<n>\\\\d*)"', 'GET 12', { app: 'a', m: 'GET', n: '12' }],
    ['| regexp "(?P<m>\\\\d+)"', 'none', { app: 'a' }],
    ['| regexp "(?P<m>x)|(?P<n>y)"', 'y', { app: 'a', m: '', n: 'y' }],
    [
      '| pattern "<m> /<_>?q=<q> <rest>"',
      'GET /p?q=1 HTTP/1.1 ok',
      { app: 'a', m: 'GET', q: '1', rest: 'HTTP/1.1 ok' },
    ],
    ['| pattern "[<level>] <msg>"', 'no bracket', { app: 'a' }],
    ['| pattern "<a>: <b>"', 'only this', { app: 'a', a: 'only this' }],
    [
      '| unpack',
      '{"k":"v","n":1,"app":"z","_entry":"inner"}',
      { app: 'a', k: 'v', app_extracted: 'z', $line: 'inner' },
    ],
    ['| unpack', '{"k":"v"}', { app: 'a' }],
    [
      '| unpack',
      'text',
      { app: 'a', __error__: 'JSONParserErr', __error_details__: 'expecting json object(6), but it is not' },
    ],
    // What was extracted once is not extracted again, not even after a drop.
    ['| json | drop k | json', '{"k":"v"}', { app: 'a' }],
    ['| json | line_format "k=other" | logfmt', '{"k":"v"}', { app: 'a', k: 'v', $line: 'k=other' }],
    // Filters.
    ['|= "b" or "x" != "q"', 'abc', { app: 'a' }],
    ['!= "b" or "x"', 'abc', undefined],
    ['!= "y" or "x"', 'abc', { app: 'a' }],
    ['|> "a<_>c"', 'abc', { app: 'a' }],
    ['!> "a<_>c"', 'abc', undefined],
    ['|= ip("10.0.0.0/8")', 'from 10.1.2.3:80.', { app: 'a' }],
    ['|= ip("2001:db8::/32")', 'from [2001:db8::7]:443', { app: 'a' }],
    [
      '| logfmt | n > 5',
      'n=six',
      {
        app: 'a',
        n: 'six',
        __error__: 'LabelFilterErr',
        __error_details__: 'strconv.ParseFloat: parsing "six": invalid syntax',
      },
    ],
    ['| logfmt | n > 5', 'm=7', undefined],
    ['| logfmt | d >= 1m30s', 'd=90s', { app: 'a', d: '90s' }],
    ['| logfmt | s < 2KiB', 's="1.9 KB"', { app: 'a', s: '1.9 KB' }],
    ['| logfmt | a="" or b="2"', 'b=3', { app: 'a', b: '3' }],
    [
      '| json | x=ip("1.1.1.1")',
      'not json',
      {
        app: 'a',
        __error__: 'JSONParserErr',
        __error_details__: "Value looks like object, but can't find closing '}' symbol",
      },
    ],
    ['| json | drop __error__, __error_details__', 'not json', { app: 'a' }],
    ['| json | __error__=""', 'not json', undefined],
    // Formats.
    ['| logfmt | line_format "{{.a}}-{{ .b | upper }}!"', 'a=1 b=x', { app: 'a', a: '1', b: 'x', $line: '1-X!' }],
    ['| logfmt | label_format c=a, d=none, e="{{.b}}{{.missing}}"', 'a=1 b=2', { app: 'a', b: '2', c: '1', e: '2' }],
    ['| label_format x="{{__line__ | trunc 2}}"', 'abc', { app: 'a', x: 'ab' }],
    [
      '| line_format "{{ div 1 .n }}"',
      'l',
      {
        app: 'a',
        __error__: 'TemplateFormatErr',
        __error_details__:
          'template: line:1:3: executing "line" at <div 1 .n>: error calling div: runtime error: integer divide by zero',
      },
    ],
    ['| decolorize', '\x1b[31mred\x1b[0m \x1b]0;title\x07x', { app: 'a', $line: 'red x' }],
    ['| logfmt | drop a="1", b="2"', 'a=1 b=1', { app: 'a', b: '1' }],
    ['| logfmt | keep a="1", b="2"', 'a=1 b=1', { a: '1' }],
  ])('%s on %s', (stages, line, expected) => {
    expect(after(stages, row(line))).toEqual(expected)
  })

  test('a line without readers behind it is not formatted', () => {
    const broken = { ...logQuery('{app="a"} | line_format "{{.x}}"') }
    const stages = [{ ...broken.stages[0], template: '{{ nosuch }}' }] as typeof broken.stages
    expect(() => compilePipeline({ ...broken, stages })).toThrow('"nosuch" not defined')
    expect(() => compilePipeline({ ...broken, stages }, { line: false })).not.toThrow()
  })

  test.each([
    ['| line_format "{{ if .a }}x"', 'template: line:1: unexpected EOF'],
    ['| line_format "{{ $x }}"', 'template: line:1: undefined variable "$x"'],
    ['| label_format a="{{ range .x }}{{ else }}"', 'template: label:1: unexpected EOF'],
  ])('%s says what is wrong', (stages, message) => {
    expect(() => compilePipeline(logQuery(`{app="a"} ${stages}`))).toThrow(message)
    expect(() => compilePipeline(logQuery(`{app="a"} ${stages}`))).toThrow(QueryError)
  })

  test('a template that looks at the labels as a whole gets all of them, whatever the result needs', () => {
    const stages = '| json | line_format "{{ range $k, $v := . }}{{ $k }}={{ $v }} {{ end }}"'
    const pipeline = compilePipeline(logQuery(`{app="a"} ${stages}`), { outputs: ['b'] })
    expect(pipeline.process(row('{"b":"1","c":"2"}'))?.line).toBe('app=a b=1 c=2 ')
  })
})

const STAGES = [
  '| json',
  '| json a="b.c[0]", d',
  '| logfmt',
  '| logfmt --strict --keep-empty',
  '| logfmt x="a"',
  '| regexp "(?P<r>[a-z]+)=(?P<s>\\\\d+)"',
  '| pattern "<p>=<q> <_>"',
  '| unpack',
  '|= "a"',
  '|~ "(?i)A|b.c"',
  '|> "<_>a<_>"',
  '|= ip("1.2.3.4-1.2.3.9") or "a"',
  '| a > 5',
  '| d < 3s or a="x"',
  '| b >= 1KB, a!=""',
  '| line_format "{{.a}} {{ __line__ | trunc 5 | repeat 3 }}"',
  '| label_format a="{{.b | replace \\"x\\" \\"y\\"}}", c=d',
  '| label_format n="{{ mod .a .b }}"',
  '| line_format "{{ printf \\"%9s|%d|%5.1f\\" .a 3 2.5 }}{{ alignRight .n .a }}"',
  '| label_format r="{{ regexReplaceAll .a .b \\"$1\\" }}"',
  '| decolorize',
  '| drop a, b="1", __error__',
  '| keep a, c=~".+"',
] as const

const anyLine = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.json({ maxDepth: 3 }),
  fc.json().map((text) => text.slice(0, -1)),
  fc
    .array(
      fc.tuple(
        fc.constantFrom('a', 'b', 'c', 'd', 'n'),
        fc.constantFrom('1', '"x y"', '', '2s', '5MB', '"', '1e99', '::1', '(', '\u001b[1m'),
      ),
    )
    .map((pairs) => pairs.map(([k, v]) => `${k}=${v}`).join(' ')),
)

test('no line makes a pipeline throw, and needing only some labels changes nothing about them', () => {
  const property = fc.property(
    fc.array(fc.constantFrom(...STAGES), { minLength: 1, maxLength: 5 }),
    fc.array(anyLine, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('a', 'c', 'app_extracted', 'r'),
    (stages, lines, wanted) => {
      const query = logQuery(`{app="a"} ${stages.join(' ')}`)
      const full = compilePipeline(query)
      const some = compilePipeline(query, { outputs: [wanted] })
      for (const line of lines) {
        const given = row(line, { app: 'a' }, { m: '1' })
        const all = full.run(given)
        expect(some.run(given)).toBe(all)
        if (!all) continue
        expect(some.state.get(wanted)).toBe(full.state.get(wanted))
        // A parser that has found what is wanted looks no further, and so may miss a fault; it never finds one more.
        if (full.state.error === '') expect(some.state.error).toBe('')
        expect(some.state.line).toBe(full.state.line)
      }
    },
  )
  fc.assert(property, { numRuns: 2500 })
})
