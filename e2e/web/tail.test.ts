import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, openStage, type Stage } from './browser.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ tailPerSecond: 400 })
})
afterAll(() => stage.close())

describe('live tail', () => {
  it('counts what it received, shows the newest at the bottom, and pauses by scrolling up', async () => {
    const { page, faults } = await stage.open('/logs?live=1')
    const number = async (id: string): Promise<number> =>
      Number(((await page.getByTestId(id).textContent()) ?? '').replace(/\D/g, ''))
    await eventually(() => number('live-received')).toBeGreaterThan(400)
    expect(await number('live-dropped')).toBe(0)
    const atBottom = (): Promise<boolean> =>
      page
        .getByTestId('rows')
        .evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop < 2)
    expect(await atBottom()).toBe(true)

    await page.getByTestId('rows').hover()
    await page.mouse.wheel(0, -600)
    await page.getByTestId('live-new').waitFor()
    const top = await page.locator('.row').first().textContent()
    const waiting = await number('live-new')
    await eventually(() => number('live-new')).toBeGreaterThan(waiting + 100)
    expect(await page.locator('.row').first().textContent()).toBe(top)

    await page.getByTestId('live-new').click()
    await eventually(atBottom).toBe(true)
    await eventually(() => page.getByTestId('live-new').count()).toBe(0)
    // Nothing is lost by pausing: every line received is on the page.
    const [received, loaded] = await page.evaluate(() => {
      const read = (id: string): number =>
        Number((document.querySelector(`[data-testid="${id}"]`)?.textContent ?? '').replace(/\D/g, ''))
      return [read('live-received'), read('loaded')] as const
    })
    expect(Math.abs(received - loaded)).toBeLessThanOrEqual(60)
    expect(faults).toEqual([])
  })

  it('pauses and resumes by the space bar, says when the connection is gone, and connects again', async () => {
    const { page } = await stage.open('/logs?live=1')
    await eventually(async () => (await page.getByTestId('live-received').textContent()) ?? '').toMatch(/^[1-9]/)
    await page.keyboard.press('Space')
    await page.getByTestId('live-new').waitFor()
    await page.keyboard.press('Space')
    await eventually(() => page.getByTestId('live-new').count()).toBe(0)
    stage.server.cutSockets()
    await page.locator('.live-bar.closed').waitFor()
    await page.locator('.live-bar.open').waitFor({ timeout: 10_000 })
  })
})
