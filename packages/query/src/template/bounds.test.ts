import { describe, expect, test } from 'vitest'
import { randomNumbers, testSeed } from '../testing/seed.ts'
import { LOKI, parseTemplate, SPRIG, StringMap, TemplateExecError, TemplateSyntaxError } from './index.ts'

const DATA = { text: 'some text', list: [1, 'two', null, [3]], map: { a: 1, b: { c: 'd' } }, n: 5 }

function run(source: string, data: unknown = DATA): string {
  return parseTemplate(source, { functions: [SPRIG, LOKI], maxOutput: 1_000_000, maxWork: 2_000_000 }).execute(data)
}

describe('a template fails rather than', () => {
  test.each([
    ['loop', '{{ range 999999999999 }}{{ end }}', 'too many steps'],
    ['loop in loops', '{{ range 99999 }}{{ range 99999 }}x{{ end }}{{ end }}', 'too many steps'],
    ['call itself', '{{ define "t" }}{{ template "t" . }}{{ end }}{{ template "t" . }}', 'maximum template depth'],
    [
      'call itself within blocks',
      `{{ define "t" }}${'{{ if true }}'.repeat(150)}{{ template "t" }}${'{{ end }}'.repeat(151)}{{ template "t" }}`,
      'maximum template depth',
    ],
    [
      'call itself twice at each level',
      '{{ define "t" }}{{ if lt . 60 }}{{ $n := int (add . 1) }}{{ template "t" $n }}{{ template "t" $n }}{{ end }}{{ end }}{{ template "t" 1 }}',
      'too many steps',
    ],
    ['double a text', '{{ $x := .text }}{{ range 99 }}{{ $x = print $x $x }}{{ end }}', 'exceeds'],
    ['repeat', '{{ repeat 999999999 .text }}', 'exceeds'],
    ['indent', '{{ indent 999999999 .text }}', 'exceeds'],
    ['align', '{{ alignLeft 999999999 .text }}', 'exceeds'],
    ['pad', '{{ printf "%1000000d%1000000d" 1 2 }}', 'exceeds'],
    ['replace', '{{ $x := repeat 90000 "a" }}{{ replace "a" $x $x }}', 'exceeds'],
    ['replace matches', '{{ $x := repeat 90000 "a" }}{{ regexReplaceAll "a" $x $x }}', 'exceeds'],
    ['put between characters', '{{ $x := repeat 90000 "a" }}{{ replace "" $x $x }}', 'exceeds'],
    ['work on long texts', '{{ $x := repeat 900000 "a" }}{{ range 9999 }}{{ $y := upper $x }}{{ end }}', 'steps'],
    ['match long texts', '{{ $x := repeat 900000 "a" }}{{ range 999 }}{{ $y := count "b" $x }}{{ end }}', 'steps'],
  ])('%s without end', (_what, source, message) => {
    const started = performance.now()
    expect(() => run(source)).toThrow(TemplateExecError)
    expect(() => run(source)).toThrow(message)
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  test('print data nested too deep', () => {
    const json = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(() => run('{{ fromJson . }}', json)).toThrow('nested more than')
  })

  test.each([
    ['parentheses', (n: number) => `{{ ${'('.repeat(n)}.text${')'.repeat(n)} }}`, 100],
    ['blocks', (n: number) => '{{ if .text }}'.repeat(n) + '{{ end }}'.repeat(n), 200],
    ['else ifs', (n: number) => `{{ if .x }}${'{{ else if .x }}'.repeat(n - 1)}{{ end }}`, 100],
    ['stages', (n: number) => `{{ .text ${'| upper'.repeat(n)} }}`, 900],
  ])('%s are bounded', (_what, source, fine) => {
    expect(() => run(source(fine))).not.toThrow()
    expect(() => run(source(100_000))).toThrow(TemplateSyntaxError)
  })
})

describe('parsing', () => {
  const LONG: readonly (readonly [string, (n: number) => string])[] = [
    ['text', (n) => 'x'.repeat(n)],
    ['lines', (n) => '\n'.repeat(n)],
    ['actions', (n) => '{{.a}}'.repeat(n / 6)],
    ['comments', (n) => '{{/* */}}'.repeat(n / 9)],
    ['open actions', (n) => '{{'.repeat(n / 2)],
    ['variables', (n) => Array.from({ length: n / 22 }, (_, i) => `{{ $v${i} := 1 }}{{ $v${i} }}`).join('')],
    ['quotes', (n) => `{{ "${'\\"'.repeat(n / 2)}" }}`],
    ['digits', (n) => `{{ ${'1'.repeat(n)} }}`],
    ['grouped digits', (n) => `{{ ${'1_'.repeat(n / 2)}x }}`],
    ['hexadecimal digits', (n) => `{{ 0x${'a'.repeat(n)}.p1 }}`],
    ['fields', (n) => `{{ ${'.a'.repeat(n / 2)} }}`],
    ['spaces', (n) => `${' '.repeat(n)}{{- .a -}}${' '.repeat(n)}`],
    ['definitions', (n) => Array.from({ length: n / 30 }, (_, i) => `{{ define "d${i}" }}x{{ end }}`).join('')],
  ]

  test.each(LONG)('takes linear time for %s', (_what, source) => {
    const started = performance.now()
    try {
      run(source(400_000))
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError || error instanceof TemplateExecError)) throw error
    }
    // Orders of magnitude: a square of the length would take minutes.
    expect(performance.now() - started).toBeLessThan(8_000)
  })
})

