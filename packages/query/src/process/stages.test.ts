import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { compileStages } from './compile.ts'
import { type Outcome, runStages } from './testing/run.ts'

const after = (config: unknown, line: string, labels?: Record<string, string>) =>
  runStages(config, [line], labels === undefined ? {} : { labels }).out[0] as Outcome
const extracted = (config: unknown, line: string) => after(config, line).extracted

describe('labels and what stands beside lines', () => {
  const json = { json: {} }
  test.each<[string, unknown[], Record<string, string>]>([
    ['labels', [json, { labels: { level: null, svc: 'app' } }], { job: 'test', level: 'warn', svc: 'web' }],
    ['labels from numbers', [json, { labels: { n: '' } }], { job: 'test', n: '3' }],
    ['labels of nothing', [json, { labels: { gone: null, empty: null } }], { job: 'test' }],
    ['static_labels', [{ static_labels: { env: 'dev', job: '' } }], { env: 'dev' }],
    ['labeldrop', [{ labeldrop: ['job'] }], {}],
    ['labelallow', [json, { labels: ['level', 'app'] }, { labelallow: ['level'] }], { level: 'warn' }],
  ])('%s', (_name, config, expected) => {
    expect(after(config, '{"level":"warn","app":"web","n":3,"empty":""}').labels).toEqual(expected)
  })

  test('equal sets are one Map', () => {
    const run = compileStages([json, { labels: { level: null } }], 'x').open({ now: () => 0, count: () => {} })
    const base = new Map([['job', 'a']])
    const found = ['{"level":"a"}', '{"level":"b"}', '{"level":"a"}', 'none'].map((line) => {
      const entry = {
        timeNs: 0n,
        line,
        labels: base as ReadonlyMap<string, string>,
        metadata: [],
        extracted: undefined,
        tenant: undefined,
      }
      run.push(entry, () => {})
      return entry.labels
    })
    expect(found[0]).toBe(found[2])
    expect(found[0]).not.toBe(found[1])
    expect(found[3]).toBe(base)
  })

  test('metadata, output and tenant', () => {
    const config = [
      json,
      { structured_metadata: { trace: 'id' } },
      { output: { source: 'msg' } },
      { tenant: { source: 't' } },
    ]
    expect(after(config, '{"id":"q1","msg":"hello","t":"acme"}')).toMatchObject({
      metadata: { trace: 'q1' },
      line: 'hello',
      tenant: 'acme',
    })
    expect(after([{ tenant: { label: 'job' } }], 'x').tenant).toBe('test')
    expect(after([{ tenant: { value: 'fixed' } }], 'x').tenant).toBe('fixed')
  })
})

describe('changed lines', () => {
  test.each<[unknown, string, string]>([
    [{ replace: { expression: 'pass=(\\S+)', replace: '***' } }, 'a pass=x b pass=yy', 'a pass=*** b pass=***'],
    [{ replace: { expression: '(\\d+)-(\\d+)', replace: '{{ .Value }}!' } }, '1-2', '1!-2!'],
    [{ replace: { expression: 'x+', replace: 'y' } }, 'axxbx', 'ayby'],
    [{ replace: { expression: '(a(b))c', replace: '' } }, 'abc', 'c'],
    [{ replace: { expression: '(x)', replace: '{{ index "a" 9 }}' } }, 'axb', 'ab'],
    [{ decolorize: {} }, '\u001b[1;31mred\u001b[0m!', 'red!'],
  ])('%j', (config, line, expected) => {
    expect(after([config], line).line).toBe(expected)
  })

  test.each<[string, string | undefined]>([
    ['{{ ToUpper .Value }}', 'ABC'],
    ['{{ .Entry }}/{{ .other }}', 'v=abc/<no value>'],
    ['{{ if eq .Value "abc" }}yes{{ else }}no{{ end }}', 'yes'],
    ['{{ Replace .Value "b" "-" -1 }}{{ Trim .Value "ac" }}', 'a-cb'],
    ['{{ regexReplaceAll "(a)(b)" .Value "$2$1" }}', 'bac'],
    ['{{ if false }}x{{ end }}', undefined],
  ])('template %s', (text, expected) => {
    const config = [{ logfmt: {} }, { template: { source: 'v', template: text } }]
    expect(extracted(config, 'v=abc').v).toBe(expected)
  })
})

test('hashes are those of their standards, with the salt in front', () => {
  const of = (digest: string) => createHash(digest).update('saltabc').digest('hex')
  const config = [
    { logfmt: {} },
    { template: { source: 'v', template: '{{ Hash "salt" .Value }}{{ Sha2Hash "salt" .Value }}' } },
  ]
  expect(extracted(config, 'v=abc').v).toBe(of('sha3-256') + of('sha256'))
  const { line, extracted: values } = after(
    [{ replace: { expression: 'ip (?P<ip>\\S+)', replace: '{{ Sha2Hash "salt" .Value }}' } }],
    'ip abc',
  )
  expect([line, values]).toEqual([`ip ${of('sha256')}`, { ip: of('sha256') }])
})
