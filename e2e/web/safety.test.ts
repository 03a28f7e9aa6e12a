import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MockRecord } from '../../packages/web/testing/log-generator.ts'
import { eventually, openStage, rowsShown, type Stage } from './browser.ts'

const attacks = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(2)</script>',
  '{"message":"<svg onload=alert(3)>","link":"javascript:alert(4)","<b>key</b>":"<i>value</i>"}',
  "';alert(5);//",
  '<style>*{display:none}</style><iframe srcdoc="<script>alert(6)</script>">',
]
const nowNs = BigInt(Date.now()) * 1_000_000n
const records: MockRecord[] = attacks.map((line, index) => ({
  ns: nowNs - BigInt(index) * 1_000_000_000n,
  line,
  labels: { service_name: 'attack', '<b>label</b>': '<img src=x onerror=alert(7)>' },
  meta: { detected_level: '"><img src=x onerror=alert(8)>' },
}))

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ extra: records })
})
afterAll(() => stage.close())

describe('log text', () => {
  it('reaches the page as text alone, in rows, panel, tree, context and field list', async () => {
    const { page, faults } = await stage.open(`/logs?${new URLSearchParams({ q: '{service_name="attack"}' })}`)
    await rowsShown(page)
    for (const [row, line] of attacks.entries()) {
      const shown = await page.locator(`[data-row="${row}"] .line`).textContent()
      if (line.startsWith('{'))
        expect(shown).toBe('<svg onload=alert(3)>  link=javascript:alert(4) _b_key__b_=<i>value</i>')
      else expect(shown).toBe(line)
      await page.locator(`[data-row="${row}"]`).click()
      for (const tab of ['json', 'raw', 'context', 'overview']) {
        await page.getByTestId(`tab-${tab}`).click()
        if (tab === 'raw') expect(await page.getByTestId('raw').textContent()).toBe(line)
        if (tab === 'context') await page.locator('.context-line.own').waitFor()
      }
    }
    for (const item of await page.locator('.field-item > summary').all()) await item.click()
    const strangers =
      'img, iframe, svg [onload], [onerror], [onload], a[href^="javascript"], main style, main script, main b b'
    expect(await page.locator(strangers).count()).toBe(0)
    expect(await page.locator('.field-item-name').allTextContents()).toContain('<b>label</b>')
    expect(faults).toEqual([])
  })

  it('includes a hostile value as a string of the query', async () => {
    const { page, faults } = await stage.open(`/logs?${new URLSearchParams({ q: '{service_name="attack"}' })}`)
    await rowsShown(page)
    await page.locator('[data-row="0"]').click()
    await page.getByTestId('panel').getByTestId('include-detected_level').click({ force: true })
    await eventually(() => new URL(page.url()).searchParams.get('q')).toBe(
      '{service_name="attack"} | detected_level=`"><img src=x onerror=alert(8)>`',
    )
    expect(faults).toEqual([])
  })
})

describe('content security policy', () => {
  it('is violated by nothing on a walk through the app', async () => {
    const { page, faults } = await stage.open('/logs')
    await page.evaluate(() => {
      const seen: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => seen.push(event.violatedDirective))
      Object.assign(window, { violations: seen })
    })
    await rowsShown(page)
    await page.getByTestId('query-editor').click()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('sum by (env) (count_over_time({env="prod"}[1m')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.locator('.plot canvas').waitFor()
    const plot = await page.getByTestId('plot').boundingBox()
    await page.mouse.move((plot?.x ?? 0) + 300, (plot?.y ?? 0) + 60)
    await page.getByTestId('chart-tip').waitFor()
    for (const kind of ['heatmap', 'value', 'table']) await page.getByTestId(`kind-${kind}`).click()
    await page.getByTestId('chart-table').waitFor()
    await page.getByTestId('history').click()
    await page.getByTestId('history-entry').first().waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByTestId('palette').waitFor()
    await page.keyboard.press('Escape')
    await page.getByTestId('time-control').click()
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.getByTestId('arrival').waitFor()
    await page.keyboard.press('?')
    await page.locator('.key-sheet').waitFor()
    expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([])
    expect(faults).toEqual([])
  })
})
