import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, openStage, queryText, rowsShown, type Stage, typeQuery } from './browser.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

describe('query box', () => {
  it('completes label names and values, runs, and keeps the query in the address', async () => {
    const { page, faults } = await stage.open('/logs')
    await rowsShown(page)
    await typeQuery(page, '{serv')
    await page.locator('.cm-tooltip-autocomplete').getByText('service_name').waitFor()
    await page.waitForTimeout(100)
    await page.keyboard.press('Enter')
    await page.keyboard.type('="work')
    await page.locator('.cm-tooltip-autocomplete').getByText('worker').waitFor()
    await page.waitForTimeout(100)
    await page.keyboard.press('Enter')
    expect(await queryText(page)).toBe('{service_name="worker"}')
    await page.keyboard.press('Enter')
    await eventually(() => new URL(page.url()).searchParams.get('q')).toBe('{service_name="worker"}')
    await eventually(() => page.locator('[data-row="0"]').textContent()).toContain('worker-')
    expect(await page.locator('.row').allTextContents()).toSatisfy((rows: string[]) =>
      rows.every((row) => /worker-\d/.test(row)),
    )
    await page.goBack()
    await eventually(() => queryText(page)).toBe('{service_name=~".+"}')
    expect(faults).toEqual([])
  })

  it('leaves Enter to an input method and breaks the line by Shift+Enter', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await typeQuery(page, '{env="prod"}')
    await page.keyboard.press('Escape')
    await page.getByTestId('query-editor').click()
    const before = page.url()
    await page.getByTestId('query-editor').evaluate((element) => {
      const init = { key: 'Enter', code: 'Enter', bubbles: true, composed: true, cancelable: true, isComposing: true }
      element.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
      element.dispatchEvent(new KeyboardEvent('keydown', init))
      element.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))
    })
    expect(page.url()).toBe(before)
    await page.keyboard.press('End')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('|= "x"')
    expect(await queryText(page)).toContain('\n')
    expect(page.url()).toBe(before)
  })

  it('underlines the place of a mistake and tells it in words', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await typeQuery(page, '{env="prod"} | nonsense ~ 1')
    await page.keyboard.press('Escape')
    await page.locator('.cm-lintRange-error').waitFor()
    await page.getByTestId('run').click()
    await page.getByTestId('query-fault').waitFor()
    expect(await page.getByTestId('query-fault').locator('em').textContent()).toBe('nonsense')
    expect(await page.getByTestId('query-fault').textContent()).toContain('line 1, col')
    // The last good rows stay.
    expect(await page.locator('[data-row="0"]').count()).toBe(1)
  })

  it('turns plain words into a search and shows the LogQL', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await typeQuery(page, 'CACHE miss')
    await page.keyboard.press('Escape')
    await page.getByTestId('run').click()
    await eventually(() => queryText(page)).toBe('{service_name=~".+"} |~ "(?i)CACHE miss"')
    await eventually(() => page.locator('.row mark').first().textContent()).toBe('cache miss')
  })
})

