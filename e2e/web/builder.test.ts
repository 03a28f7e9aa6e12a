import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, openStage, queryText, rowsShown, type Stage, typeQuery } from './browser.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

const at = (query: string): string => `/logs?${new URLSearchParams({ q: query })}`

/** Opens the page with the builder shown. */
async function openBuilder(query: string): Promise<{ page: Page; faults: string[] }> {
  const { page, faults } = await stage.open(at(query))
  await page.getByTestId('mode-builder').click()
  await page.getByTestId('builder').waitFor()
  return { page, faults }
}

describe('the builder', () => {
  it('shows the query as fields, is remembered, and goes away again', async () => {
    const { page, faults } = await openBuilder('{service_name="http-api", env="prod"} |= "GET" | json | status >= 400')
    await eventually(() => page.getByTestId('label-name-1').inputValue()).toBe('env')
    expect(await page.getByTestId('label-value-0').inputValue()).toBe('http-api')
    expect(await page.getByTestId('line-text-0-0').inputValue()).toBe('GET')
    expect(await page.getByTestId('parser-1').inputValue()).toBe('json')
    expect(await page.getByTestId('field-name-2-0').inputValue()).toBe('status')
    expect(await page.getByTestId('field-op-2-0').inputValue()).toBe('#>=')
    expect(await page.getByTestId('field-value-2-0').inputValue()).toBe('400')
    await page.reload()
    await page.getByTestId('builder').waitFor()
    await page.getByTestId('mode-code').click()
    await eventually(() => page.getByTestId('builder').count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('builds a query by clicks from what is stored, and runs it', async () => {
    const { page, faults } = await openBuilder('{env="prod"}')
    await rowsShown(page)
    await page.getByTestId('add-label').click()
    await page.getByTestId('label-name-1').click()
    await page.getByRole('option', { name: 'service_name' }).click()
    await page.getByTestId('label-value-1').click()
    await page.getByRole('option', { name: 'http-api' }).click()
    await eventually(() => queryText(page)).toBe('{env="prod", service_name="http-api"}')
    await page.getByTestId('add-field').click()
    await page.getByTestId('field-name-0-0').click()
    // A field of JSON lines brings its parser along.
    await page.getByRole('option', { name: /^status/ }).click()
    await eventually(() => page.getByTestId('field-name-1-0').inputValue()).toBe('status')
    await page.getByTestId('field-op-1-0').selectOption('=')
    await page.getByTestId('field-value-1-0').fill('500')
    await eventually(() => queryText(page)).toBe('{env="prod", service_name="http-api"} | json | status="500"')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await eventually(() => new URL(page.url()).searchParams.get('q')).toContain('| status="500"')
    await eventually(() => page.locator('[data-row="0"]').textContent()).toContain('500')
    expect(faults).toEqual([])
  })

  it('works with the keyboard alone', async () => {
    const { page } = await openBuilder('{env="prod"}')
    await page.getByTestId('add-label').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('label-name-1')
    await page.getByRole('option', { name: 'service_name' }).waitFor()
    await page.keyboard.type('serv')
    await page.keyboard.press('ArrowDown')
    const active = await page.getByTestId('label-name-1').getAttribute('aria-activedescendant')
    expect(await page.locator(`[id="${active}"]`).getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('Enter')
    await eventually(() => page.getByTestId('label-name-1').inputValue()).toBe('service_name')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.getByRole('option', { name: 'worker' }).waitFor()
    await page.keyboard.type('worker')
    await page.keyboard.press('Enter')
    await eventually(() => new URL(page.url()).searchParams.get('q')).toBe('{env="prod", service_name="worker"}')
  })

  it('makes a calculation and aggregates it', async () => {
    const { page, faults } = await openBuilder('{env="prod"} |= "GET"')
    await page.getByTestId('calculation').selectOption('rate')
    await eventually(() => queryText(page)).toBe('rate({env="prod"} |= "GET" [5m])')
    await page.getByTestId('add-vector').click()
    await page.getByTestId('vector-by-0').fill('host')
    await page.keyboard.press('Enter')
    await eventually(() => queryText(page)).toBe('sum by (host) (rate({env="prod"} |= "GET" [5m]))')
    await page.getByTestId('add-number').click()
    await page.getByTestId('number-1').fill('0.5')
    await eventually(() => queryText(page)).toBe('sum by (host) (rate({env="prod"} |= "GET" [5m])) > 0.5')
    await page.getByTestId('range').fill('soon')
    await eventually(() => page.getByTestId('range').getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByTestId('builder-trouble').textContent()).toContain('marked fields')
    expect(await queryText(page)).toContain('[5m]')
    await page.getByTestId('range').fill('1m')
    await eventually(() => queryText(page)).toContain('[1m]')
    await page.getByTestId('calculation').selectOption('')
    await eventually(() => queryText(page)).toBe('{env="prod"} |= "GET"')
    expect(faults).toEqual([])
  })

  it('keeps what it cannot show, and does not touch a query with a mistake', async () => {
    const query = '{env="prod"} | json | line_format "{{.message}}" | label_format a=b'
    const { page, faults } = await openBuilder(query)
    await eventually(() => page.getByTestId('stage-kept').count()).toBe(2)
    expect(await page.getByTestId('stage-kept').first().textContent()).toContain('line_format "{{.message}}"')
    await page.getByTestId('add-text').click()
    await page.getByTestId('line-text-0-0').fill('done')
    await eventually(() => queryText(page)).toBe(query.replace('| json', '|= "done" | json'))
    await typeQuery(page, '{env="prod"} | nonsense ~')
    await page.keyboard.press('Escape')
    await eventually(() => page.getByTestId('builder-trouble').textContent()).toContain('has a mistake')
    expect(await page.getByTestId('add-label').count()).toBe(0)
    expect(await queryText(page)).toBe('{env="prod"} | nonsense ~')
    expect(faults).toEqual([])
  })

  it('names every field for screen readers', async () => {
    const { page } = await openBuilder('sum(rate({env="prod"} |= "a" | json | status >= 400 | drop x [5m])) > 1')
    await eventually(() => page.getByTestId('outer-number').count()).toBe(1)
    const nameless = await page
      .getByTestId('builder')
      .evaluate((element) =>
        [...element.querySelectorAll('input, select, button')]
          .filter((one) => !one.getAttribute('aria-label') && !one.textContent?.trim() && !one.closest('label'))
          .map((one) => one.outerHTML),
      )
    expect(nameless).toEqual([])
  })
})

describe('examples', () => {
  it('fill the box and run by one click, those from the own logs first', async () => {
    const { page, faults } = await stage.open('/logs?view=patterns')
    await page.getByTestId('examples').click()
    await page.getByText('From your logs').waitFor()
    const first = page.getByTestId('example').first()
    expect(await first.textContent()).toContain('Newest lines of ad-events')
    await first.click()
    await eventually(() => new URL(page.url()).searchParams.get('q')).toBe('{service_name="ad-events"}')
    await rowsShown(page)
    expect(await page.getByTestId('example-list').count()).toBe(0)
    await page.getByTestId('examples').click()
    await page.getByTestId('example').filter({ hasText: 'Latency that 95 %' }).click()
    await eventually(() => queryText(page)).toContain('quantile_over_time(0.95, {job="inference"}')
    expect(faults).toEqual([])
  })

  it('stand where a query finds nothing', async () => {
    const { page } = await stage.open(at('{env="prod"} |= "no such text"'))
    await page.getByTestId('empty-filter').getByTestId('example').first().click()
    await rowsShown(page)
  })

  it.each(['ko-KR', 'ja-JP'])('say in %s what they answer', async (locale) => {
    const { page } = await stage.open('/logs', { locale })
    await page.getByTestId('examples').click()
    await eventually(() => page.locator('.example-title').count()).toBeGreaterThan(18)
    const script = locale === 'ko-KR' ? /[가-힣]/ : /[ぁ-んァ-ヶ一-龠]/
    for (const text of await page.locator('.example-title').allTextContents()) expect(text).toMatch(script)
  })
})
