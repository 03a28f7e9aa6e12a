import { appendFileSync, mkdirSync } from 'node:fs'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { compileLineTest } from '../tail/line-pattern.ts'
import { pause, TailBench } from '../tail/testing/tail-bench.ts'
import { cri } from './cri.ts'
import { docker } from './docker.ts'
import { file } from './file.ts'

let bench: TailBench
beforeEach(() => {
  bench = new TailBench()
})
afterEach(() => bench.end())

const start = (options: Record<string, unknown> = {}) => {
  const given = { include: bench.path('**/*.log'), pollInterval: '10ms', rotatedQuiet: '100ms', ...options }
  return bench.start((context) => file.open(v.parse(file.options, given), context))
}
const append = (name: string, text: string) => appendFileSync(bench.path(name), text)

test.each([file, docker, cri])('the example of $name is taken', (kind) => {
  expect(v.safeParse(kind.options, parse(kind.example)).issues).toBeUndefined()
})

test.each([
  [{ include: 'logs/*.log' }, /no absolute path/],
  [{ include: [] }, /at least one path/],
  [{ include: '/a', encoding: 'utf-7' }, /encoding|utf-7|Expected/],
  [{ include: '/a', startAt: 'middle' }, /beginning/],
  [{ include: '/a', multiline: { firstLine: '(?=a)' } }, /lookaround/],
  [{ include: '/a', labelsFromPath: '(' }, /no regular expression/],
  [{ include: '/a', pathLabel: 'a-b' }, /no name of a label/],
  [{ include: '/a', includes: '/b' }, /includes/],
])('%j is refused', (options, message) => {
  const { issues } = v.safeParse(file.options, options)
  const told = issues?.map((issue) => JSON.stringify([issue.message, (issue as { issues?: unknown[] }).issues ?? []]))
  expect(told?.join()).toMatch(message)
})

test('labels from the path, with and without the path itself', async () => {
  mkdirSync(bench.path('logs/training'), { recursive: true })
  append('logs/training/a.log', 'one\n')
  append('logs/training/b.log', 'two\n')
  start({ pathLabel: false, labelsFromPath: 'logs/(?P<kind>[^/]+)/(?<none>x)?' })
  await bench.until('lines', () => bench.lines.length === 2)
  expect(bench.lines[0]?.labels).toEqual(new Map([['kind', 'training']]))
  expect(bench.lines[1]?.labels).toBe(bench.lines[0]?.labels)
})

test('a Korean file', async () => {
  appendFileSync(bench.path('a.log'), Buffer.from('b0a1b3aa0a', 'hex'))
  start({ encoding: 'euc-kr' })
  await bench.until('a line', () => bench.texts().join() === '가나')
})

describe('blocks of several lines', () => {
  const multiline = { firstLine: '^\\d\\d:', maxWait: '150ms', maxLines: 3 }

  test('begin with a line that fits, and end with the next or after a while', async () => {
    append('a.log', 'before\n01: one\n  more\n02: two\n  x\n')
    start({ multiline })
    await bench.until('the first', () => bench.lines.length === 2)
    await bench.until('the last', () => bench.lines.length === 3)
    expect(bench.texts()).toEqual(['before', '01: one\n  more', '02: two\n  x'])
    expect(bench.lines.map(({ place }) => place)).toEqual([0, 7, 22])
    append('a.log', '03: three\n  a\n  b\n  c\n04: four\n')
    await bench.until('all', () => bench.lines.length === 6)
    expect(bench.texts().slice(3)).toEqual(['03: three\n  a\n  b', '  c', '04: four'])
  })

  test('a block that waits is not lost by a crash', async () => {
    append('a.log', '01: one\n  more\n')
    start({ multiline: { ...multiline, maxWait: '10s', maxLines: 100 } })
    await pause(80)
    expect(bench.lines).toEqual([])
    await bench.crash()
    append('a.log', '  and more\n02: two\n')
    start({ multiline })
    await bench.until('both', () => bench.lines.length === 2)
    expect(bench.texts()).toEqual(['01: one\n  more\n  and more', '02: two'])
  })
})

test.each([
  ['^\\d{4}-\\d{2}', '2026-11', '2026/11'],
  ['^\\[', '[x', 'x['],
  ['^(\\d|a)+x', 'a1x', 'x'],
  ['(?i)^error', 'ERROR', 'an error'],
  ['^\\S+ \\[', 'a [', 'a  ['],
  ['^a|^b.', 'bc', 'b'],
  ['^.*x$', '\rax', 'axb'],
  ['\\-', 'a-b', 'ab'],
])('the pattern %s takes %j and not %j', (pattern, yes, no) => {
  const fits = compileLineTest(pattern, 'firstLine')
  expect([fits(yes), fits(no)]).toEqual([true, false])
})

test('no pattern takes for ever', () => {
  for (const pattern of ['^(a+)+$', '^a*a*a*a*b', 'a*b', '^\\w+\\w+\\w+!', '^a{0,64}a{0,64}a{0,64}b']) {
    const fits = compileLineTest(pattern, 'firstLine')
    const started = performance.now()
    expect(fits(`${'a'.repeat(20_000)} `)).toBe(false)
    expect(performance.now() - started).toBeLessThan(2_000)
  }
})