describe('rows', () => {
  it('scroll without end, page after page', async () => {
    const { page, faults } = await stage.open('/logs')
    await rowsShown(page)
    const loaded = async (): Promise<number> =>
      Number((await page.getByTestId('loaded').textContent())?.replace(/\D/g, '') ?? 0)
    for (let turn = 0; turn < 5; turn += 1) {
      const before = await loaded()
      await page.getByTestId('rows').evaluate((element) => {
        element.scrollTop = element.scrollHeight
      })
      await eventually(loaded).toBeGreaterThan(before)
    }
    expect(await page.locator('.row').count()).toBeLessThanOrEqual(70)
    const times = await page.locator('.row .time').allTextContents()
    expect(times).toEqual([...times].sort().reverse())
    expect(faults).toEqual([])
  })

  it('open by click and keyboard; include writes LogQL and narrows the rows', async () => {
    const { page, faults } = await stage.open('/logs')
    await rowsShown(page)
    await page.locator('[data-row="3"]').click()
    await page.getByTestId('panel').waitFor()
    expect(await page.getByTestId('panel-time').textContent()).toMatch(/\.\d{9}$/)
    await page.keyboard.press('j')
    await eventually(() => page.locator('.row.active').getAttribute('data-row')).toBe('4')
    const service = await page.locator('.panel-service').textContent()
    await page.getByTestId('panel').getByTestId('include-service_name').click({ force: true })
    await eventually(() => queryText(page)).toBe(`{service_name="${service}"}`)
    await eventually(() => page.getByTestId('panel').count()).toBe(0)
    await page.locator('[data-row="0"]').click()
    expect(await page.locator('.panel-service').textContent()).toBe(service)
    expect(faults).toEqual([])
  })

  it('are marked by x and copied together in their order', async () => {
    const { page, faults } = await stage.open('/logs')
    await rowsShown(page)
    for (const key of ['j', 'j', 'j', 'x', 'k', 'k', 'x']) await page.keyboard.press(key)
    const marks = (): Promise<(string | null)[]> =>
      page.locator('.row.marked').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-row')))
    await eventually(marks).toEqual(['0', '2'])
    await page.keyboard.press('y')
    await page.locator('.toast').waitFor()
    await eventually(async () => (await page.evaluate(() => navigator.clipboard.readText())).split('\n').length).toBe(2)
    await page.keyboard.press('Escape')
    await eventually(() => page.locator('.row.marked').count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('filter by the value in focus with e and E', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await page.locator('[data-row="3"]').click()
    const service = await page.locator('.panel-service').textContent()
    await page.getByTestId('panel').getByTestId('include-service_name').focus()
    await page.keyboard.press('e')
    await eventually(() => queryText(page)).toBe(`{service_name="${service}"}`)
  })

  it('show JSON as a tree, add a nested key as column, and remember it in the address', async () => {
    const { page } = await stage.open(`/logs?${new URLSearchParams({ q: '{service_name="trainer"}' })}`)
    await rowsShown(page)
    await page.locator('[data-row="1"]').click()
    await page.getByTestId('tab-json').click()
    await page.getByTestId('json-tree').getByText('mem_gb').waitFor()
    await page.getByTestId('panel').getByTestId('column-gpu_util').click({ force: true })
    await eventually(() => new URL(page.url()).searchParams.get('cols')).toBe('gpu_util')
    expect(await page.getByRole('columnheader').allTextContents()).toContain('gpu_util')
    // The column is read from the line, though the query has no parser yet.
    await eventually(() => page.locator('[data-row="1"] .cell').nth(2).textContent()).toMatch(/^\d+$/)
    await page.getByTestId('panel').getByTestId('include-gpu_util').click({ force: true })
    await eventually(() => queryText(page)).toMatch(/^\{service_name="trainer"\} \| json \| gpu_util="\d+"$/)
  })

  it('let columns be moved, resized and removed by keyboard and pointer', async () => {
    const { page } = await stage.open('/logs?cols=host,env')
    await rowsShown(page)
    const heads = (): Promise<string[]> => page.getByRole('columnheader').allTextContents()
    const columns = (): string | null => new URL(page.url()).searchParams.get('cols')
    expect((await heads()).slice(2, 4)).toEqual(['host', 'env'])
    await page.getByRole('columnheader', { name: 'env' }).locator('.name').press('ArrowLeft')
    await eventually(columns).toBe('env,host')
    await page.getByRole('columnheader', { name: 'host' }).locator('.name').press('Shift+ArrowRight')
    await eventually(columns).toBe('env,host:156')
    const grip = await page.locator('.head-grip').first().boundingBox()
    if (grip === null) throw new Error('no grip')
    await page.mouse.move(grip.x + 3, grip.y + 5)
    await page.mouse.down()
    await page.mouse.move(grip.x + 63, grip.y + 5, { steps: 3 })
    await page.mouse.up()
    await eventually(columns).toBe('env:200,host:156')
    await page.getByRole('columnheader', { name: 'host' }).locator('.name').press('Delete')
    await eventually(columns).toBe('env:200')
    expect(await page.locator('[data-row="0"] .cell').nth(2).textContent()).toMatch(/^(prod|staging)$/)
  })

  it('show JSON lines by message and fields, or as they were written', async () => {
    const { page } = await stage.open(`/logs?${new URLSearchParams({ q: '{service_name="trainer"}' })}`)
    await rowsShown(page)
    const line = page.locator('[data-row="0"] .line')
    expect(await line.textContent()).toMatch(/^step done {2}event=train\.step run=\S+ step=\d+ .*gpu_util=\d+/)
    await page.keyboard.press('r')
    await eventually(() => line.textContent()).toMatch(/^\{"level":"\w+","message":"step done"/)
    await page.reload()
    await rowsShown(page)
    expect(await line.textContent()).toMatch(/^\{/)
  })

  it('give a link that opens the same record, and its context', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await page.locator('[data-row="7"]').click()
    const time = await page.getByTestId('panel-time').textContent()
    await page.getByTestId('permalink').click()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    expect(link).toMatch(/from=\d{4}.*to=\d{4}.*at=\d{19}-/)
    const other = await stage.open(link.slice(stage.server.url.length))
    await other.page.getByTestId('panel').waitFor()
    expect(await other.page.getByTestId('panel-time').textContent()).toBe(time)
    await other.page.getByTestId('tab-context').click()
    await other.page.locator('.context-line.own').waitFor()
    expect(await other.page.locator('.context-line').count()).toBeGreaterThan(10)
  })
})

describe('time', () => {
  it('zooms by brushing the histogram, and Escape zooms out', async () => {
    const { page, faults } = await stage.open('/logs')
    await rowsShown(page)
    const box = await page.getByTestId('histogram').boundingBox()
    if (box === null) throw new Error('no histogram')
    await page.mouse.move(box.x + box.width * 0.25, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 5 })
    await page.mouse.up()
    await eventually(() => new URL(page.url()).searchParams.get('from')).toMatch(/^\d{4}-/)
    const span = (): number => {
      const params = new URL(page.url()).searchParams
      return Date.parse(params.get('to') ?? '') - Date.parse(params.get('from') ?? '')
    }
    expect(span()).toBeGreaterThan(14 * 60_000)
    expect(span()).toBeLessThan(16 * 60_000)
    await rowsShown(page)
    const narrow = span()
    await page.keyboard.press('Escape')
    await eventually(span).toBeGreaterThan(narrow * 1.9)
    expect(faults).toEqual([])
  })

  it('shows the counts as a table', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await page.getByTestId('histogram-table').click({ force: true })
    await page.locator('.volume-table tbody tr').first().waitFor()
    expect(await page.locator('.volume-table tbody tr').count()).toBeGreaterThan(50)
  })

  it('takes absolute times in the zone chosen and holds the zone in the address', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await page.getByTestId('time-control').click()
    await page.getByTestId('zone-input').fill('America/New_York')
    await page.getByTestId('zone-input').press('Tab')
    await eventually(() => new URL(page.url()).searchParams.get('tz')).toBe('America/New_York')
    await page.getByTestId('time-from').fill('2026-01-15 10:00')
    await page.getByTestId('time-to').fill('2026-01-15 11:00')
    await page.getByTestId('time-apply').click()
    await eventually(() => new URL(page.url()).searchParams.get('from')).toBe('2026-01-15T15:00:00Z')
    await eventually(() => page.locator('[data-row="0"] .time').textContent()).toMatch(/^2026-01-15 10:59:59/)
  })
})

