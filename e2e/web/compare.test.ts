import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, openStage, queryText, rowsShown, type Stage } from './browser.ts'

let stage: Stage
const nowNs = BigInt(Date.now()) * 1_000_000n
const minute = 60_000_000_000n
const record = (agoNs: bigint, line: string, host: string) => ({
  ns: nowNs - agoNs,
  line,
  labels: { service_name: 'checkout', env: 'test', host },
  meta: { detected_level: 'error' },
})
beforeAll(async () => {
  stage = await openStage({
    extra: [
      ...Array.from({ length: 30 }, (_, i) => record(minute + BigInt(i), `payment ${i} refused`, 'node-x')),
      ...Array.from({ length: 10 }, (_, i) => record(2n * minute + BigInt(i), `order ${i} placed`, 'node-a')),
      ...Array.from({ length: 12 }, (_, i) => record(20n * minute + BigInt(i), `order ${i} placed`, 'node-a')),
      ...Array.from({ length: 20 }, (_, i) => record(21n * minute + BigInt(i), `worker ${i} restarted`, 'node-b')),
    ],
  })
})
afterAll(() => stage.close())

const query = '{service_name="checkout"}'
const path = (more: Record<string, string> = {}): string =>
  `/logs?${new URLSearchParams({ q: query, from: 'now-15m', view: 'compare', ...more })}`

describe('compare', () => {
  it('tells what is new, gone and changed against the time before', async () => {
    const { page, faults } = await stage.open(path())
    await page.getByTestId('compare-summary').waitFor()
    const summary = await page.getByTestId('compare-summary').textContent()
    expect(summary).toContain('40 lines against 32 before.')
    expect(summary).toContain('New patterns: 1, gone: 1, changed: 0.')
    const changes = page.getByTestId('change')
    await eventually(() => changes.count()).toBe(2)
    expect(await changes.nth(0).textContent()).toMatch(/new.*payment <_> refused/)
    expect(await changes.nth(1).textContent()).toMatch(/gone.*worker <_> restarted/)
    await page.getByTestId('changes-all').click()
    await eventually(() => changes.count()).toBe(3)
    await page.getByTestId('changes-changed').click()
    await page.getByText('No pattern of this kind.').waitFor()
    expect(faults).toEqual([])
  })

  it('shows values by lift, and their lines in the range where they are', async () => {
    const { page, faults } = await stage.open(path())
    const host = page.getByTestId('lifted-host')
    await host.waitFor()
    const value = (name: string) => host.locator('.lifted-value').filter({ hasText: name })
    expect(await value('node-x').getByTestId('lift').textContent()).toMatch(/^×\d/)
    expect(await value('node-b').getByTestId('lift').textContent()).toMatch(/^÷\d/)
    expect(await value('node-x').getByTestId('count-base').isDisabled()).toBe(true)
    await value('node-x').getByTestId('lifted-value').click()
    await eventually(() => queryText(page)).toBe('{service_name="checkout", host="node-x"}')
    await rowsShown(page)
    await eventually(() => page.getByTestId('loaded').textContent()).toBe('30 lines loaded')
    await page.goBack()
    await value('node-b').getByTestId('lifted-value').click()
    await eventually(() => page.getByTestId('loaded').textContent()).toBe('20 lines loaded')
    const at = new URL(page.url()).searchParams
    expect(Date.parse(at.get('to') ?? '') - Date.parse(at.get('from') ?? '')).toBe(900_000)
    expect(faults).toEqual([])
  })

  it('leads to the lines of a pattern in either range', async () => {
    const { page } = await stage.open(path())
    await page.getByTestId('changes-all').click()
    const same = page.getByTestId('change').filter({ hasText: 'placed' })
    await same.getByTestId('count-base').click()
    await eventually(() => page.getByTestId('loaded').textContent()).toBe('12 lines loaded')
    expect(await queryText(page)).toBe(`${query} |> "order <_> placed"`)
    await page.goBack()
    await page.getByTestId('changes-all').click()
    await same.getByTestId('count-now').click()
    await eventually(() => page.getByTestId('loaded').textContent()).toBe('10 lines loaded')
  })

  it('compares with yesterday, last week or a range of one’s own, kept in the address', async () => {
    const { page, faults } = await stage.open(path())
    await page.getByTestId('compare-summary').waitFor()
    for (const [id, days] of [
      ['day', 1],
      ['week', 7],
    ] as const) {
      await page.getByTestId(`base-${id}`).click()
      await eventually(() => new URL(page.url()).searchParams.get('base')).toBe(id)
      await eventually(() => page.getByTestId('compare-summary').textContent()).toContain('against 0 before')
      const asked = new URL(
        stage.server.requests.findLast((one) => one.includes('/compare'))?.split(' ')[1] ?? '',
        page.url(),
      )
      const [start, base] = ['start', 'baseStart'].map((name) => BigInt(asked.searchParams.get(name) ?? '0'))
      expect((start ?? 0n) - (base ?? 0n)).toBe(BigInt(days) * 1440n * minute)
    }
    await page.getByTestId('base-own').click()
    await page.getByTestId('base-from').fill('now-25m')
    await page.getByTestId('base-to').fill('now-30m')
    await page.getByTestId('base-apply').click()
    await page.getByText('The end must be after the start.').waitFor()
    await page.getByTestId('base-to').fill('now-16m')
    await page.getByTestId('base-apply').click()
    await eventually(() => page.getByTestId('compare-summary').textContent()).toContain('against 32 before')
    await page.reload()
    await eventually(() => page.getByTestId('compare-summary').textContent()).toContain('against 32 before')
    expect(new URL(page.url()).searchParams.get('base')).toBe('now-25m/now-16m')
    expect(faults).toEqual([])
  })

  it('says what to do when a range cannot be read or holds nothing', async () => {
    const bad = await stage.open(path({ base: 'sometime' }))
    await bad.page.getByTestId('compare').getByRole('alert').getByRole('button').click()
    await bad.page.getByTestId('compare-summary').waitFor()
    const none = await stage.open(path({ q: '{service_name="nobody"}' }))
    await none.page.getByTestId('compare-empty').waitFor()
    expect([...bad.faults, ...none.faults]).toEqual([])
  })

  it.each(['ko-KR', 'ja-JP'])('speaks %s', async (locale) => {
    const { page } = await stage.open(path(), { locale })
    await page.getByTestId('compare-summary').waitFor()
    const texts = await page.locator('.compare h2, .compare .segment, .compare dt, .change-kind').allTextContents()
    expect(texts.length).toBeGreaterThan(10)
    expect(texts.join()).not.toMatch(/[a-z]{3}/i)
  })
})
