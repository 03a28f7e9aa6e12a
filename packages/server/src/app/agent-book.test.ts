import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AgentReport } from '../api/index.ts'
import { type AgentLimits, openAgentBook } from './agent-book.ts'

let folder: string
let path: string
let nowMs: number
let told: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-agents-'))
  path = join(folder, 'agents.json')
  nowMs = 1_700_000_000_000
  told = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (limits?: AgentLimits, writeEveryMs = 60_000) =>
  openAgentBook({
    path,
    now: () => nowMs,
    log: (level, message) => told.push(`${level}: ${message}`),
    writeEveryMs,
    ...(limits !== undefined && { limits }),
  })

const report = (id: string, more: Partial<AgentReport> = {}): AgentReport => ({
  id,
  name: id,
  version: '0.1.0',
  startedMs: 1,
  intervalMs: 10_000,
  configuration: { file: 'a.yaml', loadedMs: 1 },
  inputs: [],
  dropped: [],
  spool: { bytes: 0, maxBytes: 1, waitingBytes: 0, evicted: { full: 0, age: 0 }, corrupt: { records: 0, count: 0 } },
  destinations: [],
  memoryBytes: 1,
  cpuSeconds: 0,
  ...more,
})

const ids = (book: ReturnType<typeof open>, tenant = 't') => book.list(tenant).map(({ id }) => id)

test('an agent is silent when nothing came for three intervals, by the clock of the server', () => {
  const book = open()
  book.report('t', report('a', { startedMs: 5, atMs: 99 }))
  expect(book.list('t')).toEqual([
    { ...report('a', { startedMs: 5, atMs: 99 }), lastSeenMs: nowMs, state: 'connected' },
  ])
  nowMs += 30_000
  expect(book.list('t')[0]?.state).toBe('connected')
  nowMs += 1
  expect(book.list('t')[0]?.state).toBe('silent')
  book.report('t', report('a', { version: '0.2.0' }))
  expect(book.list('t')).toMatchObject([{ version: '0.2.0', state: 'connected' }])
})

test('agents are listed by name, each tenant has its own', () => {
  const book = open()
  book.report('t', report('1', { name: 'b' }))
  book.report('t', report('3', { name: 'a' }))
  book.report('t', report('2', { name: 'a' }))
  book.report('other', report('1', { name: 'z' }))
  expect(ids(book)).toEqual(['2', '3', '1'])
  expect(ids(book, 'other')).toEqual(['1'])
  expect(ids(book, 'nobody')).toEqual([])
})

test('a silent agent is forgotten, a connected one is not', () => {
  const book = open()
  book.report('t', report('a'))
  book.report('u', report('a'))
  expect(() => book.forget('t', 'a')).toThrow(expect.objectContaining({ code: 'conflict' }))
  expect(() => book.forget('t', 'b')).toThrow(expect.objectContaining({ code: 'not_found' }))
  nowMs += 40_000
  book.forget('t', 'a')
  expect([ids(book, 't'), ids(book, 'u')]).toEqual([[], ['a']])
  expect(() => book.forget('t', 'a')).toThrow(expect.objectContaining({ code: 'not_found' }))
})

test('where there is no room those go that were silent longest', () => {
  const size = JSON.stringify(report('a')).length
  const book = open({ perTenant: 3, tenantSize: 100 * size, totalSize: 4 * size })
  for (const id of ['a', 'b', 'c', 'a', 'd']) {
    nowMs += 1
    book.report('t', report(id))
  }
  expect(ids(book)).toEqual(['a', 'c', 'd'])
  nowMs += 1
  book.report('u', report('x'))
  nowMs += 1
  book.report('u', report('y'))
  expect([ids(book), ids(book, 'u')]).toEqual([
    ['a', 'd'],
    ['x', 'y'],
  ])
  const small = open({ perTenant: 9, tenantSize: 2 * size, totalSize: 9 * size })
  for (const id of ['a', 'b', 'c']) small.report('t', report(id))
  expect(ids(small)).toEqual(['b', 'c'])
})

test('reports are there again when opened anew, and only their owner can read them', async () => {
  const book = open()
  book.report('t', report('a', { name: '서버 1' }))
  nowMs += 5
  book.report('u', report('b'))
  expect(existsSync(path)).toBe(false)
  await book.close()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  nowMs += 60_000
  const again = open()
  expect(again.list('t')).toEqual([{ ...report('a', { name: '서버 1' }), lastSeenMs: nowMs - 60_005, state: 'silent' }])
  expect(ids(again, 'u')).toEqual(['b'])
  again.forget('t', 'a')
  await again.close()
  expect(ids(open())).toEqual([])
  expect(told).toEqual([])
})

test('the file is written now and then, not with each report', async () => {
  const book = open(undefined, 200)
  book.report('t', report('a'))
  await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toContain('"id":"a"'), 5_000)
  const { ino } = statSync(path)
  book.report('t', report('b'))
  expect(statSync(path).ino).toBe(ino)
  await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toContain('"id":"b"'), 5_000)
  await book.close()
})

test('a file that cannot be written is told once, and is written as soon as it can be', async () => {
  const gone = join(folder, 'gone')
  path = join(gone, 'agents.json')
  const book = open(undefined, 20)
  book.report('t', report('a'))
  await vi.waitFor(() => expect(told).toHaveLength(1), 5_000)
  expect(told[0]).toMatch(/^error: agents could not be written: ENOENT/)
  await new Promise((done) => setTimeout(done, 100))
  expect(told).toHaveLength(1)
  mkdirSync(gone)
  await vi.waitFor(() => expect(existsSync(path)).toBe(true), 5_000)
  await book.close()
})

test.each([
  ['{"agents":[', 'it is damaged'],
  ['null', 'it is damaged'],
  ['{"agents":[{"tenant":"t","lastSeenMs":1,"report":{}},null,{"tenant":"../x"}]}', '3 of its entries are damaged'],
])('a damaged file is told and does not keep agents from reporting: %s', async (text, words) => {
  writeFileSync(path, text)
  const book = open()
  expect(told).toEqual([expect.stringContaining(words)])
  book.report('t', report('a'))
  await book.close()
  expect(ids(open())).toEqual(['a'])
})

test('a clock that was ahead does not keep an agent connected', async () => {
  nowMs += 10_000_000
  const book = open()
  book.report('t', report('a'))
  await book.close()
  nowMs -= 10_000_000
  const again = open()
  expect(again.list('t')).toMatchObject([{ state: 'connected', lastSeenMs: nowMs }])
  nowMs += 40_000
  expect(again.list('t')).toMatchObject([{ state: 'silent' }])
})
