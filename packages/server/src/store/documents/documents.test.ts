import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Driver } from '../driver.ts'
import { clickhouseDriver } from '../drivers/clickhouse.ts'
import { migrate } from '../migrate.ts'
import { MIGRATIONS } from '../schema.ts'
import { openEmbeddedDriver } from '../testing/embedded-driver.ts'
import { type Facade, openFacade } from '../testing/facade.ts'
import { KEPT_VERSIONS, LONGEST_DOCUMENT } from './document-store.ts'
import { openDocumentStore } from './open.ts'

const change = (id: string, name: string, body = '{}') => ({ id, name, summary: `about ${name}`, body })

const folders: string[] = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'girok-documents-'))
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

describe.each(Object.keys(engines))('documents in %s', (engine) => {
  let driver: Driver
  let nowMs = 1_000
  beforeAll(async () => {
    driver = await (engines[engine] as () => Promise<Driver>)()
    await migrate(driver, MIGRATIONS, { engine: driver.kind, durability: 'fast' })
  })
  afterAll(() => driver.close())
  const open = () => openDocumentStore(driver, () => nowMs)

  test('the newest version counts, and older ones can be read', async () => {
    const store = open()
    const odd = '{"a":"tab\\t, newline\n, return\r, quote \' and \\\\ 계기판 \u0000"}'
    nowMs = 1_000
    expect(await store.write('a', 'dashboard', change('x', 'one', odd), 0)).toEqual({
      id: 'x',
      version: 1,
      name: 'one',
      summary: 'about one',
      createdMs: 1_000,
      updatedMs: 1_000,
    })
    nowMs = 2_000
    const second = await store.write('a', 'dashboard', change('x', 'two', '{"b":1}'), 1)
    expect(second).toMatchObject({ version: 2, createdMs: 1_000, updatedMs: 2_000 })
    expect(await store.read('a', 'dashboard', 'x')).toEqual({ ...second, body: '{"b":1}' })
    expect(await store.read('a', 'dashboard', 'x', 1)).toMatchObject({ version: 1, body: odd })
    expect(await store.read('a', 'dashboard', 'x', 3)).toBeUndefined()
    expect(await store.list('a', 'dashboard')).toEqual([second])
    expect((await store.versions('a', 'dashboard', 'x')).map(({ version, name }) => [version, name])).toEqual([
      [2, 'two'],
      [1, 'one'],
    ])
  })

  test('tenants and kinds do not see one another', async () => {
    const store = open()
    expect(await store.list('b', 'dashboard')).toEqual([])
    expect(await store.read('b', 'dashboard', 'x')).toBeUndefined()
    expect(await store.read('a', 'rule', 'x')).toBeUndefined()
    await store.write('b', 'dashboard', change('x', 'of b'), 0)
    expect(await store.read('a', 'dashboard', 'x')).toMatchObject({ name: 'two' })
  })

  test('whoever comes with an old version is refused, and nothing changes', async () => {
    const store = open()
    await expect(store.write('a', 'dashboard', change('x', 'late'), 1)).rejects.toMatchObject({
      code: 'conflict',
      message: 'the dashboard "two" was changed in the meantime: it is at version 2, not 1',
    })
    await expect(store.write('a', 'dashboard', change('x', 'again'), 0)).rejects.toMatchObject({ code: 'conflict' })
    await expect(store.write('a', 'dashboard', change('none', 'x'), 1)).rejects.toMatchObject({ code: 'not_found' })
    await expect(store.remove('a', 'dashboard', 'x', 1)).rejects.toMatchObject({ code: 'conflict' })
    await expect(store.remove('a', 'dashboard', 'none', undefined)).rejects.toMatchObject({ code: 'not_found' })
    const large = change('large', 'large', 'x'.repeat(LONGEST_DOCUMENT))
    await expect(store.write('a', 'dashboard', large, 0)).rejects.toMatchObject({ code: 'limit_exceeded' })
    expect(await store.read('a', 'dashboard', 'x')).toMatchObject({ name: 'two', version: 2 })
  })

  test('what has changed is told by versions, and read by ids', async () => {
    const store = open()
    for (const id of ['p', 'q', 'r']) await store.write('versions', 'dashboard', change(id, id), 0)
    await store.write('versions', 'dashboard', change('q', 'two'), 1)
    await store.remove('versions', 'dashboard', 'r', 1)
    expect(await store.newestVersions('versions', 'dashboard')).toEqual(
      new Map([
        ['p', 1],
        ['q', 2],
      ]),
    )
    const named = await store.list('versions', 'dashboard', ['q', 'r', "it's none"])
    expect(named).toMatchObject([{ id: 'q', version: 2, name: 'two' }])
    expect(await store.list('versions', 'dashboard', [])).toEqual([])
  })

  test('without a version whatever is there gives way, also when several write at once', async () => {
    const [one, two] = [open(), open()]
    const write = (store: typeof one, name: string) => store.write('any', 'dashboard', change('w', name), undefined)
    expect(await write(one, 'first')).toMatchObject({ version: 1 })
    const heads = await Promise.all([write(one, 'a'), write(two, 'b'), write(one, 'c'), write(two, 'd')])
    expect(heads.map(({ version }) => version).sort()).toEqual([2, 3, 4, 5])
    const last = heads.find(({ version }) => version === 5)
    expect(await one.read('any', 'dashboard', 'w')).toMatchObject({ version: 5, name: last?.name })
  })

  test('many are removed at once, others stay, and a version that somebody wrote in the meantime goes too', async () => {
    const store = open()
    const ids = Array.from({ length: 30 }, (_, i) => `m${i}`)
    for (const id of ids) await store.write('many', 'dashboard', change(id, id), 0)
    await store.write('many', 'dashboard', change('m1', 'again'), 1)
    const other = open()
    const [, written] = await Promise.allSettled([
      store.removeAll('many', 'dashboard', [...ids.slice(1), "it's none"]),
      other.write('many', 'dashboard', change('m2', 'other'), undefined),
    ])
    const left = (await store.list('many', 'dashboard')).map(({ id }) => id)
    // Whoever was first, the other one saw what it had done.
    expect([['m0'], ['m0', 'm2']]).toContainEqual(left)
    if (written.status === 'rejected') expect(written.reason).toMatchObject({ code: 'conflict' })
    await store.removeAll('many', 'dashboard', ids.slice(1))
    expect((await store.list('many', 'dashboard')).map(({ id }) => id)).toEqual(['m0'])
    expect(await store.read('many', 'dashboard', 'm1')).toBeUndefined()
    expect((await store.write('many', 'dashboard', change('m1', 'anew'), 0)).version).toBeGreaterThan(2)
    await store.removeAll('many', 'dashboard', [])
  })

  test('of several processes that write one version at once, one does', async () => {
    await open().write('a', 'dashboard', change('race', 'start'), 0)
    for (let round = 1; round <= 5; round++) {
      const names = ['p', 'q', 'r', 's'].map((process) => `${process}${round}`)
      const results = await Promise.allSettled(
        names.map((name) => open().write('a', 'dashboard', change('race', name, JSON.stringify({ name })), round)),
      )
      const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.name] : []))
      expect(done).toHaveLength(1)
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' })
      }
      const stored = await open().read('a', 'dashboard', 'race')
      expect(stored).toMatchObject({ name: done[0], version: round + 1, body: JSON.stringify({ name: done[0] }) })
    }
  })

  test('what was removed is gone with its versions, and can be made anew', async () => {
    const store = open()
    nowMs = 3_000
    await store.remove('a', 'dashboard', 'x', 2)
    expect(await store.read('a', 'dashboard', 'x')).toBeUndefined()
    expect(await store.read('a', 'dashboard', 'x', 1)).toBeUndefined()
    expect(await store.versions('a', 'dashboard', 'x')).toEqual([])
    expect((await store.list('a', 'dashboard')).map(({ id }) => id)).toEqual(['race'])
    await expect(store.remove('a', 'dashboard', 'x', undefined)).rejects.toMatchObject({ code: 'not_found' })
    nowMs = 4_000
    const again = await store.write('a', 'dashboard', change('x', 'anew'), 0)
    expect(again).toMatchObject({ version: 4, createdMs: 4_000 })
    expect(await store.versions('a', 'dashboard', 'x')).toEqual([again])
    expect(await store.read('a', 'dashboard', 'x', 2)).toBeUndefined()
  })

  test('the last versions are kept, older ones go', async () => {
    const store = open()
    const total = KEPT_VERSIONS + 12
    for (let version = 0; version < total; version++) {
      await store.write('a', 'dashboard', change('many', `v${version + 1}`), version)
    }
    const versions = await store.versions('a', 'dashboard', 'many')
    expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: KEPT_VERSIONS }, (_, i) => total - i))
    expect(await store.read('a', 'dashboard', 'many', total - KEPT_VERSIONS)).toBeUndefined()
    expect(await store.read('a', 'dashboard', 'many', total - KEPT_VERSIONS + 1)).toMatchObject({ name: 'v13' })
    const counted = await driver.query(`SELECT count() FROM documents WHERE id = 'many'`, 'TabSeparated', {
      lane: 'interactive',
      timeoutMs: 10_000,
    })
    expect(Number(counted.toString())).toBeLessThan(total)
  })
})
