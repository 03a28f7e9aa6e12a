import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../server.ts'
import { faultsOfMarkup } from './accessibility.ts'
import { eventually, type OpenOptions, type OpenPage, type Visitor, visit } from './browser.ts'

let server: TestServer
let visitor: Visitor
beforeAll(async () => {
  server = await startServer()
  visitor = await visit(new URL(server.url).origin)
}, 60_000)
afterAll(async () => {
  await visitor?.close()
  await server?.dispose()
})

interface Kept {
  readonly id: string
  readonly version: number
  readonly dashboard: {
    readonly title: string
    readonly panels: readonly { id: number; title: string; place: object }[]
  }
}

const endpoint = (path = ''): string => `${new URL(server.url).origin}/girok/v1/dashboards${path}`

async function keptAt(id: string): Promise<Kept> {
  return (await (await fetch(endpoint(`/${id}`))).json()) as Kept
}

const note = (id: number, x: number, y: number, w: number, h: number) => ({
  id,
  title: `Note ${id}`,
  kind: 'text',
  text: `The text of note ${id}`,
  place: { x, y, w, h },
  queries: [],
})

/** A dashboard of three notes: two abreast, one below the left. */
async function make(title: string): Promise<string> {
  const panels = [note(1, 0, 0, 12, 4), note(2, 12, 0, 12, 4), note(3, 0, 4, 12, 4)]
  const dashboard = { title, time: { from: 'now-1h', to: 'now' }, variables: [], panels }
  const response = await fetch(endpoint(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ dashboard }),
  })
  return ((await response.json()) as Kept).id
}

async function edit(id: string, options: OpenOptions = {}): Promise<OpenPage> {
  const opened = await visitor.open(`/d/${id}?edit=1`, options)
  await opened.page.getByTestId('edit-bar').waitFor()
  return opened
}

const panel = (page: Page, id: number | string) => page.locator(`[data-panel="${id}"]`)
const state = (page: Page) => page.getByTestId('edit-state').textContent()
const idOf = (page: Page): string => new URL(page.url()).pathname.split('/').at(-1) ?? ''

/** Where panels lie on the grid: `id: x,y w×h`, columns and rows from 0. */
function places(page: Page): Promise<Record<string, string>> {
  return page.locator('.dash-cell').evaluateAll((cells) =>
    Object.fromEntries(
      (cells as HTMLElement[]).map((cell) => {
        const of = (name: string): number => Number(cell.style.getPropertyValue(name))
        const box = cell.querySelector<HTMLElement>('[data-panel], [data-row-panel]')
        const id = box?.dataset.panel ?? box?.dataset.rowPanel ?? ''
        return [id, `${of('--x') - 1},${of('--y') - 1} ${of('--w')}×${of('--h')}`]
      }),
    ),
  )
}

async function boxOf(page: Page, id: number | string) {
  const box = await panel(page, id).boundingBox()
  if (box === null) throw new Error(`panel ${id} is not on screen`)
  return box
}

/** Drags from one point of the page to another. */
async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 })
  await page.mouse.move(to.x, to.y, { steps: 4 })
}

const start = { 1: '0,0 12×4', 2: '12,0 12×4', 3: '0,4 12×4' }

describe('a dashboard that is built in', () => {
  it('is changed as a copy, and the copy stays as it was saved', async () => {
    const { page, faults } = await visitor.open('/d/gpu')
    await page.getByTestId('dashboard-grid').waitFor()
    expect(await page.getByTestId('edit-bar').count()).toBe(0)
    await page.keyboard.press('e')
    await page.getByTestId('edit-bar').waitFor()
    expect(await page.getByTestId('edit-hint').textContent()).toContain('copy')
    expect(await page.getByTestId('save').count()).toBe(0)
    const before = await places(page)
    const [first = '', second = ''] = await page
      .locator('[data-panel]')
      .evaluateAll((all) => (all as HTMLElement[]).map((one) => one.dataset.panel ?? ''))
    const [one, other] = [await boxOf(page, first), await boxOf(page, second)]
    await drag(page, { x: other.x + 40, y: other.y + 12 }, { x: one.x + 40, y: one.y + 12 })
    await page.locator('.dash-ghost').waitFor()
    await page.mouse.up()
    await eventually(() => page.locator('.dash-ghost').count()).toBe(0)
    const after = await places(page)
    expect(after).not.toEqual(before)
    expect(after[second]?.split(' ')[0]).toBe(before[first]?.split(' ')[0])
    await page.getByTestId('save-as').click()
    await page.getByTestId('dashboard-title').fill('My GPUs')
    await page.getByTestId('title-submit').click()
    await eventually(() => idOf(page)).toMatch(/^[0-9a-f]{16}$/)
    await eventually(() => page.locator('.dash-title h1').textContent()).toBe('My GPUs')
    await page.reload()
    await page.getByTestId('edit-bar').waitFor()
    await eventually(() => places(page)).toEqual(after)
    expect(faults).toEqual([])
  })
})