describe('field list', () => {
  it('counts fields, finds them, and filters by a value', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await page.getByTestId('field-service_name').waitFor()
    expect(await page.getByTestId('field-service_name').locator('summary').textContent()).toMatch(/1,000 100%/)
    await page.getByTestId('field-search').fill('worker')
    await eventually(() => page.locator('.field-item').count()).toBeLessThan(5)
    await page.getByTestId('field-service_name').locator('summary').click()
    const value = page.locator('.top-value', { hasText: 'worker' })
    await value.hover()
    await value.getByTestId('exclude-service_name').click()
    await eventually(() => queryText(page)).toBe('{service_name=~".+", service_name!="worker"}')
    await eventually(() => page.locator('.row', { hasText: 'worker-' }).count()).toBe(0)
  })
})

describe('export', () => {
  it('links to the stream with query, range, columns and zone', async () => {
    const { page } = await stage.open('/logs?cols=status')
    await rowsShown(page)
    await page.getByTestId('field-status').waitFor()
    await page.getByTestId('export').click()
    await page.getByTestId('export-csv').click()
    const href = (await page.getByTestId('export-link').getAttribute('href')) ?? ''
    const address = new URL(href, stage.server.url)
    expect(address.pathname).toBe('/girok/v1/export')
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      query: '{service_name=~".+"} | json',
      format: 'csv',
      columns: 'status',
      tz: 'Asia/Seoul',
    })
    const download = page.waitForEvent('download')
    await page.getByTestId('export-link').click()
    expect((await download).suggestedFilename()).toBe('girok-logs.csv')
    await page.getByTestId('export-curl').click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^curl -fsS -o 'girok-logs.csv' 'http/)
  })
})

describe('nothing found', () => {
  it('says that a filter hides everything and drops it by one click', async () => {
    const query = '{service_name="worker"} |= "no such words"'
    const { page } = await stage.open(`/logs?${new URLSearchParams({ q: query, from: 'now-5m' })}`)
    await page.getByTestId('empty-filter').waitFor()
    await page.getByTestId('empty-filter').getByRole('button').first().click()
    await eventually(() => queryText(page)).toBe('{service_name="worker"}')
    await rowsShown(page)
  })

  it('says when the newest line came and jumps there', async () => {
    const { page } = await stage.open('/logs?from=2099-01-01T00:00:00Z&to=2099-01-02T00:00:00Z')
    await page.getByTestId('empty-range').waitFor()
    await page.getByTestId('empty-range').getByRole('button').click()
    await rowsShown(page)
  })

  it('shows elapsed time and Cancel when an answer takes long', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    stage.server.state.delayMs = 3000
    await page.getByTestId('run').click()
    await page.getByTestId('cancel').click()
    stage.server.state.delayMs = 0
    await eventually(() => page.locator('.notice').textContent()).toContain('Search cancelled')
    expect(await page.locator('[data-row="0"]').count()).toBe(1)
  })
})
