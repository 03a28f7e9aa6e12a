import { mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type DashboardFiles, openDashboardFiles } from './files.ts'

let folder: string
let opened: DashboardFiles | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-dashboard-files-'))
})
afterEach(async () => {
  await opened?.stop()
  opened = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** The machine may be busy. */
const SOON = { timeout: 20_000 }
const log = vi.fn()
const put = (name: string, value: unknown) =>
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))
const titled = (title: string, rest: object = {}) => ({
  title,
  time: { from: 'now-1h', to: 'now' },
  variables: [],
  panels: [],
  ...rest,
})
async function open(path: string | undefined = folder): Promise<DashboardFiles> {
  opened = await openDashboardFiles({ path, reserved: ['gpu'], intervalMs: 10, log })
  return opened
}
const titles = (files: DashboardFiles) => files.list().map(({ id, dashboard }) => `${id}: ${dashboard.title}`)

test('without a path there are none', async () => {
  const files = await openDashboardFiles({ path: undefined, reserved: [], log })
  expect([files.list(), files.faults(), files.get('a')]).toEqual([[], [], undefined])
  await files.stop()
})

test('files of Girok and of Grafana, folders as tags, ids of names', async () => {
  mkdirSync(join(folder, 'team a', 'deep'), { recursive: true })
  mkdirSync(join(folder, '.git'))
  put('.git/x.json', 'no dashboard')
  put('notes.txt', 'no dashboard')
  put('one.json', titled('One'))
  put('team a/계기판 (v2).json', titled('Two', { tags: ['own', 'deep'] }))
  const grafana = readFileSync(join(import.meta.dirname, 'grafana/testdata/rows-2017.json'), 'utf8')
  put('team a/deep/old.json', grafana)
  const files = await open()
  expect(files.faults()).toEqual([])
  expect(titles(files)).toEqual(['one: One', 'old: An old one', '계기판-v2-: Two'])
  expect(files.get('one')).toMatchObject({ file: 'one.json', updatedMs: expect.any(Number) })
  expect(files.get('old')?.dashboard.tags).toEqual(['old', 'team a', 'deep'])
  expect(files.get('계기판-v2-')).toMatchObject({
    file: 'team a/계기판 (v2).json',
    dashboard: { tags: ['own', 'deep', 'team a'] },
  })
})

test('what is no dashboard is told, and so are ids that are taken', async () => {
  mkdirSync(join(folder, 'b'))
  put('broken.json', '{"title": ')
  put('gpu.json', titled('GPU'))
  put('same.json', titled('A'))
  put('b/same.json', titled('B'))
  put('wrong.json', { title: 'x' })
  const files = await open()
  expect(titles(files)).toEqual(['same: B'])
  expect(files.faults().map(({ file }) => file)).toEqual(['broken.json', 'gpu.json', 'same.json', 'wrong.json'])
  const messages = files.faults().map(({ message }) => message)
  expect(messages[0]).toMatch(/^this is not JSON: /)
  expect(messages[1]).toBe('its id gpu is that of a built-in dashboard: give the file another name')
  expect(messages[2]).toBe('its id same is that of the file b/same.json: give the file another name')
  expect(messages[3]).toContain('time is missing')
  expect(log).toHaveBeenCalledTimes(1)
})

test('changes are seen, and a broken file keeps what it last held', { timeout: 60_000 }, async () => {
  put('a.json', titled('first'))
  const files = await open()
  expect(titles(files)).toEqual(['a: first'])
  put('a.json', titled('second one'))
  put('b.json', titled('new'))
  await expect.poll(() => titles(files), SOON).toEqual(['a: second one', 'b: new'])
  put('a.json', '{')
  await expect.poll(() => files.faults().length, SOON).toBe(1)
  expect(titles(files)).toEqual(['a: second one', 'b: new'])
  put('a.json', titled('third'))
  unlinkSync(join(folder, 'b.json'))
  await expect.poll(() => titles(files), SOON).toEqual(['a: third'])
  expect(files.faults()).toEqual([])
})

test('a folder that is not there is a fault until it is there', { timeout: 60_000 }, async () => {
  const path = join(folder, 'later')
  const files = await open(path)
  expect(files.faults()).toMatchObject([{ file: path, message: expect.stringContaining('cannot be read') }])
  mkdirSync(path)
  put('later/a.json', titled('A'))
  await expect.poll(() => titles(files), SOON).toEqual(['a: A'])
  expect(files.faults()).toEqual([])
})
