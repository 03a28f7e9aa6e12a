import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseGoDuration } from '../text/quantity.ts'
import {
  Duration,
  defineFunction,
  defineVariadic,
  type FunctionTable,
  type GoFunction,
  GoObject,
  GoTime,
  LOKI,
  type MissingKey,
  parseTemplate,
  SPRIG,
  StringMap,
  TemplateExecError,
  type TemplateOptions,
  TemplateSyntaxError,
} from './index.ts'

const read = (name: string) => readFileSync(new URL(`testdata/${name}`, import.meta.url), 'utf8')
const labels = new StringMap(JSON.parse(read('labels.json')))
const nested = JSON.parse(read('nested.json'))

/** What the recorded cases call besides the tables. */
const EXTRA: FunctionTable = new Map<string, GoFunction>([
  ['__line__', defineFunction([], () => 'the line')],
  ['__timestamp__', defineFunction([], () => GoTime.ofUnixNano(1_700_000_000_123_456_789n))],
  ['f', defineVariadic(['int'], 'string', ([a], rest) => `${a} [${rest.join(' ')}]`)],
  ['fn', defineFunction([], () => defineFunction(['int', 'string'], ([n, s]) => s.repeat(n)))],
  [
    'dur',
    defineFunction(['string'], ([text]) => {
      const parsed = parseGoDuration(text)
      return new Duration(BigInt(parsed.fault === undefined ? parsed.value : 0))
    }),
  ],
])

interface Case {
  readonly template: string
  readonly data?: 'labels' | 'nested'
  readonly missingKey?: MissingKey
  readonly text?: string
  readonly refused?: string
  readonly fails?: string
}

function outcome({ template, data = 'labels', missingKey = 'zero' }: Case): Pick<Case, 'text' | 'refused' | 'fails'> {
  try {
    const parsed = parseTemplate(template, { name: 'line', functions: [SPRIG, LOKI, EXTRA], missingKey })
    return { text: parsed.execute(data === 'labels' ? labels : nested) }
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return { refused: error.message }
    if (error instanceof TemplateExecError) return { fails: error.message }
    throw error
  }
}

