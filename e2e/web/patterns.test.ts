import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { patternOf } from '../../packages/web/testing/mock-patterns.ts'
import { push, QUIET, startServer } from '../server.ts'
import { eventually, openStage, queryText, rowsShown, type Stage, visit } from './browser.ts'

const line = (step: number): string => `trainer ${step} ran out of memory`
const pattern = patternOf(line(1))

let stage: Stage
beforeAll(async () => {
  const nowNs = BigInt(Date.now()) * 1_000_000n
  stage = await openStage({
    extra: Array.from({ length: 40 }, (_, i) => ({
      ns: nowNs - BigInt(i + 1) * 1_000_000_000n,
      line: line(i),
      labels: { service_name: 'trainer', env: 'prod', host: 'node-a' },
      meta: { detected_level: 'error' },
    })),
  })
})
afterAll(() => stage.close())

const row = (page: Awaited<ReturnType<Stage['open']>>['page']) =>
  page.getByTestId('pattern').filter({ hasText: 'ran out of memory' })

describe('patterns', () => {
  it('open from the view switch, say what they were made from, and stay in the address', async () => {
    const { page, faults } = await stage.open('/logs')
    await rowsShown(page)
    await page.getByTestId('view-patterns').click()
    await row(page).waitFor()
    expect(new URL(page.url()).searchParams.get('view')).toBe('patterns')
    expect(await row(page).locator('.level-word').textContent()).toBe('ERROR')
    expect(await row(page).locator('.wild').textContent()).toBe('<_>')
    expect(await page.locator('.view-head').textContent()).toMatch(/\d+ patterns in 72,000 lines.*2,000 of 72,000/)
    await page.reload()
    await row(page).waitFor()
    expect(await page.locator('[data-row]').count()).toBe(0)
    await page.getByTestId('view-logs').click()
    await rowsShown(page)
    expect(new URL(page.url()).searchParams.get('view')).toBeNull()
    expect(faults).toEqual([])
  })

  it('are sorted and searched', async () => {
    const { page } = await stage.open('/logs?view=patterns')
    await row(page).waitFor()
    const counts = async (): Promise<number[]> =>
      (await page.getByTestId('pattern-count').allTextContents()).map((text) => Number(text.replaceAll(',', '')))
    expect(await counts()).toEqual([...(await counts())].sort((a, b) => b - a))
    await page.getByTestId('pattern-sort-level').click()
    await eventually(() => page.locator('th[aria-sort="descending"]').textContent()).toBe('Level')
    const levels = await page.locator('.level-word').allTextContents()
    const severe = levels.lastIndexOf('ERROR')
    expect(levels.slice(0, severe + 1).every((level) => level === 'ERROR')).toBe(true)
    await page.getByTestId('pattern-search').fill('OUT OF MEMORY')
    await eventually(() => page.getByTestId('pattern').count()).toBeLessThan(levels.length)
    await row(page).waitFor()
    await page.getByTestId('pattern-search').fill('no such thing')
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await eventually(() => page.getByTestId('pattern').count()).toBe(levels.length)
  })

  it('show examples with what varies marked', async () => {
    const { page, faults } = await stage.open('/logs?view=patterns')
    await row(page).getByTestId('pattern-open').click()
    await eventually(() => page.getByTestId('pattern-examples').locator('time').count()).toBe(5)
    const marked = await page.getByTestId('pattern-examples').locator('.varying').allTextContents()
    expect(marked).toEqual(['0', '1', '2', '3', '4'])
    expect(faults).toEqual([])
  })

  it('are included and hidden by a click, and taken back by another', async () => {
    const { page, faults } = await stage.open('/logs?view=patterns')
    const all = '{service_name=~".+"}'
    await row(page).getByTestId('pattern-exclude').click()
    await eventually(() => queryText(page)).toBe(`${all} !> "${pattern}"`)
    await eventually(() => row(page).count()).toBe(0)
    await page.getByTestId('pattern-undo').click()
    await eventually(() => queryText(page)).toBe(all)
    await row(page).getByTestId('pattern-include').click()
    await eventually(() => queryText(page)).toBe(`${all} |> "${pattern}"`)
    await eventually(() => page.getByTestId('pattern').count()).toBe(1)
    await eventually(() => page.getByTestId('pattern-count').textContent()).toBe('40')
    await page.goBack()
    await eventually(() => queryText(page)).toBe(all)
    expect(await page.getByTestId('view-patterns').getAttribute('aria-pressed')).toBe('true')
    expect(faults).toEqual([])
  })

  it('come and go by key', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await page.keyboard.press('p')
    await row(page).waitFor()
    await page.keyboard.press('d')
    await page.getByTestId('compare').waitFor()
    await page.keyboard.press('d')
    await rowsShown(page)
  })

  it('lead to their lines', async () => {
    const { page } = await stage.open('/logs?view=patterns')
    await row(page).getByTestId('pattern-text').click()
    await rowsShown(page)
    expect(await queryText(page)).toContain(`|> "${pattern}"`)
    await eventually(() => page.getByTestId('loaded').textContent()).toBe('40 lines loaded')
  })

  it('say what to do when there are none, when the query counts, and when it is wrong', async () => {
    const none = await stage.open(`/logs?${new URLSearchParams({ q: '{env="prod"} |= "no such"', view: 'patterns' })}`)
    await none.page.getByTestId('patterns-empty').waitFor()
    const metric = await stage.open(
      `/logs?${new URLSearchParams({ q: 'sum(count_over_time({env="prod"} |= "memory" [5m]))', view: 'patterns' })}`,
    )
    await metric.page.getByTestId('lines-show').click()
    await eventually(() => queryText(metric.page)).toBe('{env="prod"} |= "memory"')
    await row(metric.page).waitFor()
    const wrong = await stage.open(`/logs?${new URLSearchParams({ q: '{env="prod"} | nonsense', view: 'patterns' })}`)
    await eventually(() => wrong.page.getByTestId('query-fault').locator('em').textContent()).toBe('nonsense')
    expect([...none.faults, ...metric.faults, ...wrong.faults]).toEqual([])
  })

  it('can be cancelled while they are looked for', async () => {
    stage.server.state.delayMs = 3000
    try {
      const { page } = await stage.open('/logs?view=patterns')
      await page.getByTestId('patterns').getByTestId('cancel').click()
      await page.getByText('Search cancelled.').waitFor()
    } finally {
      stage.server.state.delayMs = 0
    }
  })

  it.each(['ko-KR', 'ja-JP'])('speak %s', async (locale) => {
    const { page } = await stage.open('/logs?view=patterns', { locale })
    await row(page).waitFor()
    const texts = await page.getByTestId('patterns').locator('.view-head, thead').allTextContents()
    expect(texts.join()).toMatch(locale === 'ko-KR' ? /패턴/ : /パターン/)
    expect(texts.join()).not.toMatch(/[a-z]{4}/i)
  })
})