describe('panels', () => {
  it('are moved and resized by mouse, taken back and made again, saved', async () => {
    const id = await make('By mouse')
    const { page, faults } = await edit(id)
    await eventually(() => places(page)).toEqual(start)
    const [one, two] = [await boxOf(page, 1), await boxOf(page, 2)]
    await drag(page, { x: two.x + 30, y: two.y + 10 }, { x: one.x + 30, y: one.y + 12 })
    await page.mouse.up()
    const moved = { 1: '0,4 12×4', 2: '0,0 12×4', 3: '0,8 12×4' }
    await eventually(() => places(page)).toEqual(moved)
    await eventually(() => state(page)).toBe('Not saved')
    // A drag that is broken off changes nothing.
    const at = await boxOf(page, 2)
    await drag(page, { x: at.x + 30, y: at.y + 10 }, { x: at.x + 600, y: at.y + 300 })
    await page.keyboard.press('Escape')
    await page.mouse.up()
    await eventually(() => places(page)).toEqual(moved)
    const corner = { x: at.x + at.width - 6, y: at.y + at.height - 6 }
    await drag(page, corner, { x: corner.x - at.width / 2, y: corner.y + 80 })
    await page.mouse.up()
    const resized = { 1: '0,6 12×4', 2: '0,0 6×6', 3: '0,10 12×4' }
    await eventually(() => places(page)).toEqual(resized)
    await page.keyboard.press('Control+z')
    await eventually(() => places(page)).toEqual(moved)
    await page.getByTestId('undo').click()
    await eventually(() => places(page)).toEqual(start)
    await eventually(() => state(page)).toBe('Saved')
    await page.keyboard.press('Control+Shift+z')
    await page.getByTestId('redo').click()
    await eventually(() => places(page)).toEqual(resized)
    await page.keyboard.press('Control+s')
    await eventually(() => state(page)).toBe('Saved')
    expect((await keptAt(id)).version).toBe(2)
    await page.reload()
    await eventually(() => places(page)).toEqual(resized)
    expect(faults).toEqual([])
  })

  it('are moved and resized by keys, and say where they are', async () => {
    const { page, faults } = await edit(await make('By keys'))
    await panel(page, 1).focus()
    await page.keyboard.press('Alt+ArrowDown')
    await eventually(() => places(page)).toEqual({ 1: '0,4 12×4', 2: '12,0 12×4', 3: '0,0 12×4' })
    await eventually(() => page.getByTestId('edit-told').textContent()).toBe('Note 1: column 1, row 5, 12 wide, 4 high')
    await page.keyboard.press('Alt+ArrowUp')
    await eventually(() => places(page)).toEqual(start)
    await page.keyboard.press('Alt+ArrowRight')
    await eventually(() => places(page)).toEqual({ 1: '1,0 12×4', 2: '12,4 12×4', 3: '0,4 12×4' })
    await page.keyboard.press('Alt+Shift+ArrowLeft')
    await page.keyboard.press('Alt+Shift+ArrowDown')
    await eventually(() => places(page).then((all) => all[1])).toBe('1,0 11×5')
    // The focus stays on the panel, however the others are moved.
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.panel)).toBe('1')
    // Showing it alone in between loses nothing.
    await page.keyboard.press('v')
    await eventually(() => page.locator('[data-panel]').count()).toBe(1)
    await page.keyboard.press('Escape')
    await eventually(() => page.locator('[data-panel]').count()).toBe(3)
    await eventually(() => state(page)).toBe('Not saved')
    expect(await page.getByTestId('undo').isEnabled()).toBe(true)
    await panel(page, 1).focus()
    await page.keyboard.press('Delete')
    await eventually(() => panel(page, 1).count()).toBe(0)
    await page.getByTestId('toast-action').click()
    await panel(page, 1).waitFor()
    expect(faults).toEqual([])
  })

  it('are copied, and gathered in rows that take them along', async () => {
    const id = await make('Rows')
    const { page, faults } = await edit(id)
    await panel(page, 3).getByTestId('panel-menu').click()
    await panel(page, 3).getByTestId('panel-duplicate').click()
    await eventually(() => places(page).then((all) => all[4])).toBe('0,8 12×4')
    await page.getByTestId('add-panel').click()
    await page.getByTestId('add-row').click()
    await page.getByTestId('row-title').fill('더 보기')
    await page.getByTestId('row-apply').click()
    await eventually(() => page.getByTestId('row-5').textContent()).toBe('더 보기')
    await panel(page, 4).focus()
    await page.keyboard.press('Alt+ArrowDown')
    await eventually(() => places(page)).toEqual({ ...start, 4: '0,9 12×4', 5: '0,8 24×1' })
    await page.getByTestId('row-5').click()
    await eventually(() => panel(page, 4).count()).toBe(0)
    await page.getByTestId('save').click()
    await eventually(() => keptAt(id).then(({ dashboard }) => dashboard.panels.length)).toBe(5)
    expect(faults).toEqual([])
  })

  it('keep their order on narrow screens, where keys and the menu change it', async () => {
    const { page } = await edit(await make('Narrow'))
    await page.setViewportSize({ width: 320, height: 640 })
    await eventually(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    const order = () =>
      page.locator('[data-panel]').evaluateAll((all) =>
        all
          .map((one) => ({ id: (one as HTMLElement).dataset.panel, top: one.getBoundingClientRect().top }))
          .sort((a, b) => a.top - b.top)
          .map(({ id }) => id),
      )
    await eventually(order).toEqual(['1', '2', '3'])
    const box = await boxOf(page, 1)
    await drag(page, { x: box.x + 30, y: box.y + 10 }, { x: box.x + 30, y: box.y + 300 })
    await page.mouse.up()
    expect(await order()).toEqual(['1', '2', '3'])
    await panel(page, 1).focus()
    await page.keyboard.press('Alt+ArrowDown')
    await eventually(order).toEqual(['2', '1', '3'])
    await panel(page, 3).getByTestId('panel-menu').click()
    await panel(page, 3).getByTestId('panel-earlier').click()
    await eventually(order).toEqual(['2', '3', '1'])
  })
})

