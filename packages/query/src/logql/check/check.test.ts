import { describe, expect, it } from 'vitest'
import { parseLogQL } from '../parse/parse.ts'
import { CORPUS } from '../testing/corpus.ts'
import { checkLogQL, parseAndCheckLogQL } from './check.ts'
import { refuseExtensions } from './extensions.ts'
import { templateFault } from './template.ts'

describe('checkLogQL', () => {
  it.each(CORPUS)('passes %s', (text) => {
    checkLogQL(parseLogQL(text), text)
  })

  it('can leave the regular expressions of line filters alone, and nothing else', () => {
    const check = (text: string) => checkLogQL(parseLogQL(text), text, { lineRegexes: false })
    check('sum(rate({a="b"} |~ "(" !~ "[" [1m])) / 2')
    expect(() => check('sum(rate({a="b"} |~ "(" |= ip("x") [1m]))')).toThrow('ip: invalid pattern')
  })

  it.each([
    ['{a="b"} |~ "("', 9, 'error parsing regexp'],
    ['{a="b"} |= "x" |~ ip("::1")', 16, 'ip: invalid operation'],
    ['{a="b"} |= ip("1.2.3")', 9, 'ip: invalid pattern'],
    ['{a="b"} |= ip("10.0.0.9-10.0.0.1")', 9, 'ip: invalid pattern'],
    ['{a="b"} |= ip("10.0.0.0/33")', 9, 'ip: invalid pattern'],
    ['{a="b"} |= ip("10.0.0.01")', 9, 'ip: invalid pattern'],
    ['{a="b"} |= ip("1::2::3")', 9, 'ip: invalid pattern'],
    ['{a="b"} | c="d" or e!=ip("x")', 20, 'ip: invalid pattern'],
    ['{a="b"} |> "<c>"', 9, 'named captures are not allowed'],
    ['{a="b"} !> "<_><_>"', 9, 'consecutive captures'],
    ['{a="b"} | json c="d..e"', 9, 'cannot parse expression [c]'],
    ['{a="b"} | json c="d["', 9, 'expecting ["key"] or [index]'],
    ['{a="b"} | json c="d-e"', 9, 'quote such keys'],
    ['{a="b"} | json c=""', 9, 'empty'],
    ['{a="b"} | logfmt c="d e"', 9, 'is no key'],
    ['{a="b"} | line_format "{{ .x"', 9, 'unclosed action'],
    ['{a="b"} | line_format "{{ nope .x }}"', 9, 'function "nope" not defined'],
    ['{a="b"} | label_format c="{{ if .x }}"', 9, 'unexpected EOF'],
    ['{a="b"} | label_format __error__=c', 9, '__error__ cannot be formatted'],
    ['{a="b"} | label_format c=d, c=e', 9, "multiple label name 'c'"],
    ['sum(rate({a="b"} |~ "(" [1m])) + vector(1)', 18, 'error parsing regexp'],
    ['sum_over_time({a="b"} | unwrap c | d=ip("x") [1m])', 36, 'ip: invalid pattern'],
    ['bytes_rate({a="b"} | line_format "{{ nope }}" [1m])', 20, 'not defined'],
    ['rate({a="b"} | line_format "{{ nope }}" |= "c" [1m])', 14, 'not defined'],
  ])('refuses %s', (text, column, message) => {
    const expr = parseLogQL(text)
    expect(() => checkLogQL(expr, text)).toThrow(message)
    expect(() => checkLogQL(expr, text)).toThrow(expect.objectContaining({ line: 1, column }))
    expect(() => checkLogQL(expr)).toThrow(expect.objectContaining({ line: 0, column: 0 }))
  })

  it('lets a template pass whose line nothing reads', () => {
    parseAndCheckLogQL('count_over_time({a="b"} | line_format "{{ nope }}" [1m])')
  })

  it.each([
    '10.0.0.1',
    '10.0.0.0/8',
    '0.0.0.0/0',
    '::',
    '::1/128',
    '1:2:3:4:5:6:7:8',
    '::ffff:10.0.0.1',
    'fe80::1-fe80::ff',
  ])('takes the address pattern %s', (pattern) => {
    parseAndCheckLogQL(`{a="b"} |= ip("${pattern}")`)
  })
})

describe('templateFault', () => {
  it.each([
    '',
    'plain }} text',
    '{{.a}} {{- .b -}} {{/* note */}}',
    '{{ if eq .a "}}" }}x{{ else if .b }}y{{ else }}z{{ end }}',
    '{{ range $i, $x := fromJson .list }}{{ $x.name | upper }}{{ end }}',
    '{{ with .a }}{{ . }}{{ end }}{{ printf "%d %s" 5 (ToLower `A`) }}',
    "{{ $n := 1.5e3 }}{{ $n }}{{ eq 'a' 'b' }}{{ true }}{{ __line__ }}",
    '{{ $x := .a }}{{ define `t` }}{{ . }}{{ end }}{{ template `t` $x }}{{ trunc 1 }}',
  ])('accepts %j', (template) => {
    expect(templateFault(template, 'line')).toBeUndefined()
  })

  it.each([
    ['{{ .a', 'unclosed action'],
    ['{{ }}', 'missing value'],
    ['{{ "x }}', 'template: line:1: unterminated quoted string'],
    ['{{ (.a }}', 'unclosed left paren'],
    ['{{ .a) }}', 'unexpected right paren'],
    ['{{ end }}', 'template: line:1: unexpected {{end}}'],
    ['{{ else }}', 'unexpected {{else}}'],
    ['{{ if .a }}\n', 'template: line:2: unexpected EOF'],
    ['{{/* x }}', 'unclosed comment'],
    ['{{ .a ; .b }}', 'unexpected ";" in operand'],
  ])('refuses %j', (template, fault) => {
    expect(templateFault(template, 'line')).toContain(fault)
  })
})

describe('refuseExtensions', () => {
  it.each([
    ['{a="b"} | json | distinct c', 'line 1, col 16: distinct'],
    ['sum(present_over_time({a="b"}[5m]))', 'line 1, col 5: present_over_time'],
    ['vector(1) + label_replace(count_values("x", vector(1)), "a", "b", "c", "d")', 'line 1, col 27: count_values'],
  ])('refuses %s', (text, message) => {
    expect(() => refuseExtensions(parseAndCheckLogQL(text), text)).toThrow(message)
  })

  it('lets everything of Loki pass', () => {
    for (const text of [...CORPUS, '{distinct="x"} | json | distinct="y" | drop distinct', '{count_values="a"}']) {
      refuseExtensions(parseLogQL(text), text)
    }
  })
})
