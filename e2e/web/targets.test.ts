import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { QUIET, startServer, type TestServer, temporaryFolder } from '../server.ts'
import { faultsOfMarkup } from './accessibility.ts'
import { eventually, type Visitor, visit } from './browser.ts'

const PATH = '/targets'
const pool = (page: Page, name: string): Locator => page.locator(`[data-testid="pool-${name}"]`)
const rows = (page: Page): Locator => page.getByTestId('target')
const healths = async (page: Page): Promise<string[]> =>
  (await page.getByTestId('health').allTextContents()).map((text) => text.trim())
const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText())

describe('page of targets', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'prometheus.yml')
  let exporter: Server
  let address = ''
  let metrics = 'a 1\nb{x="<b>"} 2\n'
  let server: TestServer
  let visitor: Visitor

  beforeAll(async () => {
    exporter = createServer((_request, response) => response.end(metrics))
    await new Promise<void>((listening) => exporter.listen(0, '127.0.0.1', listening))
    address = `127.0.0.1:${(exporter.address() as AddressInfo).port}`
    writeFileSync(
      file,
      `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: app
    static_configs:
      - { targets: ['${address}'], labels: { zone: '서울 1' } }
      - { targets: ['127.0.0.1:1'] }
      - { targets: ['dropped:1'], labels: { keep: 'no' } }
    relabel_configs: [{ action: drop, source_labels: [keep], regex: 'no' }]
  - job_name: slow
    scrape_interval: 1d
    static_configs: [{ targets: ['${address}'] }]
  - job_name: empty
`,
    )
    server = await startServer({ args: [...QUIET, '--prometheus-config', file] })
    visitor = await visit(server.url)
  })
  afterAll(async () => {
    await visitor.close()
    await server.dispose()
    exporter.closeAllConnections()
    exporter.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('lists targets by job with health, labels, last scrape and error, what is down first', async () => {
    const { page, faults } = await visitor.open(PATH)
    await eventually(() => healths(page)).toEqual(['Down', 'Up', 'Not scraped yet'])
    expect(await page.locator('.agent h2').allTextContents()).toEqual(['app', 'slow', 'empty'])
    expect(await pool(page, 'app').getByTestId('pool-up').textContent()).toBe('1 of 2 up')
    expect(await pool(page, 'empty').textContent()).toContain('This job has no targets.')
    const up = rows(page).nth(1)
    const [, endpoint = '', last, duration, samples] = await up.locator('td').allInnerTexts()
    for (const words of [`http://${address}/metrics`, 'every 1s', 'zone="서울 1"', 'job="app"']) {
      expect(endpoint).toContain(words)
    }
    expect(last).toMatch(/second|now/)
    expect(duration).toMatch(/ms|µs/)
    expect(samples).toBe('2')
    expect(await rows(page).nth(0).getByTestId('target-error').textContent()).toContain('ECONNREFUSED 127.0.0.1:1')
    await up.locator('summary').click()
    expect(await up.textContent()).toContain('__scrape_interval__="1s"')
    await page.getByTestId('targets-dropped').locator('summary').click()
    expect(await page.getByTestId('targets-dropped').textContent()).toContain('__address__="dropped:1"')
    expect(faults).toEqual([])
  })

  it('renews itself: a target that fails says why, what was opened stays open', async () => {
    const { page } = await visitor.open(PATH)
    await eventually(() => healths(page)).toEqual(['Down', 'Up', 'Not scraped yet'])
    await pool(page, 'slow').locator('summary').click()
    metrics = 'broken\n'
    await eventually(() => healths(page)).toEqual(['Down', 'Down', 'Not scraped yet'])
    expect(await page.getByTestId('target-error').allTextContents()).toContain(
      'line 1: expected a value behind a blank',
    )
    expect(await pool(page, 'slow').locator('details').getAttribute('open')).not.toBeNull()
    metrics = 'a 1\nb{x="<b>"} 2\n'
    await eventually(() => healths(page)).toEqual(['Down', 'Up', 'Not scraped yet'])
  })

  it('filters, and says what to do when nothing is found', async () => {
    const { page } = await visitor.open(PATH)
    await page.getByTestId('targets-filter').fill('refused')
    await eventually(() => rows(page).count()).toBe(1)
    expect(await page.getByTestId('targets-shown').textContent()).toBe('1 of 3 targets')
    await page.getByTestId('targets-filter').fill('carrier pigeon')
    await page.getByTestId('targets-nothing').getByRole('button').click()
    await eventually(() => rows(page).count()).toBe(3)
  })

  it.each([
    ['en-US', 'Targets', 'Not scraped yet'],
    ['ko-KR', '타깃', '아직 수집 전'],
    ['ja-JP', 'ターゲット', 'まだ取得していません'],
  ])('speaks %s, is whole for screen readers, and fits 320 pixels', async (locale, title, unknown) => {
    for (const dark of [true, false]) {
      const { page, faults } = await visitor.open(PATH, { locale, dark })
      await rows(page).first().waitFor()
      expect(await page.locator('h1').textContent()).toBe(title)
      expect(await page.title()).toContain(title)
      expect((await healths(page)).at(-1)).toBe(unknown)
      expect(await page.locator('main').textContent()).not.toMatch(/targets\.[a-z]/)
      expect(await faultsOfMarkup(page)).toEqual([])
      await page.setViewportSize({ width: 320, height: 640 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
      expect(await page.locator('.sources').evaluate((element) => element.scrollWidth)).toBeLessThanOrEqual(320)
      expect(faults).toEqual([])
    }
  })

  it('tells that the configuration as it is now is not in force', async () => {
    writeFileSync(file, 'scrape_configs: [{ job_nam: x }]\n')
    await server.fetch('/-/reload', { method: 'POST' })
    const { page } = await visitor.open(PATH)
    await eventually(() => page.getByTestId('targets-config-fault').textContent()).toContain(
      'prometheus.yml, line 1: scrape_configs[0].job_name: every job needs a name',
    )
    expect(await rows(page).count()).toBe(3)
    writeFileSync(file, 'scrape_configs: []\n')
    await server.fetch('/-/reload', { method: 'POST' })
    await page.getByTestId('targets-no-jobs').waitFor()
  })
})

describe('page of targets of a server that scrapes nothing', () => {
  it('says how to begin, and is reached by keys', async () => {
    const server = await startServer()
    const visitor = await visit(server.url)
    const { page, faults } = await visitor.open('/setup')
    await page.getByTestId('arrival').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await page.getByTestId('targets-off').waitFor()
    expect(new URL(page.url()).pathname).toBe(PATH)
    await page.getByTestId('copy-targets-snippet').click()
    expect(await clipboard(page)).toBe('girok serve --prometheus-config prometheus.yml')
    expect(await faultsOfMarkup(page)).toEqual([])
    expect(faults).toEqual([])
    await visitor.close()
    await server.dispose()
  })
})
