import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pause, TailBench } from '../tail/testing/tail-bench.ts'
import { cri, readCriLine } from './cri.ts'
import { docker, readJsonFileLine } from './docker.ts'

let bench: TailBench
beforeEach(() => {
  bench = new TailBench()
})
afterEach(() => bench.end())

const pace = { pollInterval: '10ms', rotatedQuiet: '100ms' }
const seen = async (...texts: string[]) => {
  await bench.until('lines', () => bench.lines.length >= texts.length)
  await pause(80)
  expect(bench.texts()).toEqual(texts)
}

describe("Docker's json-file", () => {
  const log = () => bench.path('abc123/abc123-json.log')
  const entry = (text: string, stream = 'stdout', more = {}) =>
    `${JSON.stringify({ log: text, stream, ...more, time: '2026-11-21T10:00:00.123456789Z' })}\n`
  const write = (...entries: string[]) => appendFileSync(log(), entries.join(''))
  const start = (options = {}) =>
    bench.start((context) =>
      docker.open(v.parse(docker.options, { include: bench.path('*/*-json.log'), ...pace, ...options }), context),
    )
  beforeEach(() => mkdirSync(bench.path('abc123')))

  test('lines have their time, stream, container and attributes', async () => {
    writeFileSync(
      bench.path('abc123/config.v2.json'),
      JSON.stringify({ Name: '/web', Config: { Image: 'nginx:1.29' }, ID: 'abc123' }),
    )
    write(entry('one\n'), entry('two\r\n', 'stderr', { attrs: { tag: 'blue' } }))
    start()
    await seen('one', 'two')
    const [one, two] = bench.lines
    expect(one).toMatchObject({ timeNs: 1795255200123456789n, labels: new Map([['stream', 'stdout']]), place: 0 })
    expect(two).toMatchObject({ labels: new Map([['stream', 'stderr']]), metadata: [['tag', 'blue']] })
    const labels = { container_id: 'abc123', container: 'web', image: 'nginx:1.29' }
    expect(bench.sourceLabels.get(one!.key)).toEqual(new Map(Object.entries(labels)))
  })

  test('pieces of long lines are joined, also across other lines, and a crash between them', async () => {
    write(entry('a1 '), entry('b1 ', 'stderr'))
    start()
    await pause(80)
    expect(bench.lines).toEqual([])
    await bench.crash()
    write(entry('a2 '), entry('whole\n', 'stderr'), entry('a3\n'))
    start()
    await seen('a1 a2 a3', 'b1 whole')
    await bench.crash()
    start()
    await pause(80)
    expect(bench.lines).toHaveLength(2)
  })

  test('a crash between two lines whose pieces stand among one another doubles none', async () => {
    write(entry('a1 '), entry('b1\n', 'stderr'), entry('c1\n', 'stderr'), entry('a2\n'), entry('d1\n'))
    start()
    await seen('a1 a2', 'b1', 'c1', 'd1')
    const places = bench.lines.map(({ place }) => place)
    expect(places[1]).toMatch(/^\d+-\d+$/)
    for (const [index, text] of ['a1 a2', 'b1', 'c1', 'd1'].entries()) {
      await bench.crash()
      bench.lines.length = 0
      for (const [key, position] of bench.positions) bench.positions.set(key, { ...position, place: places[index]! })
      start()
      await bench.until(text, () => bench.texts().includes('d1'))
      expect(bench.texts()).toEqual(['a1 a2', 'b1', 'c1', 'd1'].slice(index))
    }
  })

  test('a piece whose line does not end is given out after a while; a broken line is passed on whole', async () => {
    write(entry('no end'), 'this is no JSON\n')
    start({ maxWait: '100ms' })
    await seen('no end', 'this is no JSON')
  })

  test('lines that are too long are cut', async () => {
    write(entry('x'.repeat(900)), entry('x'.repeat(900)), entry('end\n'))
    start({ maxLineBytes: 1024 })
    await seen('x'.repeat(1024))
    expect(bench.lines[0]?.metadata).toEqual([['_truncated', '1803']])
  })

  test('rotation as dockerd does it', async () => {
    write(entry('one\n'))
    start()
    await seen('one')
    write(entry('tw'))
    renameSync(log(), `${log()}.1`)
    write(entry('three\n'))
    await bench.until('all', () => bench.lines.length === 3)
    expect(bench.texts().sort()).toEqual(['one', 'three', 'tw'])
  })

  test.each(['{"log":1}', '{"log":"x"', '[]', 'null', '""', '{"log":"x"}'])('%s is no line of the format', (text) => {
    expect(readJsonFileLine(text)).toBeUndefined()
  })
})

describe('CRI', () => {
  const start = (options = {}) =>
    bench.start((context) =>
      cri.open(v.parse(cri.options, { include: bench.path('pods/*/*/*.log'), ...pace, ...options }), context),
    )

  test('lines have their time and stream, and labels of the pod; pieces are joined', async () => {
    mkdirSync(bench.path('pods/shop_web-1_0a1b/nginx'), { recursive: true })
    const at = '2026-11-21T19:00:00.5+09:00'
    appendFileSync(
      bench.path('pods/shop_web-1_0a1b/nginx/0.log'),
      `${at} stdout F one\n${at} stdout P tw\n${at} stderr F err\n${at} stdout F o\n${at} stdout F \nbroken\n`,
    )
    start()
    await seen('one', 'two', 'err', '', 'broken')
    expect(bench.lines[0]).toMatchObject({ timeNs: 1795255200500000000n, labels: new Map([['stream', 'stdout']]) })
    expect(bench.lines[4]).not.toHaveProperty('timeNs')
    const labels = { namespace: 'shop', pod: 'web-1', container: 'nginx' }
    expect(bench.sourceLabels.get(bench.lines[0]!.key)).toEqual(new Map(Object.entries(labels)))
  })

  test.each([
    ['2026-11-21T10:00:00Z stdout F', ''],
    ['2026-11-21T10:00:00Z stderr P:more text with  blanks ', 'text with  blanks '],
  ])('%s', (line, text) => {
    expect(readCriLine(line)?.text).toBe(text)
  })

  test.each([
    '',
    'x',
    '2026-11-21T10:00:00Z',
    '2026-11-21T10:00:00Z out F x',
    'now stdout F x',
    '2026-11-21T10:00:00Z stdout X x',
  ])('%j is no line of the format', (text) => {
    expect(readCriLine(text)).toBeUndefined()
  })
})
