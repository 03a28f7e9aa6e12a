import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DropReason } from './options.ts'
import { openSpool, type Parcel, type Spool, type SpoolParts } from './spool.ts'

let directory: string
let lost: Partial<Record<DropReason, number>>
let complaints: string[]
let sequence: number

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'girok-spool-'))
  lost = {}
  complaints = []
  sequence = 0
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function open(options: Partial<SpoolParts> = {}): Spool {
  return openSpool({
    directory,
    format: 'test',
    batchCount: 1,
    batchSize: 100_000,
    lost(reason, count) {
      lost[reason] = (lost[reason] ?? 0) + count
    },
    complain: (text) => void complaints.push(text),
    ...options,
  })
}

function parcel(...entries: string[]): Parcel {
  const number = String(++sequence)
  const order = `1790000000000-${number.padStart(6, '0')}`
  return { order, key: number.padStart(32, '0'), entries, size: entries.join('').length }
}

function drain(spool: Spool): string[] {
  const entries: string[] = []
  for (let taken = spool.take(); taken !== undefined; taken = spool.take()) {
    entries.push(...taken.entries)
    spool.discard(taken)
  }
  return entries
}

/** Paths of all files below the directory. */
const files = () =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

test('batches come back oldest first, to the next one who opens the directory, under their keys', () => {
  const first = open()
  const [a, b, c] = [parcel('a1', 'a2 로그 😀'), parcel('b'), parcel('c')]
  for (const one of [a, b, c]) expect(first.add(one)).toBe(true)
  expect(first.records).toBe(4)
  const taken = first.take() as Parcel
  expect(taken).toEqual(a)
  first.discard(taken)
  first.close()

  const second = open()
  expect([second.records, second.oldest]).toEqual([2, `${b.order}-${b.key}`])
  const fresh = parcel('d')
  second.add(fresh)
  expect(second.take()).toEqual(b)
  // Taken and not discarded: as after a crash it is there for the next.
  second.close()
  const third = open()
  expect(drain(third)).toEqual(['b', 'c', 'd'])
  third.close()
  expect([readdirSync(join(directory, 'test')), lost, complaints]).toEqual([[], {}, []])
})

test('nothing is written before there is something to write', () => {
  open().close()
  expect(readdirSync(join(directory, 'test'))).toEqual([])
})

test('small batches that nobody has seen are made into one', () => {
  const spool = open({ batchCount: 3 })
  const [a, b, c, d] = [parcel('a'), parcel('b'), parcel('c'), parcel('d')]
  for (const one of [a, b, c, d]) spool.add(one)
  expect(files()).toHaveLength(2)
  expect(spool.take()).toMatchObject({ key: a.key, entries: ['a', 'b', 'c'] })
  expect(spool.take()).toEqual(d)
  // Both were shown: what comes now is a batch of its own.
  spool.add(parcel('e'))
  expect(files()).toHaveLength(3)
  spool.close()
})

test('what is left of a batch replaces it', () => {
  const spool = open()
  spool.add(parcel('a', 'b', 'c'))
  const taken = spool.take() as Parcel
  spool.keep({ ...taken, entries: ['c'] })
  spool.close()
  const next = open()
  expect(drain(next)).toEqual(['c'])
  next.close()
})

test('the oldest batches go when there is no room, those that are being sent stay', () => {
  const spool = open({ maxBytes: 5000 })
  const first = parcel('first')
  spool.add(first)
  expect(spool.take()).toEqual(first)
  for (let i = 0; i < 10; i++) spool.add(parcel(`${i}`.repeat(1000)))
  expect(lost).toEqual({ spool_full: 6 })
  expect(spool.records).toBe(4)
  expect(files().some((path) => path.includes(first.key))).toBe(true)
  spool.close()
  const next = open({ maxBytes: 2500 })
  // `first` was never discarded, and goes with 6 and 7.
  expect(lost).toEqual({ spool_full: 9 })
  expect(drain(next)).toEqual(['8', '9'].map((digit) => digit.repeat(1000)))
  next.close()
})

