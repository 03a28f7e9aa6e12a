import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, openStage, type Stage } from './browser.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ empty: true })
})
afterAll(() => stage.close())

describe('set-up page', () => {
  it('turns green when the snippet it shows was run, and names the sender', async () => {
    const { page, faults } = await stage.open('/setup')
    await page.getByTestId('arrival').waitFor()
    expect(await page.locator('.arrival.here').count()).toBe(0)
    await page.getByTestId('copy-snippet').click()
    const snippet = await page.evaluate(() => navigator.clipboard.readText())
    const address = /'(http[^']+)'/.exec(snippet)?.[1] ?? ''
    expect(address.startsWith(stage.server.url)).toBe(true)
    const sent = await fetch(address, { method: 'POST', body: '{"message":"Hello"}' })
    expect(sent.status).toBe(204)
    await page.locator('.arrival.here').waitFor({ timeout: 5000 })
    expect(await page.getByTestId('arrival').textContent()).toContain('curl 8.5')
    expect(faults).toEqual([])
  })

  it('shows each snippet with the address of the server', async () => {
    const { page } = await stage.open('/setup')
    for (const id of ['girok', 'loki', 'promtail', 'alloy', 'pino', 'winston', 'python']) {
      await page.getByTestId(`snippet-${id}`).click()
      expect(await page.getByTestId('snippet-text').textContent()).toContain(stage.server.url)
    }
  })

  it('lists refused requests with their reasons', async () => {
    stage.server.state.setup = {
      ...stage.server.state.setup,
      rejected: [{ atMs: Date.now(), receiver: 'loki', status: 400, reason: 'line 3: <b>no</b> such time' }],
    }
    const { page } = await stage.open('/setup')
    await eventually(() => page.getByTestId('rejected').textContent()).toContain('<b>no</b> such time')
  })

  it('switches the sample data, and removes it only when asked twice', async () => {
    const { page } = await stage.open('/setup')
    await page.getByTestId('sample-switch').click()
    await eventually(() => page.getByTestId('sample-state').textContent()).toBe('Off')
    expect(stage.server.state.setup.sample.running).toBe(false)
    await page.getByTestId('sample-remove').click()
    expect(stage.server.requests.some((one) => one.startsWith('DELETE'))).toBe(false)
    await page.getByTestId('sample-remove-sure').click()
    await eventually(() => stage.server.requests.some((one) => one === 'DELETE /girok/v1/sample')).toBe(true)
  })
})
