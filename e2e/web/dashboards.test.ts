import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../server.ts'
import { faultsOfMarkup } from './accessibility.ts'
import { eventually, type OpenOptions, type OpenPage, type Visitor, visit } from './browser.ts'

/** As `npm start` runs it: with sample workloads and the server's own metrics. */
let server: TestServer
let visitor: Visitor
let startedMs: number
beforeAll(async () => {
  server = await startServer({ args: ['--set', 'log.ingest=true'] })
  startedMs = Date.now()
  visitor = await visit(new URL(server.url).origin)
}, 60_000)
afterAll(async () => {
  await visitor?.close()
  await server?.dispose()
})

const params = (page: Page): URLSearchParams => new URL(page.url()).searchParams
const panel = (page: Page, id: string) => page.locator(`[data-panel="${id}"]`)

/** Opens a dashboard and waits until its first panel has data. */
async function openDashboard(path: string, options: OpenOptions = {}): Promise<OpenPage> {
  const opened = await visitor.open(path, options)
  await opened.page.locator('[data-panel][data-state="ready"]').first().waitFor({ timeout: 60_000 })
  return opened
}

/** Brings each panel on screen once, so that it asks. */
async function walk(page: Page): Promise<void> {
  for (const one of await page.locator('[data-panel]').all()) {
    await one.scrollIntoViewIfNeeded()
    await expect.poll(() => one.getAttribute('data-state'), { timeout: 30_000 }).not.toBe('unasked')
    await page.waitForTimeout(60)
  }
}

/** Titles of panels by their state, with the words of those at fault. */
function states(page: Page): Promise<Record<string, string[]>> {
  return page.locator('[data-panel]').evaluateAll((panels) => {
    const found: Record<string, string[]> = {}
    for (const one of panels as HTMLElement[]) {
      const state = one.dataset.state ?? ''
      const fault = one.querySelector('[data-testid="panel-fault"]')?.textContent ?? ''
      const told = `${one.querySelector('h2')?.textContent} ${fault}`.trim()
      found[state] = [...(found[state] ?? []), told]
    }
    return found
  })
}

/** Waits until every question of panels on screen is answered, also on a machine with much else to do. */
async function settled(page: Page): Promise<void> {
  const open = '[data-panel][aria-busy="true"], [data-panel][data-state="loading"], [data-panel][data-state="waiting"]'
  await expect.poll(() => page.locator(open).count(), { timeout: 90_000 }).toBe(0)
}

/** The middle of the drawing of a panel on the page, at a share of its width. */
async function onChart(page: Page, id: string, share: number): Promise<{ x: number; y: number }> {
  const over = panel(page, id).locator('.u-over')
  await over.scrollIntoViewIfNeeded()
  const box = await over.boundingBox()
  if (box === null) throw new Error(`panel ${id} has no drawing`)
  return { x: box.x + box.width * share, y: box.y + box.height / 2 }
}

/** Ids of panels with a drawing that are on screen. */
async function drawn(page: Page): Promise<string[]> {
  await eventually(() => page.locator('[data-state="ready"] .u-over').count()).toBeGreaterThan(1)
  return page
    .locator('[data-state="ready"]:has(.u-over)')
    .evaluateAll((panels) =>
      panels
        .filter((one) => one.getBoundingClientRect().bottom < window.innerHeight)
        .map((one) => (one as HTMLElement).dataset.panel ?? ''),
    )
}

const builtIn = ['ads', 'api', 'girok', 'gpu', 'host', 'inference', 'training']

describe('built-in dashboards', () => {
  it('are listed, found by words and tags, and opened', async () => {
    const { page, faults } = await visitor.open('/dashboards')
    const titles = page.getByTestId('dashboard').locator('.dash-entry-title')
    await eventually(() => titles.count()).toBe(builtIn.length)
    await page.getByTestId('dashboards-search').fill('training RUNS')
    await eventually(() => titles.allTextContents()).toEqual(['Training runs'])
    await page.getByTestId('dashboards-search').fill('no such thing')
    await page.getByTestId('dashboards-none').waitFor()
    await page.getByTestId('dashboards-search').fill('')
    await page.getByTestId('tag-ml').click()
    await eventually(() => titles.allTextContents()).toContain('GPU fleet')
    expect(await titles.count()).toBeLessThan(builtIn.length)
    expect(await faultsOfMarkup(page)).toEqual([])
    await page.getByTestId('dashboard').first().click()
    await page.getByTestId('dashboard-page').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('d')
    await page.getByTestId('dashboards').waitFor()
    expect(faults).toEqual([])
  })

  it('have no panel that is empty or at fault after two minutes of samples', { timeout: 400_000 }, async () => {
    const whole = (): boolean => Date.now() - startedMs > 125_000
    for (const id of builtIn) {
      const { page, faults } = await openDashboard(`/d/${id}`)
      // What is not there yet may come until two minutes have gone by; then the next answers count.
      for (let last = false; ; last = whole()) {
        await walk(page)
        await settled(page)
        const found = await states(page)
        if (Object.keys(found).join() === 'ready') break
        if (last) expect(found, id).toEqual({ ready: expect.anything() })
        await page.waitForTimeout(2000)
        await page.getByTestId('refresh').click()
      }
      expect(faults, id).toEqual([])
      await page.context().close()
    }
  })

  it('say so when there is none at the address', async () => {
    const { page } = await visitor.open('/d/nothing-here')
    await page.getByTestId('dashboard-fault').waitFor()
    await page.getByTestId('dashboard-fault').getByRole('button').click()
    await page.getByTestId('dashboards').waitFor()
  })
})

