import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, type OpenOptions, type OpenPage, openStage, type Stage } from './browser.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

const query = 'sum by (route) (rate({service_name="api"} | json [5m]))'

/** Series over the times asked for: the value of each is its number times ten; the second has a hole, the third NaN. */
function matrix(url: string, count: number): unknown {
  const params = new URL(url).searchParams
  const [start, end] = [Number(params.get('start')) / 1e9, Number(params.get('end')) / 1e9]
  const step = Number(params.get('step')?.replace('ms', '')) / 1000
  const result = Array.from({ length: count }, (_, number) => {
    const values: [number, string][] = []
    for (let at = start, k = 0; at <= end; at += step, k += 1) {
      if (number === 1 && k % 10 === 5) continue
      values.push([at, number === 2 && k % 10 === 3 ? 'NaN' : String((number + 1) * 10)])
    }
    return { metric: { route: `/r${number}` }, values }
  })
  return { status: 'success', data: { resultType: 'matrix', result } }
}

async function openChart(
  count: number,
  params: Record<string, string> = {},
  options: OpenOptions = {},
): Promise<OpenPage> {
  const opened = await stage.open('/setup', options)
  await opened.page.route('**/query_range*', (route) => route.fulfill({ json: matrix(route.request().url(), count) }))
  await opened.page.goto(`${stage.server.url}/logs?${new URLSearchParams({ q: query, ...params })}`)
  await opened.page.getByTestId('metric').locator('.chart-tools').waitFor()
  return opened
}

const shown = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name)

/** Whether the drawing has a pixel near a colour. */
function painted(page: Page, colour: readonly [number, number, number]): Promise<boolean> {
  return page.evaluate((wanted) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.plot canvas')
    const context = canvas?.getContext('2d')
    if (!canvas || !context) return false
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    for (let i = 0; i < data.length; i += 4) {
      if ((data[i + 3] ?? 0) < 40) continue
      if (wanted.every((value, channel) => Math.abs((data[i + channel] ?? 0) - value) < 14)) return true
    }
    return false
  }, colour)
}

const blue = [0x3b, 0x9e, 0xde] as const
const orange = [0xe6, 0x9f, 0x00] as const