describe('on a running server', () => {
  it('patterns, their lines and the comparison with the time before are those of what was sent', async () => {
    const server = await startServer({ args: QUIET })
    const visitor = await visit(new URL(server.url).origin)
    try {
      const now = Date.now()
      const old = Array.from({ length: 60 }, (_, i): [number, string] => [now - 20 * 60_000 + i, `order ${i} placed`])
      const fresh = Array.from({ length: 60 }, (_, i): [number, string] => [now - 5 * 60_000 + i, `order ${i} placed`])
      const refused = Array.from({ length: 40 }, (_, i): [number, string] => [
        now - 4 * 60_000 + i,
        `level=error payment ${i} refused by bank ${i * 7}`,
      ])
      await push(server, { app: 'shop', host: 'a' }, [...old, ...fresh])
      await push(server, { app: 'shop', host: 'b' }, refused)
      const path = (view: string): string =>
        `/logs?${new URLSearchParams({ q: '{app="shop"}', from: 'now-15m', view })}`
      const { page, faults } = await visitor.open(path('patterns'))
      const refusal = page.getByTestId('pattern').filter({ hasText: 'refused by bank' })
      await eventually(() => refusal.getByTestId('pattern-count').textContent()).toBe('40')
      expect(await refusal.locator('.level-word').textContent()).toBe('ERROR')
      expect(await page.locator('.view-head').textContent()).toContain('2 patterns in 100 lines')
      await refusal.getByTestId('pattern-open').click()
      await eventually(() => page.getByTestId('pattern-examples').locator('.varying').allTextContents()).toContain('39')
      await refusal.getByTestId('pattern-exclude').click()
      await eventually(() => page.getByTestId('pattern').count()).toBe(1)
      await page.getByTestId('pattern-text').click()
      await eventually(() => page.getByTestId('loaded').textContent()).toBe('60 lines loaded')

      const compared = await visitor.open(path('compare'))
      const first = compared.page.getByTestId('change').first()
      await eventually(() => first.textContent()).toMatch(/new.*refused by bank/)
      await eventually(() => compared.page.getByTestId('compare-summary').textContent()).toContain(
        '100 lines against 60 before. New patterns: 1, gone: 0',
      )
      await compared.page.getByTestId('lifted-host').getByTestId('lifted-value').filter({ hasText: 'b' }).click()
      await eventually(() => queryText(compared.page)).toBe('{app="shop", host="b"}')
      await eventually(() => compared.page.getByTestId('loaded').textContent()).toBe('40 lines loaded')
      expect([...faults, ...compared.faults]).toEqual([])
    } finally {
      await visitor.close()
      await server.dispose()
    }
  })
})
