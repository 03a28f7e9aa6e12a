import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, openStage, queryText, rowsShown, type Stage } from './browser.ts'

describe('shell', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage.close())

  it('switches the language at once and remembers it', async () => {
    const { page, faults } = await stage.open('/logs', { locale: 'ko-KR' })
    await rowsShown(page)
    expect(await page.getByTestId('run').textContent()).toBe('실행')
    await page.getByTestId('language-menu').click()
    await page.getByTestId('language-ja').click()
    await eventually(() => page.getByTestId('run').textContent()).toBe('実行')
    await page.reload()
    await rowsShown(page)
    expect(await page.getByTestId('run').textContent()).toBe('実行')
    expect(await page.locator('html').getAttribute('lang')).toBe('ja')
    expect(faults).toEqual([])
  })

  it('follows the theme of the system, and a choice over it', async () => {
    const { page } = await stage.open('/logs', { dark: false })
    await rowsShown(page)
    const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(await ground()).toBe('rgb(255, 255, 255)')
    await page.getByTestId('theme-menu').click()
    await page.getByTestId('theme-dark').click()
    await eventually(ground).toBe('rgb(15, 18, 22)')
  })

  it('lists on the sheet the keys that are bound, and the keys work with a Hangul input method on', async () => {
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await page.keyboard.press('?')
    await page.locator('.key-sheet').waitFor()
    const keys = await page.locator('.key-sheet kbd').allTextContents()
    for (const key of ['/', 'j', 'k', 'o', 'y', 'c', 'z', '[', ']', 'Space', 'g l', 'g s']) expect(keys).toContain(key)
    await page.keyboard.press('Escape')
    await eventually(() => page.locator('.key-sheet').count()).toBe(0)
    await page.evaluate(() => {
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ㅓ', code: 'KeyJ', bubbles: true }))
    })
    await eventually(() => page.locator('.row.active').getAttribute('data-row')).toBe('0')
  })

  it('goes from the start page to the logs, or to the set-up page while nothing was ever stored', async () => {
    const { page } = await stage.open('/')
    await rowsShown(page)
    expect(new URL(page.url()).pathname).toBe('/logs')
    stage.server.state.empty = true
    const fresh = await stage.open('/')
    await fresh.page.getByTestId('arrival').waitFor()
    expect(new URL(fresh.page.url()).pathname).toBe('/setup')
    const none = await stage.open('/logs')
    await none.page.getByTestId('empty-never').waitFor()
    stage.server.state.empty = false
  })

  it('works at 320 pixels of width', async () => {
    const { page } = await stage.open('/logs')
    await page.setViewportSize({ width: 320, height: 640 })
    await rowsShown(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    expect(await page.getByTestId('run').isVisible()).toBe(true)
  })
})

describe('a server that goes away', () => {
  it('is told in a banner; the rows stay', async () => {
    const stage = await openStage()
    const { page } = await stage.open('/logs')
    await rowsShown(page)
    await stage.server.close()
    await page.getByTestId('run').click()
    await page.locator('.banner').waitFor()
    expect(await page.getByTestId('query-fault').textContent()).toContain('does not answer')
    expect(await page.locator('[data-row="0"]').count()).toBe(1)
    await stage.close()
  })
})

describe('with tokens', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage({ token: 'secret-1' })
  })
  afterAll(() => stage.close())

  it('asks for a token, says when it is refused or cannot be one, and goes on with the right one', async () => {
    const { page, faults } = await stage.open('/logs')
    await page.getByTestId('token-input').fill('wrong')
    await page.getByTestId('token-submit').click()
    await eventually(() => page.locator('.dialog').textContent()).toContain('refused')
    await page.getByTestId('token-input').fill('비밀')
    await page.getByTestId('token-submit').click()
    await eventually(() => page.locator('.dialog').textContent()).toContain('cannot be a token')
    await page.getByTestId('token-input').fill('secret-1')
    await page.getByTestId('token-submit').click()
    await rowsShown(page)
    await page.reload()
    await rowsShown(page)
    expect(faults).toEqual([])
  })
})

describe('under a base path', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage({ basePath: '/team/logs-of', token: 'secret-1' })
  })
  afterAll(() => stage.close())

  it('loads everything below it and tails with the token as a subprotocol', async () => {
    const { page, faults } = await stage.open('/logs')
    await page.getByTestId('token-input').fill('secret-1')
    await page.getByTestId('token-submit').click()
    await rowsShown(page)
    expect(await queryText(page)).toContain('service_name')
    await page.getByTestId('live').click()
    await eventually(async () => (await page.getByTestId('live-received').textContent()) ?? '').toMatch(/^[1-9]/)
    expect(stage.server.requests.some((one) => one.startsWith('UPGRADE') && one.includes('girok.token.'))).toBe(true)
    expect(stage.server.requests.every((one) => one.split(' ')[1]?.startsWith('/team/logs-of/'))).toBe(true)
    expect(faults).toEqual([])
  })
})
