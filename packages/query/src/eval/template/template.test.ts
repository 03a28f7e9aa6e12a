import { expect, test } from 'vitest'
import { LineState } from '../pipeline/line-state.ts'
import { row } from '../testing/build.ts'
import { compileTemplate } from './compile.ts'
import { TemplateFault } from './functions.ts'

function render(template: string, labels: Record<string, string> = {}): string {
  const state = new LineState()
  state.load(row('the line', labels, {}, 1_700_000_000_123_456_789n))
  return compileTemplate(template).render(state)
}

const LABELS = { a: 'Hello World', n: '7', url: 'x y&z', dur: '1m30s', size: '2KB', empty: '' }

test.each([
  ['plain }} text', 'plain }} text'],
  ['[{{.a}}][{{ .missing }}]', '[Hello World][]'],
  ['x {{- .n -}} y', 'x7y'],
  ['{{/* a comment */}}{{ __line__ }}', 'the line'],
  ['{{ __timestamp__ }}', '2023-11-14T22:13:20.123Z'],
  ['{{ .a | lower | trunc 5 }}', 'hello'],
  ['{{ trunc -5 .a }}', 'World'],
  ['{{ ToUpper .a }} {{ .a | ToLower }}', 'HELLO WORLD hello world'],
  ['{{ .a | replace "o" "0" }} {{ Replace .a "l" "L" 2 }}', 'Hell0 W0rld HeLLo World'],
  ['{{ substr 1 4 .a }} {{ hasPrefix "He" .a }} {{ contains "x" .a }}', 'ell true false'],
  ['{{ trimPrefix "Hello " .a }} {{ TrimSuffix .a "World" }}|', 'World Hello |'],
  ['{{ Trim "--x--" "-" }} {{ trimAll "$" "$5$" }} {{ TrimLeft "xxy" "x" }}', 'x 5 y'],
  ['{{ regexReplaceAll "o+" .a "0" }} {{ count "l" .a }}', 'Hell0 W0rld 3'],
  ['{{ add .n 3 }} {{ sub 10 .n }} {{ mul .n 2 }} {{ div 15 .n }} {{ mod 15 .n }}', '10 3 14 2 1'],
  ['{{ addf 1.5 .n }} {{ maxf 1 2.5 }} {{ min 4 .n }} {{ ceil 1.2 }}', '8.5 2.5 4 2'],
  ['{{ printf "%s|%5s|%-4s|%03d|%.2f|%q|%%" .n "ab" "c" 5 1.005 "q" }}', '7|   ab|c   |005|1.00|"q"|%'],
  ['{{ alignLeft 7 .n }}|{{ alignRight 3 .n }}|{{ alignRight 2 .a }}', '7      |  7|ld'],
  ['{{ urlencode .url }} {{ urldecode "a%20b+c" }}', 'x+y%26z a b c'],
  ['{{ duration .dur }} {{ bytes .size }}', '90 2000'],
  ['{{ default "none" .empty }} {{ default "none" .n }}', 'none 7'],
  ['{{ (add 1 2) | mul 2 }} {{ eq .n "7" }} {{ title "ab cd" }}', '6 true Ab Cd'],
  ['{{ repeat 3 "ab" }}{{ nindent 2 "x\\ny" }}', 'ababab\n  x\n  y'],
  ['{{ "a}}b" }}{{ `raw` }}', 'a}}braw'],
])('%s', (template, text) => {
  expect(render(template, LABELS)).toBe(text)
})

test.each([
  '{{ div 1 0 }}',
  '{{ repeat 99999999 "ab" }}',
  '{{ duration .a }}',
  '{{ urldecode "%zz" }}',
  '{{ regexReplaceAll "(" .a "" }}',
  '{{ printf "%99999999s" .a }}',
  '{{ alignLeft 99999999 .a }}',
])('%s fails on the line', (template) => {
  expect(() => render(template, LABELS)).toThrow(TemplateFault)
})

test.each([
  ['{{ nosuch }}', 'function "nosuch" not defined'],
  ['{{ .a', 'unclosed action'],
  ['{{ }}', 'missing value'],
  ['{{ trunc 1 }}', 'wrong number of args for trunc: want 2 got 1'],
  ['{{ .a | .b }}', 'only a function can stand after |'],
  ['{{ .a .b }}', "can't give argument to non-function"],
  ['{{ (lower .a }}', 'unclosed left paren'],
  ['{{ with .a }}x{{ end }}', '{{with}} is not supported yet'],
])('%s cannot be compiled', (template, message) => {
  expect(() => compileTemplate(template)).toThrow(message)
})

test('nesting is bounded', () => {
  for (const depth of [101, 50_000]) {
    expect(() => compileTemplate(`{{ ${'('.repeat(depth)}.a${')'.repeat(depth)} }}`)).toThrow('within one another')
    expect(() => compileTemplate(`{{ .a ${'| lower'.repeat(depth)} }}`)).toThrow('functions in one pipeline')
  }
  expect(render(`{{ ${'('.repeat(99)}.a${')'.repeat(99)} ${'| upper'.repeat(100)} }}`, LABELS)).toBe('HELLO WORLD')
})

test('tells which labels it reads', () => {
  expect(compileTemplate('{{.a}} {{ .b | add .c }}').labels).toEqual(['a', 'b', 'c'])
})