/** Each line: a template and what Go 1.26 with sprig 3.3 makes of it (its text, or the message of its refusal). */
describe('recorded cases', () => {
  const cases = read('cases.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)

  test('are what Go gives', () => {
    const different: unknown[] = []
    for (const recorded of cases) {
      const { text, refused, fails } = recorded
      const expected = text === undefined ? (refused === undefined ? { fails } : { refused }) : { text }
      const got = outcome(recorded)
      if (JSON.stringify(got) !== JSON.stringify(expected)) different.push({ ...recorded, got })
    }
    expect(different).toEqual([])
    expect(cases.length).toBeGreaterThan(1500)
  })

  test('call every function of the tables', () => {
    const all = cases.filter(({ text }) => text !== undefined).map(({ template }) => template)
    const missing = [...SPRIG.keys(), ...LOKI.keys()].filter(
      (name) => !all.some((template) => new RegExp(`\\b${name}\\b`).test(template)),
    )
    expect(missing).toEqual(['now'])
  })
})

function render(source: string, data: unknown = {}, options: TemplateOptions = {}): string {
  return parseTemplate(source, { functions: [SPRIG, LOKI], ...options }).execute(data)
}

describe('data', () => {
  class Alert extends GoObject {
    readonly typeName = 'Alert'
    override toString(): string {
      return 'the alert'
    }
    override field(name: string): { readonly value: unknown } | undefined {
      return name === 'Labels' ? { value: new StringMap({ severity: 'page' }) } : undefined
    }
    override method(name: string): GoFunction | undefined {
      return name === 'Plus' ? defineFunction(['string'], ([text]) => `alert ${text}`) : undefined
    }
  }

  test('objects have fields and methods', () => {
    const data = { alert: new Alert(), at: new GoTime(1_700_000_000, 0) }
    expect(render('{{ .alert }} {{ .alert.Labels.severity }} {{ .alert.Plus "x" }} {{ .at.Year }}', data)).toBe(
      'the alert page alert x 2023',
    )
    expect(render('{{ with .alert }}{{ "y" | .Plus }}{{ end }}', data)).toBe('alert y')
    expect(() => render('{{ .alert.Nope }}', data)).toThrow("can't evaluate field Nope in type interface {}")
    expect(() => render('{{ .alert.Labels 1 }}', data)).toThrow('Labels has arguments but cannot be invoked')
  })

  test('labels may be any map, also one that is no Map', () => {
    const inner = new Map([['host', 'a']])
    const labels: ReadonlyMap<string, string> = {
      size: 1,
      get: (name) => inner.get(name),
      has: (name) => inner.has(name),
      keys: () => inner.keys(),
      values: () => inner.values(),
      entries: () => inner.entries(),
      forEach: (visit) => inner.forEach(visit),
      [Symbol.iterator]: () => inner[Symbol.iterator](),
    }
    expect(render('{{ .Labels.host }}', { Labels: new StringMap(labels) })).toBe('a')
    expect(render('{{ .Labels.get }}', { Labels: new StringMap({ get: 'b' }) })).toBe('b')
  })

  test('maps are Maps or objects; what objects inherit is not in them', () => {
    expect(render('{{ .a.b }} {{ . }}', new Map([['a', { b: 1.5 }]]))).toBe('1.5 map[a:map[b:1.5]]')
    expect(render('{{ .constructor }} {{ .__proto__ }}', {})).toBe('<no value> <no value>')
  })

  test.each([
    ['default', '<no value>', '<no value>'],
    ['zero', '<no value>', ''],
  ] as const)('missingKey %s', (missingKey, any, text) => {
    expect(render('{{ .x }}', {}, { missingKey })).toBe(any)
    expect(render('{{ .x }}', new StringMap({}), { missingKey })).toBe(text)
  })

  test('missingKey error', () => {
    const options = { missingKey: 'error', name: 'n' } as const
    expect(() => render('{{ .x }}', new StringMap({}), options)).toThrow(
      'template: n:1:3: executing "n" at <.x>: map has no entry for key "x"',
    )
  })
})

describe('templates', () => {
  test('use the definitions of others, whose places are told in their own text', () => {
    const shared = parseTemplate('{{ define "greet" }}hello {{ . }}{{ end }}\n{{ define "bad" }}{{ len 1 }}{{ end }}', {
      name: 'shared',
    })
    expect(render('{{ template "greet" .who }}', { who: 'you' }, { include: [shared] })).toBe('hello you')
    expect(() => render('{{ template "bad" }}', {}, { include: [shared] })).toThrow(
      'template: shared:2:21: executing "bad" at <len 1>: error calling len: len of type int',
    )
    expect(shared.executeTemplate('greet', 'me')).toBe('hello me')
    expect(() => shared.executeTemplate('nope', 1)).toThrow('no template "nope" associated with template "shared"')
    expect(shared.definitions()).toEqual(['greet', 'bad', 'shared'])
  })

  test('get the context that execute is given', () => {
    const functions = [new Map([['who', defineFunction([], (_args, { context }) => context)]])]
    expect(parseTemplate('{{ who }}', { functions }).execute({}, 'me')).toBe('me')
  })

  test.each([
    ['{{.a}} {{ .b | printf "%s" .c }}', ['a', 'b', 'c'], false],
    ['{{ with .a }}{{ .b }}{{ $.c }}{{ else }}{{ .d }}{{ end }}', ['a', 'c', 'd'], false],
    ['{{ $x := .a.b }}{{ $x.c }}{{ (index .d 0).e }}', ['a', 'd'], false],
    ['{{ define "t" }}{{ .z }}{{ $.y }}{{ end }}{{ template "t" .a }}', ['a'], false],
    ['{{ range $k, $v := . }}{{ $k }}{{ end }}', [], true],
    ['{{ template "t" $ }}{{ define "t" }}{{ .z }}{{ end }}', [], true],
    ['{{ index . "a" }}', [], true],
  ])('%s tells what it reads', (source, names, all) => {
    const { reads } = parseTemplate(source)
    expect([...reads.names].sort()).toEqual(names)
    expect(reads.all).toBe(all)
  })

  test('a syntax error has its line', () => {
    try {
      parseTemplate('a\n{{ if .x }}\n{{ nosuch }}', { name: 'n' })
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateSyntaxError)
      const { message, line, reason } = error as TemplateSyntaxError
      expect({ message, line, reason }).toEqual({
        message: 'template: n:3: function "nosuch" not defined',
        line: 3,
        reason: 'function "nosuch" not defined',
      })
    }
  })
})
