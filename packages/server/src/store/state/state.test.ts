import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Driver } from '../driver.ts'
import { clickhouseDriver } from '../drivers/clickhouse.ts'
import { openJournal } from '../journal/open.ts'
import { JOURNAL } from '../journal/schema.ts'
import { migrate } from '../migrate.ts'
import { MIGRATIONS } from '../schema.ts'
import { openEmbeddedDriver } from '../testing/embedded-driver.ts'
import { type Facade, openFacade } from '../testing/facade.ts'
import { createMemoryJournal, createMemoryState } from '../testing/memory-state.ts'
import { openStateStore } from './open.ts'
import { STATE } from './schema.ts'
import { LONGEST_STATE } from './state-store.ts'

const folders: string[] = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'girok-state-'))
  folders.push(folder)
  return folder
}
let facade: Facade | undefined
afterAll(async () => {
  await facade?.close()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const engines: Record<string, () => Promise<Driver>> = {
  chdb: () => openEmbeddedDriver(newFolder()),
  clickhouse: async () => {
    facade = await openFacade({ path: newFolder() })
    return await clickhouseDriver.open({
      dataDir: newFolder(),
      url: facade.url,
      database: 'girok',
      username: 'default',
      password: '',
      readers: 2,
      maxMemoryBytes: 450 * 2 ** 20,
      minFreeDiskBytes: 0,
      log: () => undefined,
    })
  },
}
const ODD = '{"a":"tab\\t, newline\n, return\r, quote \' and \\\\ 침묵 \u0000"}'

describe.each(Object.keys(engines))('state and journal in %s', (engine) => {
  let driver: Driver
  let nowMs = 1_700_000_000_000
  const faults: unknown[] = []
  beforeAll(async () => {
    driver = await (engines[engine] as () => Promise<Driver>)()
    await migrate(driver, MIGRATIONS, { engine: driver.kind, durability: 'fast' })
  })
  afterAll(() => driver.close())
  const open = () =>
    openStateStore(
      driver,
      (error) => faults.push(error),
      () => nowMs,
    )
  const rows = async (table: string) =>
    Number(
      await driver.query(`SELECT count() FROM ${table}`, 'TabSeparated', { lane: 'interactive', timeoutMs: 10_000 }),
    )

  test('the last change of a key counts, also after another start', async () => {
    const state = await open()
    await state.put('a', 'silence', [
      { key: 'one', body: 'first' },
      { key: 'two', body: ODD },
      { key: 'one', body: 'second' },
    ])
    await Promise.all(['x', 'y', 'z'].map((body) => state.put('a', 'silence', [{ key: 'three', body }])))
    await state.put('b', 'silence', [{ key: 'one', body: 'of b' }])
    await state.put('a', 'alert', [{ key: 'one', body: 'an alert' }])
    await state.put('a', 'silence', [])
    const expected = [
      { key: 'one', body: 'second', updatedMs: nowMs },
      { key: 'three', body: 'z', updatedMs: nowMs },
      { key: 'two', body: ODD, updatedMs: nowMs },
    ]
    expect(await state.load('a', 'silence')).toEqual(expected)
    const again = await open()
    expect(await again.load('a', 'silence')).toEqual(expected)
    // A clock that was set back changes nothing of that.
    nowMs -= 3_600_000
    const late = await open()
    await late.put('a', 'silence', [{ key: 'one', body: 'third' }])
    expect((await late.load('a', 'silence'))[0]).toMatchObject({ body: 'third' })
    nowMs += 3_600_000
    expect(await late.load('b', 'silence')).toMatchObject([{ body: 'of b' }])
    expect(await late.load('a', 'alert')).toMatchObject([{ body: 'an alert' }])
  })

  test('what is removed or has expired is gone, and its rows are deleted at the next start', async () => {
    const state = await open()
    await state.put('c', 'k', [
      { key: 'removed', body: 'x' },
      { key: 'passing', body: 'x' },
      { key: 'stays', body: 'x' },
    ])
    await state.put('c', 'k', [
      { key: 'removed', body: undefined },
      { key: 'passing', body: 'y', expiresMs: nowMs + 10_000 },
    ])
    expect((await state.load('c', 'k')).map(({ key }) => key)).toEqual(['passing', 'stays'])
    nowMs += 10_001
    expect((await state.load('c', 'k')).map(({ key }) => key)).toEqual(['stays'])
    const before = await rows(STATE)
    const again = await open()
    await expect.poll(() => rows(STATE), { timeout: 20_000 }).toBeLessThan(before - 1)
    expect((await again.load('c', 'k')).map(({ key }) => key)).toEqual(['stays'])
    await again.put('c', 'k', [{ key: 'removed', body: 'back' }])
    expect((await again.load('c', 'k')).map(({ key }) => key)).toEqual(['removed', 'stays'])
    expect(faults).toEqual([])
  })

  test('a body that is too large is refused, and nothing is stored', async () => {
    const state = await open()
    await expect(
      state.put('d', 'k', [
        { key: 'small', body: 'x' },
        { key: 'large', body: 'x'.repeat(LONGEST_STATE + 1) },
      ]),
    ).rejects.toMatchObject({ code: 'limit_exceeded' })
    expect(await state.load('d', 'k')).toEqual([])
  })

  test('ten thousand entries are written in one go and read back', async () => {
    const state = await open()
    const changes = Array.from({ length: 10_000 }, (_, i) => ({ key: `${i}`.padStart(5, '0'), body: `${ODD}${i}` }))
    await state.put('e', 'alert', changes)
    const loaded = await state.load('e', 'alert')
    expect(loaded.length).toBe(10_000)
    expect(loaded[9_999]).toMatchObject({ key: '09999', body: `${ODD}9999` })
  })

  test('the journal is read by time, kind and subject, and what waits is written at the end', async () => {
    const journal = openJournal(driver, 30 * 86_400_000)
    const startMs = Date.now() - 60_000
    const entry = (place: number, subject: string, kind = 'evaluation') => ({
      kind,
      subject,
      timeMs: startMs + place * 1_000,
      body: `${ODD}${place}`,
    })
    const entries = [entry(0, 'a'), entry(1, 'b'), entry(2, 'a'), entry(3, 'a', 'notification'), entry(4, 'a')]
    const written = journal.append('t', entries)
    await journal.append('other', [entry(1, 'a')]).then(() => written)
    const last = journal.append('t', [entry(5, 'a')])
    await journal.close()
    await last
    const request = {
      kind: 'evaluation',
      subjects: ['a'],
      fromMs: startMs,
      toMs: startMs + 5_000,
      limit: 10,
      order: 'newest-first',
    } as const
    const again = openJournal(driver, 30 * 86_400_000)
    const memory = createMemoryJournal()
    await memory.append('t', [...entries, entry(5, 'a')])
    for (const one of [
      request,
      { ...request, limit: 1 },
      { ...request, order: 'oldest-first' as const, subjects: ['b', 'a'] },
      { ...request, kind: 'notification' },
      { ...request, subjects: [] },
      { ...request, fromMs: startMs + 2_000 },
    ]) {
      expect(await again.read('t', one)).toEqual(await memory.read('t', one))
    }
    expect(await again.read('t', request)).toEqual([entry(4, 'a'), entry(2, 'a'), entry(0, 'a')])
    expect(await rows(JOURNAL)).toBe(7)
  })
})

test('the state without an engine behaves likewise', async () => {
  let nowMs = 0
  const state = createMemoryState(() => nowMs)
  await state.put('a', 'k', [
    { key: 'y', body: '1', expiresMs: 10 },
    { key: 'x', body: '2' },
  ])
  expect((await state.load('a', 'k')).map(({ key }) => key)).toEqual(['x', 'y'])
  nowMs = 10
  await state.put('a', 'k', [{ key: 'z', body: undefined }])
  expect(await state.load('a', 'k')).toEqual([{ key: 'x', body: '2', updatedMs: 0 }])
})