describe('the charts of a dashboard', () => {
  it('show the same time under the pointer', async () => {
    const { page, faults } = await openDashboard('/d/training')
    await settled(page)
    const [first = '', second = ''] = await drawn(page)
    const { x, y } = await onChart(page, first, 0.9)
    const line = panel(page, second).locator('.plot-link')
    let nudge = 0
    // A chart that is drawn anew has no line until the pointer moves again.
    await eventually(async () => {
      nudge = 1 - nudge
      await page.mouse.move(x, y + nudge)
      return {
        linked: await line.isVisible(),
        // The chart under the pointer has a cursor of its own, and no other chart has a tip.
        own: await panel(page, first).locator('.plot-link').isVisible(),
        tips: await page.getByTestId('chart-tip').count(),
      }
    }).toEqual({ linked: true, own: false, tips: 1 })
    // The share of the width where the line of the other chart stands.
    const share = await line.evaluate((element) => {
      const [own, over] = [element.getBoundingClientRect(), element.parentElement?.getBoundingClientRect()]
      return over === undefined ? -1 : (own.left - over.left) / over.width
    })
    expect(share).toBeGreaterThan(0.85)
    expect(share).toBeLessThan(0.95)
    await page.mouse.move(5, 5)
    await eventually(() => line.isVisible()).toBe(false)
    expect(faults).toEqual([])
  })

  it('zoom together by brushing, and back by a key', async () => {
    const { page } = await openDashboard('/d/training?from=now-1h&to=now')
    const [first = ''] = await drawn(page)
    const [from, to] = [await onChart(page, first, 0.5), await onChart(page, first, 0.75)]
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move(to.x, to.y, { steps: 6 })
    await page.mouse.up()
    await eventually(() => params(page).get('from')).toMatch(/^\d{4}-/)
    const span = Date.parse(params(page).get('to') ?? '') - Date.parse(params(page).get('from') ?? '')
    expect(span).toBeGreaterThan(11 * 60_000)
    expect(span).toBeLessThan(19 * 60_000)
    // A drag is no click.
    expect(await page.getByTestId('point-menu').count()).toBe(0)
    await page.keyboard.press('Escape')
    await eventually(() => params(page).get('from')).toBe('now-1h')
    await page.keyboard.press('z')
    await eventually(() => params(page).get('from')).toMatch(/^\d{4}-/)
  })

  it('lead to the logs behind a point', async () => {
    const { page, faults } = await openDashboard('/d/training')
    const [first = ''] = await drawn(page)
    const { x, y } = await onChart(page, first, 0.97)
    await page.mouse.click(x, y)
    await page.getByTestId('point-logs').waitFor()
    await page.keyboard.press('Escape')
    await eventually(() => page.getByTestId('point-menu').count()).toBe(0)
    // By keyboard: to the last time, and what can be done there.
    await panel(page, first).getByTestId('plot').focus()
    await page.keyboard.press('End')
    await page.keyboard.press('Space')
    await page.getByTestId('point-logs').click()
    await eventually(() => new URL(page.url()).pathname).toBe('/logs')
    expect(params(page).get('q')).toMatch(/^\{.+\}/)
    const span = Date.parse(params(page).get('to') ?? '') - Date.parse(params(page).get('from') ?? '')
    expect(span).toBeGreaterThanOrEqual(30_000)
    expect(span).toBeLessThan(5 * 60_000)
    await page.goBack()
    await page.getByTestId('dashboard-page').waitFor()
    await panel(page, first).getByTestId('panel-menu').click()
    await panel(page, first).getByTestId('panel-explore').click()
    await eventually(() => new URL(page.url()).pathname).toBe('/explore/metrics')
    expect(params(page).get('q')).not.toContain('$')
    expect(faults).toEqual([])
  })
})

