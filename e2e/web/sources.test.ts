import { execFileSync } from 'node:child_process'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { QUIET, startServer, type TestServer } from '../server.ts'
import { faultsOfMarkup } from './accessibility.ts'
import { eventually, openStage, type Stage, type Visitor, visit } from './browser.ts'

const PATH = '/settings/sources'
const row = (page: Page, name: string): Locator => page.getByTestId(`source-${name}`)
const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText())

describe('page of sources', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage.close())

  it('lists every receiver with its state in words, those that have received first', async () => {
    const { page, faults } = await stage.open(PATH)
    await row(page, 'otlp').waitFor()
    const names = await page.locator('.source summary h2').allTextContents()
    expect(names).toEqual(['elasticsearch', 'syslog', 'gelf', 'otlp', 'redis', 'remote-write', 'statsd'])
    expect(await page.locator('.source').getByTestId('state').allTextContents()).toEqual([
      'Receiving',
      'Quiet',
      'Waiting for the first record',
      'Waiting for the first record',
      'Not connected',
      'Off',
      'Needs configuration',
    ])
    expect(await row(page, 'syslog').locator('summary').textContent()).toContain('tcp://127.0.0.1:5514')
    expect(await row(page, 'syslog').locator('summary').textContent()).toContain('3 connections')
    expect(await row(page, 'elasticsearch').getByTestId('rate').textContent()).toBe('431.2 /s')
    expect(await page.getByTestId('sources-nothing').count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('shows that an account adds up, or by how much it does not', async () => {
    const { page } = await stage.open(`${PATH}#syslog`)
    expect(await row(page, 'syslog').getByTestId('off-by').textContent()).toContain('3 records differ')
    await row(page, 'elasticsearch').locator('summary').click()
    const good = row(page, 'elasticsearch')
    await good.getByTestId('adds-up').waitFor()
    const words = await good.getByTestId('account').locator('dd').allTextContents()
    expect(words).toEqual(['1,204,311', '1,204,100', '151', '0', '40', '20'])
    expect(await good.getByTestId('rejected-by').textContent()).toContain('line_too_long 140')
    expect(await good.getByTestId('refusals').textContent()).toContain('<b>line</b> of 400 KB')
  })

  it('copies what it shows: commands, configuration of clients, settings', async () => {
    const { page } = await stage.open(`${PATH}#elasticsearch`)
    const good = row(page, 'elasticsearch')
    await good.getByTestId('copy-snippet-elasticsearch').click()
    expect(await clipboard(page)).toBe(stage.server.state.sources.sources[0]?.example)
    await good.getByRole('tab', { name: 'Filebeat' }).click()
    await good.getByTestId('copy-snippet-elasticsearch').click()
    expect(await clipboard(page)).toBe(stage.server.state.sources.sources[0]?.snippets[0]?.text)
    await good.getByRole('button', { name: 'Copy: In the environment' }).click()
    expect(await clipboard(page)).toBe('GIROK_RECEIVERS__ELASTICSEARCH__ENABLED=false')
    await row(page, 'remote-write').locator('summary').click()
    await row(page, 'remote-write').getByRole('button', { name: 'Copy: In girok.yaml' }).click()
    expect(await clipboard(page)).toBe('receivers: { remote-write: { enabled: true } }')
    await row(page, 'statsd').locator('summary').click()
    await row(page, 'statsd').getByRole('button', { name: 'Copy: As a flag' }).first().click()
    expect(await clipboard(page)).toBe('--set receivers.statsd.udp.port=8125')
  })

  it('is opened at a receiver by the address, and the address follows', async () => {
    const { page } = await stage.open(`${PATH}#redis`)
    await eventually(() => row(page, 'redis').getAttribute('open')).not.toBe(null)
    expect(await row(page, 'redis').getByTestId('places').textContent()).toContain('ECONNREFUSED')
    await eventually(() => page.evaluate(() => document.activeElement?.closest('details')?.id)).toBe('source-redis')
    await page.keyboard.press('Enter')
    await eventually(() => row(page, 'redis').getAttribute('open')).toBe(null)
    await eventually(() => new URL(page.url()).hash).toBe('')
    await row(page, 'gelf').locator('summary').click()
    await eventually(() => new URL(page.url()).hash).toBe('#gelf')
  })

  it('filters, and says what to do when nothing is found', async () => {
    const { page } = await stage.open(PATH)
    await page.getByTestId('sources-filter').fill('UDP docker')
    await eventually(() => page.locator('.source').count()).toBe(1)
    expect(await page.getByTestId('sources-shown').textContent()).toBe('1 of 7 receivers')
    await page.getByTestId('sources-filter').fill('carrier pigeon')
    await page.getByTestId('sources-none').getByRole('button').click()
    await eventually(() => page.locator('.source').count()).toBe(7)
  })

  it('renews its figures in place: nothing moves, what is open and focused stays so', async () => {
    const before = stage.server.state.sources
    const { page } = await stage.open(`${PATH}#gelf`)
    await row(page, 'gelf').getByTestId('account').waitFor()
    // Boxes of all rows and of the parts of the open one; figures are right-aligned inside of theirs.
    const boxes = (): Promise<string> =>
      page.evaluate(() =>
        [...document.querySelectorAll('.source, .source summary > *, .source-details > *')]
          .map((element) => Object.values(element.getBoundingClientRect().toJSON()).join())
          .join('\n'),
      )
    const stood = await boxes()
    const sources = before.sources.map((one) =>
      one.name === 'gelf'
        ? {
            ...one,
            counts: { ...one.counts, received: 2, stored: 2 },
            recordsPerSecond: 0.5,
            lastReceivedMs: Date.now(),
          }
        : one,
    )
    stage.server.state.sources = { ...before, sources }
    await eventually(() => row(page, 'gelf').getByTestId('state').textContent()).toBe('Receiving')
    expect(await row(page, 'gelf').getByTestId('received').textContent()).toBe('2')
    expect(await page.locator('.source summary h2').allTextContents()).toEqual([
      'elasticsearch',
      'syslog',
      'gelf',
      'otlp',
      'redis',
      'remote-write',
      'statsd',
    ])
    expect(await page.evaluate(() => document.activeElement?.closest('details')?.id)).toBe('source-gelf')
    expect(await row(page, 'gelf').getAttribute('open')).not.toBe(null)
    expect(await boxes()).toBe(stood)
    stage.server.state.sources = before
  })

  it('asks nothing while the tab is hidden, and at once when it is shown', async () => {
    const { page } = await stage.open(PATH)
    await row(page, 'otlp').waitFor()
    const hide = (hidden: boolean): Promise<void> =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value })
        document.dispatchEvent(new Event('visibilitychange'))
      }, hidden)
    let requests = 0
    page.on('request', (request) => {
      if (request.url().includes('/girok/v1/sources')) requests += 1
    })
    const asked = (): number => requests
    await hide(true)
    // An answer that was under way may still come.
    await page.waitForTimeout(300)
    const before = asked()
    await page.waitForTimeout(2600)
    expect(asked()).toBe(before)
    await hide(false)
    await eventually(asked).toBeGreaterThan(before)
  })

  it('tells in words that the server refuses, keeps the figures, and goes on by itself', async () => {
    const { page } = await stage.open(PATH)
    await row(page, 'otlp').waitFor()
    const body = JSON.stringify({
      error: { code: 'forbidden', message: 'the token lacks the scope query', hint: 'Ask.' },
    })
    await page.route('**/girok/v1/sources', (route) =>
      route.fulfill({ status: 403, contentType: 'application/json', body }),
    )
    await eventually(() => page.getByTestId('sources-fault').textContent()).toContain('the token lacks the scope query')
    expect(await page.locator('.source').count()).toBe(7)
    await page.unroute('**/girok/v1/sources')
    await eventually(() => page.getByTestId('sources-fault').count()).toBe(0)
  })

  it.each([
    ['en-US', 'Sources', 'Waiting for the first record', 'Switch on, from the next start on'],
    ['ko-KR', '수집 경로', '첫 기록을 기다리는 중', '켜기 (다음 시작부터)'],
    ['ja-JP', '受信元', '最初の記録を待っています', 'オンにする (次回の起動から)'],
  ])('speaks %s, is whole for screen readers, and fits 320 pixels', async (locale, title, waiting, switchOn) => {
    for (const dark of [true, false]) {
      const { page, faults } = await stage.open(`${PATH}#remote-write`, { locale, dark })
      await row(page, 'remote-write').getByTestId('account').waitFor()
      for (const name of ['elasticsearch', 'gelf', 'redis']) await row(page, name).locator('summary').click()
      expect(await page.locator('h1').textContent()).toBe(title)
      expect(await page.title()).toContain(title)
      expect(await row(page, 'otlp').getByTestId('state').textContent()).toBe(waiting)
      expect(await row(page, 'remote-write').locator('h3').allTextContents()).toContain(switchOn)
      expect(await page.locator('main').textContent()).not.toMatch(/sources\.\w/)
      expect(await faultsOfMarkup(page)).toEqual([])
      await page.setViewportSize({ width: 320, height: 640 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
      expect(await page.locator('.sources').evaluate((element) => element.scrollWidth)).toBeLessThanOrEqual(320)
      expect(faults).toEqual([])
    }
  })

  it('is reached by key, from the navigation and from the set-up page', async () => {
    const { page } = await stage.open('/setup')
    await page.locator('main').getByRole('link', { name: 'Sources' }).click()
    await row(page, 'otlp').waitFor()
    expect(new URL(page.url()).pathname).toBe(PATH)
    await page.getByRole('navigation').getByRole('link', { name: 'Set up' }).click()
    await page.getByTestId('arrival').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await row(page, 'otlp').waitFor()
  })
})