test('one flipped bit anywhere costs that batch only, and is counted', () => {
  const seed = Math.floor(Math.random() * 1e9)
  const spool = open()
  for (const text of ['before', 'hit', 'after']) spool.add(parcel(`${text} 1`, `${text} 2`))
  spool.close()
  const path = files().find((file) => readFileSync(file, 'utf8').includes('hit')) as string
  const name = path.split('/').at(-1) as string
  const good = readFileSync(path)
  for (let position = 0; position < good.length; position++) {
    lost = {}
    const bad = Buffer.from(good)
    bad[position] = (bad[position] as number) ^ (1 << ((seed + position) % 8))
    writeFileSync(files().find((file) => file.endsWith(name) && !file.includes('damaged')) ?? path, bad)
    const damaged = open()
    const taken: Parcel[] = []
    for (let one = damaged.take(); one !== undefined; one = damaged.take()) taken.push(one)
    expect(
      taken.flatMap(({ entries }) => entries),
      `seed ${seed}, byte ${position}`,
    ).toEqual(['before 1', 'before 2', 'after 1', 'after 2'])
    expect(Object.keys(lost), `seed ${seed}, byte ${position}`).toEqual(['spool_damaged'])
    damaged.close()
    // Back to where it was, for the next byte.
    const aside = join(directory, 'test', 'damaged', name)
    expect(readFileSync(aside)).toEqual(bad)
    rmSync(aside)
    writeFileSync(
      join(directory, 'test', readdirSync(join(directory, 'test')).find((one) => one.startsWith('w.')) as string, name),
      good,
    )
  }
  expect(complaints).toEqual([])
})

test('a file that was cut off, an empty one and one that was never finished', () => {
  const spool = open()
  for (const text of ['cut', 'empty', 'whole']) spool.add(parcel(`${text} 1`, `${text} 2`))
  spool.close()
  const [cut = '', empty = ''] = files()
  writeFileSync(cut, readFileSync(cut).subarray(0, -3))
  writeFileSync(empty, '')
  writeFileSync(cut.replace('.batch', 'x.part'), 'girok-spool 1')
  const next = open()
  expect(drain(next)).toEqual(['whole 1', 'whole 2'])
  expect(lost).toEqual({ spool_damaged: 3 })
  next.close()
  expect(files().map((path) => path.includes('/damaged/'))).toEqual([true, true])
})

test('halves beside their whole: the whole goes, so that nothing is sent twice', () => {
  const spool = open()
  spool.add(parcel('a', 'b', 'c'))
  const whole = spool.take() as Parcel
  spool.keep({ ...whole, key: `${whole.key}.0`, entries: ['a', 'b'] })
  spool.keep({ ...whole, key: `${whole.key}.0.0`, entries: ['a'] })
  spool.keep({ ...whole, key: `${whole.key}.1`, entries: ['c'] })
  spool.close()
  const next = open()
  expect(next.take()).toEqual(whole)
  expect(next.take()).toBeUndefined()
  next.discard(whole)
  next.close()
  expect(files()).toEqual([])
})

test('two at once in one process: each has its own folder and leaves the other alone', () => {
  const [one, two] = [open(), open()]
  one.add(parcel('one'))
  two.add(parcel('two'))
  const three = open()
  expect(three.records).toBe(0)
  one.close()
  two.close()
  const four = open()
  expect(drain(four)).toEqual(['one', 'two'])
  three.close()
  four.close()
})

test('a folder of another machine is taken over when it was not touched for a minute', () => {
  const spool = open()
  spool.add(parcel('x'))
  spool.close()
  const [path = ''] = files()
  const other = join(directory, 'test', `w.1.0.5.${hostname()}-other.abc`)
  mkdirSync(other)
  writeFileSync(join(other, path.split('/').at(-1) as string), readFileSync(path))
  rmSync(path)
  const young = open()
  expect(young.records).toBe(0)
  young.close()
  const past = new Date(Date.now() - 61_000)
  utimesSync(other, past, past)
  const late = open()
  expect(drain(late)).toEqual(['x'])
  late.close()
})

test('a directory that cannot be written: told, tried again later, and nothing is thrown', () => {
  const spool = open()
  rmSync(join(directory, 'test'), { recursive: true })
  writeFileSync(join(directory, 'test'), 'a file')
  expect([spool.add(parcel('a')), spool.add(parcel('b'))]).toEqual([false, false])
  expect(complaints).toHaveLength(1)
  expect(complaints[0]).toMatch(/cannot be written: .*records stay in memory/)
  spool.close()
})