describe('a dashboard', () => {
  it('narrows its queries to the values of variables, which stand in the address', async () => {
    const asked: string[] = []
    const { page, faults } = await openDashboard('/d/inference')
    page.on('request', (request) => {
      const query = new URL(request.url()).searchParams.get('query')
      if (query !== null) asked.push(query)
    })
    await page.getByTestId('variable-model').click()
    const values = page.getByTestId('values-model').getByTestId('value')
    await eventually(() => values.count()).toBeGreaterThan(1)
    const [one = '', other = ''] = await values.allTextContents()
    await values.nth(0).click()
    await eventually(() => params(page).getAll('var-model')).toEqual([one])
    await eventually(() => asked.some((query) => query.includes(`model=~"${one.replaceAll('.', '\\\\.')}"`))).toBe(true)
    await values.nth(1).click()
    await eventually(() => params(page).getAll('var-model')).toEqual([one, other])
    await eventually(() => asked.some((query) => /model=~"\([^)]*\|[^)]*\)"/.test(query))).toBe(true)
    await page.getByTestId('search-values').fill('zzz')
    await eventually(() => values.count()).toBe(0)
    await page.getByTestId('value-typed').waitFor()
    await page.keyboard.press('Escape')
    await page.reload()
    await eventually(() => page.getByTestId('variable-model').textContent()).toContain(`${one} and 1 more`)
    // A value without data: the panels say what was asked.
    await page.goto(`${server.url}/d/inference?var-model=nothing-of-the-kind`)
    const empty = page.locator('[data-kind="line"] [data-testid="panel-empty"]').first()
    await empty.waitFor()
    expect(await empty.textContent()).toContain('nothing-of-the-kind')
    expect(faults).toEqual([])
  })

  it('shows one panel alone, and itself without bars, each with its address', async () => {
    const { page } = await openDashboard('/d/gpu')
    const [first = ''] = await drawn(page)
    const { x, y } = await onChart(page, first, 0.5)
    await page.mouse.move(x, y)
    await page.keyboard.press('v')
    await eventually(() => params(page).get('panel')).toBe(first)
    await eventually(() => page.locator('[data-panel]').count()).toBe(1)
    await page.reload()
    await panel(page, first).locator('.u-over').waitFor()
    await page.keyboard.press('Escape')
    await eventually(() => page.locator('[data-panel]').count()).toBeGreaterThan(4)
    await page.keyboard.press('f')
    await eventually(() => params(page).get('kiosk')).toBe('1')
    expect(await page.locator('.header').isVisible()).toBe(false)
    await page.keyboard.press('f')
    await eventually(() => page.locator('.header').isVisible()).toBe(true)
  })

  it('asks again by a key and by itself, and keeps what it shows meanwhile', async () => {
    const { page } = await openDashboard('/d/host')
    await settled(page)
    const ready = await page.locator('[data-state="ready"]').count()
    let questions = 0
    page.on('request', (request) => {
      if (request.url().includes('/query')) questions += 1
    })
    await page.keyboard.press('r')
    await eventually(() => questions).toBeGreaterThan(3)
    await page.getByTestId('refresh-every').click()
    await page.getByTestId('refresh-5s').click()
    expect(params(page).get('refresh')).toBe('5s')
    expect(await page.title()).toBe('Hosts · Girok')
    await page.waitForTimeout(500)
    questions = 0
    await eventually(() => questions).toBeGreaterThan(3)
    expect(await page.locator('[data-state="ready"]').count()).toBeGreaterThanOrEqual(ready)
  })

  it('tells of a query that fails in its panel, with the query, and tries again when asked', async () => {
    const { page } = await visitor.open('/setup')
    let broken = true
    await page.route('**/api/v1/query_range*', (route) =>
      broken
        ? route.fulfill({ status: 422, json: { status: 'error', errorType: 'execution', error: 'too many samples' } })
        : route.continue(),
    )
    await page.goto(`${server.url}/d/gpu`)
    const fault = page.getByTestId('panel-fault').first()
    await fault.waitFor()
    expect(await fault.textContent()).toContain('too many samples')
    expect((await fault.locator('code').textContent())?.length).toBeGreaterThan(5)
    broken = false
    const count = await page.getByTestId('panel-fault').count()
    await fault.getByTestId('panel-retry').click()
    await eventually(() => page.getByTestId('panel-fault').count()).toBeLessThan(count)
  })

  it.each([
    ['en-US', 'Built-in', true],
    ['ko-KR', '기본 제공', false],
    ['ja-JP', '標準', true],
  ] as const)('speaks %s, and can be used without eyes', async (locale, word, dark) => {
    const { page, faults } = await openDashboard('/d/training', { locale, dark })
    await eventually(() => page.locator('.dash-title .dash-origin').textContent()).toBe(word)
    const text = (await page.locator('body').textContent()) ?? ''
    expect(text.match(/\b(dashboards|charts|keys)\.\w+/g) ?? []).toEqual([])
    await settled(page)
    expect(await faultsOfMarkup(page)).toEqual([])
    expect(faults).toEqual([])
  })

  it('fits into 320 pixels, one panel below the other', async () => {
    const { page } = await openDashboard('/d/api')
    await page.setViewportSize({ width: 320, height: 640 })
    await eventually(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    const lefts = await page
      .locator('.dash-cell')
      .evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().left)))
    expect(new Set(lefts).size).toBe(1)
    await page.goto(`${server.url}/dashboards`)
    await page.getByTestId('dashboard').first().waitFor()
    await eventually(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  })
})