describe('page of sources before anything has come', () => {
  it('says what to do', async () => {
    const stage = await openStage({ token: 'secret-1' })
    const { sources } = stage.server.state.sources
    const counts = sources.find(({ name }) => name === 'otlp')?.counts
    if (counts === undefined) throw new Error('the mock has no otlp')
    stage.server.state.sources = { tokensRequired: true, sources: sources.map((one) => ({ ...one, counts })) }
    const { page } = await stage.open(`${PATH}#otlp`)
    await page.getByTestId('token-input').fill('secret-1')
    await page.getByTestId('token-submit').click()
    await page.getByTestId('sources-nothing').waitFor()
    // With tokens the command reads one, and the page tells how one is made.
    const command = await row(page, 'otlp').getByTestId('snippet-otlp-text').textContent()
    expect(command).toContain('curl -H "Authorization: Bearer $GIROK_TOKEN" -fsS')
    expect(await row(page, 'otlp').textContent()).toContain('girok token create --scope ingest')
    await stage.close()
  })
})

describe('page of sources on a running server', () => {
  let server: TestServer
  let visitor: Visitor
  beforeAll(async () => {
    const off = ['--set', 'receivers.loki.enabled=false']
    server = await startServer({ args: [...QUIET, ...off] })
    visitor = await visit(server.url)
  })
  afterAll(async () => {
    await visitor.close()
    await server.dispose()
  })

  it('lists what the server has; a receiver that is off has no routes', async () => {
    const { page, faults } = await visitor.open(`${PATH}#loki`)
    await row(page, 'loki').getByTestId('account').waitFor()
    const answer = (await (await server.fetch('/girok/v1/sources')).json()) as { sources: { name: string }[] }
    const listed = await page.locator('.source summary h2').allTextContents()
    expect([...listed].sort()).toEqual(answer.sources.map(({ name }) => name).sort())
    expect(listed.length).toBeGreaterThanOrEqual(3)
    expect(await row(page, 'loki').getByTestId('state').textContent()).toBe('Off')
    expect(await row(page, 'loki').getByTestId('places').count()).toBe(0)
    expect((await server.fetch('/loki/api/v1/push', { method: 'POST', body: '{}' })).status).toBe(404)
    expect(await faultsOfMarkup(page)).toEqual([])
    expect(faults).toEqual([])
  })

  it('moves with the command that it shows, without a reload, and the account adds up', async () => {
    const { page } = await visitor.open(`${PATH}#json`)
    await row(page, 'json').getByTestId('account').waitFor()
    expect(await page.getByTestId('sources-nothing').count()).toBe(1)
    expect(await row(page, 'json').getByTestId('last').textContent()).toBe('never')
    await row(page, 'json').getByTestId('copy-snippet-json').click()
    const command = await clipboard(page)
    expect(command).toContain(server.url)
    execFileSync('sh', ['-c', command], { stdio: 'pipe' })
    await eventually(() => row(page, 'json').getByTestId('received').textContent()).toBe('1')
    expect(await row(page, 'json').getByTestId('state').textContent()).toBe('Receiving')
    expect(await row(page, 'json').getByTestId('last').textContent()).toMatch(/now|seconds? ago/)
    await row(page, 'json').getByTestId('adds-up').waitFor()
    expect(await row(page, 'json').getByTestId('account').locator('dd').allTextContents()).toEqual([
      '1',
      '1',
      '0',
      '0',
      '0',
      '0',
    ])
    expect(await page.getByTestId('sources-nothing').count()).toBe(0)
    // The small chart has a bar once the page has seen the count grow.
    await eventually(() => row(page, 'json').locator('.source-bars path').getAttribute('d')).toMatch(/^M/)
  })

  it('shows why a push was refused, wholly or in part', async () => {
    const { page } = await visitor.open(`${PATH}#json`)
    await row(page, 'json').getByTestId('account').waitFor()
    const send = (body: string) =>
      server.fetch('/ingest', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expect((await send('{"ts":true}\n{"ok":1}')).status).toBe(400)
    await eventually(() => row(page, 'json').getByTestId('refusals').textContent()).toContain('field "ts" holds true')
    expect(await row(page, 'json').getByTestId('rejected-by').textContent()).toContain('invalid_timestamp 1')
    await row(page, 'json').getByTestId('adds-up').waitFor()
    expect((await send('')).status).toBe(422)
    await eventually(() => row(page, 'json').getByTestId('refusals').textContent()).toContain('holds no records')
  })
})
