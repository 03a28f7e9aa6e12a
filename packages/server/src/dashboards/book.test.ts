import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dashboard } from '../model/dashboard.ts'
import { openStore } from '../store/open.ts'
import type { LogStore } from '../store/store.ts'
import { temporaryStores } from '../store/testing/temporary-stores.ts'
import { createDashboardBook, type DashboardBook } from './book.ts'

const { newDir } = temporaryStores('dashboard-book')
const titled = (title: string, rest: Partial<Dashboard> = {}): Dashboard => ({
  title,
  time: { from: 'now-1h', to: 'now' },
  variables: [],
  panels: [],
  ...rest,
})
const file = { id: 'disk', file: 'team/disk.json', updatedMs: 5, dashboard: titled('Disks', { tags: ['team'] }) }

let store: LogStore
let book: DashboardBook
beforeAll(async () => {
  store = await openStore({ dataDir: newDir(), minFreeDiskBytes: 0 })
  const files = { list: () => [file], get: (id: string) => (id === file.id ? file : undefined) }
  book = createDashboardBook({ gpu: titled('GPU', { description: 'd' }) }, files, store.documents)
})
afterAll(() => store.close())

describe('what is shipped and what stands in files', () => {
  test('is listed and read with version 0', async () => {
    expect(await book.list('a')).toEqual([
      { id: 'disk', title: 'Disks', tags: ['team'], origin: 'file', panels: 0, updatedMs: 5 },
      { id: 'gpu', title: 'GPU', description: 'd', tags: [], origin: 'built-in', panels: 0 },
    ])
    expect(await book.get('a', 'gpu')).toMatchObject({ origin: 'built-in', version: 0 })
    expect(await book.get('a', 'disk')).toMatchObject({ origin: 'file', version: 0, file: 'team/disk.json' })
    expect(await book.versions('a', 'gpu')).toEqual([])
    await expect(book.version('a', 'gpu', 1)).rejects.toMatchObject({ code: 'not_found' })
  })

  test.each(['gpu', 'disk'])('cannot be saved: %s', async (id) => {
    await expect(book.replace('a', id, 0, titled('x'))).rejects.toMatchObject({ code: 'forbidden' })
    await expect(book.remove('a', id, undefined)).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('what is made here', () => {
  test('has versions, and one who is late is refused', async () => {
    const panel = { id: 1, title: 'p', kind: 'text', place: { x: 0, y: 0, w: 1, h: 1 }, queries: [] } as const
    const row = { ...panel, id: 2, kind: 'row' } as const
    const made = await book.create('a', titled('First', { tags: ['t'], panels: [panel, row] }))
    expect(made).toMatchObject({ origin: 'stored', version: 1, id: expect.stringMatching(/^[0-9a-f]{16}$/) })
    const { id } = made
    expect((await book.list('a')).map(({ title, panels }) => `${title} ${panels}`)).toEqual([
      'Disks 0',
      'First 1',
      'GPU 0',
    ])
    const changed = await book.replace('a', id, 1, titled('Second'))
    expect(changed).toMatchObject({ id, version: 2, createdMs: made.createdMs })
    await expect(book.replace('a', id, 1, titled('Late'))).rejects.toMatchObject({ code: 'conflict' })
    expect((await book.versions('a', id)).map(({ version, title }) => [version, title])).toEqual([
      [2, 'Second'],
      [1, 'First'],
    ])
    expect((await book.version('a', id, 1)).dashboard).toEqual(titled('First', { tags: ['t'], panels: [panel, row] }))
    await expect(book.get('b', id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(book.remove('a', id, 1)).rejects.toMatchObject({ code: 'conflict' })
    await book.remove('a', id, 2)
    await expect(book.get('a', id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(book.versions('a', id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is checked; queries that cannot be parsed are kept and told', async () => {
    await expect(book.create('a', { title: 'x' })).rejects.toMatchObject({ code: 'bad_request' })
    const queries = [{ ref: 'A', language: 'promql', expr: 'sum(' }] as const
    const panel = { id: 1, title: 'p', kind: 'line', place: { x: 0, y: 0, w: 1, h: 1 }, queries } as const
    const made = await book.create('a', titled('Broken', { panels: [panel] }))
    expect(made.warnings).toMatchObject([{ where: 'panels[0].queries[0].expr' }])
    expect((await book.get('a', made.id)).dashboard.panels).toEqual([panel])
    await book.remove('a', made.id, undefined)
  })

  test('can have an id of its own, once', async () => {
    const id = '0123456789abcdef'
    expect(await book.replace('a', id, 0, titled('Own'))).toMatchObject({ id, version: 1 })
    await expect(book.replace('a', id, 0, titled('Own'))).rejects.toMatchObject({ code: 'conflict' })
    await expect(book.replace('a', 'own', 0, titled('Own'))).rejects.toMatchObject({ code: 'bad_request' })
    await expect(book.replace('a', 'fedcba9876543210', 3, titled('x'))).rejects.toMatchObject({ code: 'not_found' })
  })
})