const PIECES = [
  ...[
    '{{',
    '}}',
    '{{-',
    '-}}',
    ' ',
    '\n',
    '"',
    '`',
    "'",
    '(',
    ')',
    '|',
    ',',
    ':=',
    '=',
    '$',
    '.',
    '-',
    '+',
    '@',
    '%',
    '\\',
  ],
  ...[
    '{{ if .text }}',
    '{{ else }}',
    '{{ end }}',
    '{{ range .list }}',
    '{{ with .map }}',
    '{{ break }}',
    '{{ continue }}',
  ],
  ...[
    '{{ define "t" }}',
    '{{ template "t" . }}',
    '{{ block "t" . }}',
    '{{ else if .n }}',
    '{{ range $i, $e := .list }}',
  ],
  ...[
    '.text',
    '.map.b.c',
    '$x',
    '$i',
    'nil',
    'true',
    '1',
    '0x1p',
    '1.5',
    "'a'",
    '"%d %s %*v"',
    '1e400',
    '9_9',
    '/*',
    '*/',
  ],
  ...[...SPRIG.keys(), ...LOKI.keys()],
  ...['printf', 'print', 'index', 'slice', 'len', 'call', 'html', 'js', 'urlquery', 'eq', 'lt', 'and', 'or', 'not'],
  ...['é', '\ud83d', '\u{1f600}', '\0', '٣', 'x'],
]

test('no text makes the module throw anything but its own errors, or hang', () => {
  const seed = testSeed('templates')
  const random = randomNumbers(seed)
  const pick = () => PIECES[Math.floor(random() * PIECES.length)] as string
  const labels = new StringMap({ text: 'é x', n: '5' })
  let executed = 0
  for (let i = 0; i < 30_000; i++) {
    const inAction = random() < 0.6
    const source = Array.from({ length: 1 + Math.floor(random() * 12) }, pick).join(random() < 0.7 ? ' ' : '')
    const template = inAction ? `{{ ${source} }}` : source
    try {
      run(template, random() < 0.5 ? labels : DATA)
      executed++
    } catch (error) {
      if (error instanceof TemplateSyntaxError || error instanceof TemplateExecError) continue
      throw new Error(`seed ${seed}: ${JSON.stringify(template)}`, { cause: error })
    }
  }
  expect(executed).toBeGreaterThan(300)
})