describe('a dashboard', () => {
  it('is made, named, described and deleted', async () => {
    const { page, faults } = await visitor.open('/dashboards')
    await page.getByTestId('new-dashboard').click()
    await page.getByTestId('title-submit').click()
    await page.getByRole('alert').waitFor()
    await page.getByTestId('dashboard-title').fill('학습 현황')
    await page.keyboard.press('Enter')
    await page.getByTestId('edit-bar').waitFor()
    const id = idOf(page)
    await page.getByTestId('edit-more').click()
    await page.getByTestId('edit-settings').click()
    await page.getByTestId('settings-tags').fill('ml, gpu, ml')
    await page.getByTestId('settings-from').fill('yesterday')
    await page.getByTestId('settings-apply').click()
    await page.getByRole('alert').waitFor()
    await page.getByTestId('settings-from').fill('now-6h')
    await page.getByTestId('settings-refresh').selectOption('1m')
    await page.getByTestId('settings-apply').click()
    await page.getByTestId('save').click()
    await eventually(() => keptAt(id).then(({ dashboard }) => dashboard)).toMatchObject({
      title: '학습 현황',
      tags: ['ml', 'gpu'],
      time: { from: 'now-6h', to: 'now' },
      refresh: '1m',
    })
    await page.getByTestId('edit-more').click()
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('edit-download').click()])
    expect(file.suggestedFilename()).toBe('학습-현황.json')
    await page.getByTestId('edit-more').click()
    await page.getByTestId('edit-delete').click()
    await page.getByTestId('delete-yes').click()
    await page.getByTestId('dashboards').waitFor()
    expect((await fetch(endpoint(`/${id}`))).status).toBe(404)
    expect(faults).toEqual([])
  })

  it('comes back in an earlier version', async () => {
    const id = await make('Versions')
    const { page } = await edit(id)
    await panel(page, 1).focus()
    await page.keyboard.press('Alt+ArrowDown')
    await page.getByTestId('save').click()
    await eventually(() => keptAt(id).then(({ version }) => version)).toBe(2)
    await page.getByTestId('edit-more').click()
    await page.getByTestId('edit-versions').click()
    await eventually(() => page.getByTestId('versions').locator('li').count()).toBe(2)
    await page.getByTestId('restore-1').click()
    await eventually(() => places(page)).toEqual(start)
    expect((await keptAt(id)).version).toBe(3)
    // Undo brings back what was there before, as a change that is not saved.
    await page.getByTestId('undo').click()
    await eventually(() => places(page).then((all) => all[1])).toBe('0,4 12×4')
    await eventually(() => state(page)).toBe('Not saved')
  })

  it('that two people change keeps what was saved first, and the other as a copy', async () => {
    const id = await make('Two people')
    const [{ page: mine }, { page: theirs }] = [await edit(id), await edit(id)]
    await panel(mine, 1).focus()
    await mine.keyboard.press('Alt+ArrowDown')
    await panel(theirs, 2).focus()
    await theirs.keyboard.press('Alt+Shift+ArrowDown')
    await theirs.getByTestId('save').click()
    await eventually(() => state(theirs)).toBe('Saved')
    await mine.getByTestId('save').click()
    await mine.getByTestId('conflict').waitFor()
    expect(await mine.getByTestId('conflict').textContent()).toContain('version 2')
    expect(await faultsOfMarkup(mine)).toEqual([])
    await mine.getByTestId('save-mine').click()
    await mine.getByTestId('dashboard-title').fill('Mine')
    await mine.getByTestId('title-submit').click()
    await eventually(() => mine.locator('.dash-title h1').textContent()).toBe('Mine')
    await eventually(() => places(mine).then((all) => all[1])).toBe('0,4 12×4')
    expect((await keptAt(id)).version).toBe(2)
    // And the other way: what they saved is opened.
    const { page: again } = await edit(id)
    await panel(again, 1).focus()
    await again.keyboard.press('Alt+ArrowDown')
    await panel(theirs, 3).focus()
    await theirs.keyboard.press('Alt+Shift+ArrowDown')
    await theirs.keyboard.press('Control+s')
    await eventually(() => state(theirs)).toBe('Saved')
    await again.keyboard.press('Control+s')
    await again.getByTestId('open-theirs').click()
    await eventually(() => places(again)).toEqual(await places(theirs))
    await eventually(() => state(again)).toBe('Saved')
  })

  it('is not left with changes by accident', async () => {
    const id = await make('Leaving')
    const { page, faults } = await visitor.open('/dashboards')
    await page.getByTestId('dashboard').filter({ hasText: 'Leaving' }).click()
    await page.getByTestId('edit').click()
    await page.getByTestId('edit-bar').waitFor()
    await panel(page, 1).focus()
    await page.keyboard.press('Alt+ArrowDown')
    await page.getByTestId('to-list').click()
    await page.getByTestId('leave-stay').click()
    expect(idOf(page)).toBe(id)
    await page.keyboard.press('g')
    await page.keyboard.press('d')
    await page.getByTestId('leave').waitFor()
    await page.keyboard.press('Escape')
    await page.goBack()
    await page.getByTestId('leave').waitFor()
    expect(idOf(page)).toBe(id)
    await page.getByTestId('leave-stay').click()
    await page.keyboard.press('e')
    await page.getByTestId('leave-save').click()
    await eventually(() => page.getByTestId('edit-bar').count()).toBe(0)
    expect((await keptAt(id)).version).toBe(2)
    await page.keyboard.press('e')
    await panel(page, 1).focus()
    await page.keyboard.press('Alt+ArrowUp')
    await eventually(() => state(page)).toBe('Not saved')
    // The browser itself asks when the page is closed or loaded again.
    const asked = page.waitForEvent('dialog')
    await page.evaluate(() => setTimeout(() => window.location.reload(), 0))
    expect((await asked).type()).toBe('beforeunload')
    await eventually(() => state(page)).toBe('Not saved')
    await page.getByTestId('to-list').click()
    await page.getByTestId('leave-discard').click()
    await page.getByTestId('dashboards').waitFor()
    expect((await keptAt(id)).version).toBe(2)
    expect(faults.filter((fault) => !fault.startsWith('dialog'))).toEqual([])
  })

  it.each([
    ['ko-KR', '패널 추가', true],
    ['ja-JP', 'パネルを追加', false],
  ] as const)('is edited in %s, and without eyes', async (locale, word, dark) => {
    const { page, faults } = await edit(await make('Words'), { locale, dark })
    await eventually(() => page.getByTestId('add-panel').textContent()).toBe(word)
    await page.getByTestId('edit-more').click()
    expect(await faultsOfMarkup(page)).toEqual([])
    await page.getByTestId('edit-settings').click()
    await page.getByTestId('settings-title').waitFor()
    expect(await faultsOfMarkup(page)).toEqual([])
    const text = (await page.locator('body').textContent()) ?? ''
    expect(text.match(/\b(dashboards|dashboardEdit|keys)\.\w+/g) ?? []).toEqual([])
    expect(faults).toEqual([])
  })
})

describe('those who only look at dashboards', () => {
  it('load nothing of editing', async () => {
    const { page } = await visitor.open('/setup')
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${new URL(server.url).origin}/d/gpu`)
    await page.getByTestId('edit').waitFor()
    await page.waitForTimeout(300)
    const before = asked.filter((url) => url.endsWith('.js')).length
    expect(asked.filter((url) => /dashboard-edit/.test(url))).toEqual([])
    await page.getByTestId('edit').click()
    await page.getByTestId('edit-bar').waitFor()
    expect(asked.filter((url) => url.endsWith('.js')).length).toBeGreaterThan(before)
  })
})