describe('a metric query', () => {
  it('is drawn in each kind, which stays in the address', async () => {
    const { page, faults } = await openChart(3)
    await page.getByTestId('plot').waitFor()
    await eventually(() => painted(page, blue)).toBe(true)
    for (const kind of ['bar', 'stacked', 'heatmap']) {
      await page.getByTestId(`kind-${kind}`).click()
      await eventually(() => page.getByTestId('plot').getAttribute('data-kind')).toBe(kind)
      expect(shown(page, 'chart')).toBe(kind)
      if (kind === 'bar') await eventually(() => painted(page, orange)).toBe(true)
    }
    await page.getByTestId('kind-value').click()
    await eventually(() => page.locator('.value-number').allTextContents()).toEqual(['30/s', '20/s', '10/s'])
    await page.getByTestId('kind-table').click()
    await page.getByTestId('chart-table').waitFor()
    expect(await page.getByTestId('plot').count()).toBe(0)
    await page.reload()
    await page.getByTestId('chart-table').waitFor()
    expect(faults).toEqual([])
  })

  it('shows the values under the pointer, with the unit of the query, and tells gaps from values', async () => {
    const { page, faults } = await openChart(3)
    const box = await page.getByTestId('plot').boundingBox()
    if (box === null) throw new Error('no chart')
    const seen = new Set<string>()
    for (let x = 0.4; x < 0.6; x += 0.002) {
      await page.mouse.move(box.x + box.width * x, box.y + box.height / 2)
      const tip = page.getByTestId('chart-tip')
      await tip.waitFor()
      seen.add((await tip.locator('.tip-value').allTextContents()).join(' '))
    }
    expect(seen).toContain('/r230/s /r120/s /r010/s')
    // Where a sample is missing or no number, the tip has no value of that series.
    expect([...seen].some((text) => !text.includes('/r1'))).toBe(true)
    expect([...seen].some((text) => !text.includes('/r2'))).toBe(true)
    expect(await page.locator('.legend-odd').textContent()).toBe('NaN')
    expect(faults).toEqual([])
  })

  it('lets the legend switch series off, leave one alone and sort', async () => {
    const { page } = await openChart(3)
    const order = (): Promise<string[]> => page.getByTestId('legend-toggle').allTextContents()
    await eventually(order).toEqual(['/r2', '/r1', '/r0'])
    await page.getByTestId('sort-name').click()
    await eventually(order).toEqual(['/r0', '/r1', '/r2'])
    await eventually(() => painted(page, blue)).toBe(true)
    await page.getByTestId('legend-toggle').first().click()
    await eventually(() => painted(page, blue)).toBe(false)
    await page.getByTestId('legend-only').first().click()
    await eventually(() => painted(page, blue)).toBe(true)
    await eventually(() => painted(page, orange)).toBe(false)
    expect(await page.locator('.chart-legend tr.off').count()).toBe(2)
    await page.getByTestId('legend-only').first().click()
    await eventually(() => page.locator('.chart-legend tr.off').count()).toBe(0)
  })

  it('draws some of many series and all when asked', async () => {
    const { page } = await openChart(45)
    await eventually(() => page.getByTestId('legend-toggle').count()).toBe(20)
    expect(await page.getByTestId('legend-toggle').first().textContent()).toBe('/r44')
    await page.getByTestId('show-all').click()
    await eventually(() => page.getByTestId('legend-toggle').count()).toBe(45)
  })

  it('zooms into the time that was brushed or marked by keyboard', async () => {
    const { page } = await openChart(2)
    const box = await page.getByTestId('plot').boundingBox()
    if (box === null) throw new Error('no chart')
    const first = await page.locator('.uplot').elementHandle()
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 5 })
    await page.mouse.up()
    await eventually(() => shown(page, 'from')).toMatch(/^\d{4}-/)
    const span = (): number => Date.parse(shown(page, 'to') ?? '') - Date.parse(shown(page, 'from') ?? '')
    const brushed = span()
    expect(brushed).toBeGreaterThan(8 * 60_000)
    expect(brushed).toBeLessThan(16 * 60_000)
    // The chart of the shorter time comes after the address: its keys are of that time alone. The pointer would be over it.
    await page.mouse.move(0, 0)
    await first?.waitForElementState('hidden')
    await page.getByTestId('plot').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await page.locator('.plot-note').getByText('Marked').waitFor()
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowRight')
    expect(await page.getByTestId('plot').getAttribute('aria-label')).toContain('/r1 20/s')
    await page.keyboard.press('Enter')
    await eventually(span).toBeLessThan(brushed / 2)
  })

  it('has a table of all values, and copies as CSV and as a picture', async () => {
    const { page, faults } = await openChart(3)
    await page.getByTestId('scale-log').click()
    await eventually(() => shown(page, 'scale')).toBe('log')
    await page.getByTestId('copy-png').click()
    await page.locator('.toast').waitFor()
    const types = await page.evaluate(async () => (await navigator.clipboard.read()).flatMap((item) => item.types))
    expect(types).toContain('image/png')
    await page.getByTestId('kind-table').click()
    await page.getByTestId('table-points').click()
    await page.getByTestId('copy-csv').click()
    await eventually(async () => (await page.evaluate(() => navigator.clipboard.readText())).split('\n')[0]).toBe(
      'time,"{route=""/r0""}","{route=""/r1""}","{route=""/r2""}"',
    )
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).trimEnd().split('\n')
    const rows = await page.locator('.chart-table-box tbody tr').count()
    expect(lines).toHaveLength(rows + 1)
    expect(lines.some((line) => /Z,10,,30$/.test(line))).toBe(true)
    expect(lines.some((line) => /Z,10,20,$/.test(line))).toBe(true)
    expect(faults).toEqual([])
  })

  it('says what to do when nothing counts', async () => {
    const { page } = await stage.open('/setup')
    await page.route('**/query_range*', (route) => route.fulfill({ json: matrix(route.request().url(), 0) }))
    await page.goto(`${stage.server.url}/logs?${new URLSearchParams({ q: query })}`)
    await page.getByTestId('metric-empty').waitFor()
    await page.getByTestId('metric-empty').getByRole('button').last().click()
    await eventually(() => shown(page, 'from')).toBe('now-1d')
  })

  it('can be waited for and cancelled', async () => {
    const { page } = await stage.open('/setup')
    await page.route('**/query_range*', () => new Promise(() => {}))
    await page.goto(`${stage.server.url}/logs?${new URLSearchParams({ q: query })}`)
    await page.getByTestId('cancel').click()
    await eventually(() => page.getByTestId('cancel').count()).toBe(0)
  })

  it('fits into 320 pixels', async () => {
    const { page } = await openChart(3)
    await page.setViewportSize({ width: 320, height: 640 })
    await eventually(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    await eventually(() => painted(page, blue)).toBe(true)
  })
})
