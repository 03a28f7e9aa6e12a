import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { push, QUIET, startServer, type TestServer } from '../server.ts'
import { eventually, queryText, rowsShown, typeQuery, type Visitor, visit } from './browser.ts'

const basePath = '/tools/girok'
let server: TestServer
let visitor: Visitor
beforeAll(async () => {
  server = await startServer({ args: [...QUIET, '--set', `server.basePath=${basePath}`] })
  visitor = await visit(new URL(server.url).origin + basePath)
})
afterAll(async () => {
  await visitor.close()
  await server.dispose()
})

const toServer: TestServer['fetch'] = (path, init) => fetch(new URL(server.url).origin + basePath + path, init)

async function ingest(lines: readonly object[]): Promise<void> {
  const body = lines.map((line) => JSON.stringify(line)).join('\n')
  const address = `${new URL(server.url).origin}${basePath}/ingest?label=app=shop`
  const response = await fetch(address, { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } })
  expect(response.status, await response.text()).toBeLessThan(300)
}

describe('the app on a running server below a base path', () => {
  it('waits on the set-up page and turns green with the first line', async () => {
    const { page, faults } = await visitor.open('/')
    await page.getByTestId('arrival').waitFor()
    expect(new URL(page.url()).pathname).toBe(`${basePath}/setup`)
    expect(await page.locator('.arrival.here').count()).toBe(0)
    await ingest([{ level: 'info', message: '주문 완료', order: { id: 'o-1', total: 12 } }])
    await page.locator('.arrival.here').waitFor()
    await page.getByTestId('arrival').getByRole('button').click()
    await rowsShown(page)
    expect(await page.locator('[data-row="0"] .line').textContent()).toContain('주문 완료')
    expect(faults).toEqual([])
  })

  it('shows commands that work as they stand', async () => {
    const { page } = await visitor.open('/setup')
    for (const id of ['curl', 'loki']) {
      await page.getByTestId(`snippet-${id}`).click()
      const command = (await page.getByTestId('snippet-text').textContent()) ?? ''
      execFileSync('sh', ['-c', command], { stdio: 'pipe' })
    }
    const seen = await visitor.open(`/logs?${new URLSearchParams({ q: '{app="hello"}' })}`)
    await rowsShown(seen.page)
    await eventually(() => seen.page.getByTestId('loaded').textContent()).toBe('2 lines loaded')
    const texts = (await seen.page.locator('.row .line').allTextContents()).join()
    expect(texts).toContain('Hello, Girok')
    expect(texts).toContain('msg=hello')
  })

  it('searches, counts by level, includes a nested value and exports what it shows', async () => {
    const lines = Array.from({ length: 700 }, (_, i) => ({
      level: i % 7 === 0 ? 'error' : 'info',
      message: i % 7 === 0 ? 'payment refused' : 'payment done',
      order: { id: `o-${i}`, kind: i % 2 === 0 ? 'gift' : 'plain' },
    }))
    await ingest(lines)
    const { page, faults } = await visitor.open('/logs?from=now-15m')
    await rowsShown(page)
    await typeQuery(page, '{app="shop"} |= "refused"')
    await page.keyboard.press('Escape')
    await page.getByTestId('run').click()
    await eventually(() => page.getByTestId('loaded').textContent()).toBe('100 lines loaded')
    await eventually(() => page.locator('.status-bar').textContent()).toMatch(/100 in this range/)
    await page.locator('[data-row="0"]').click()
    await page.getByTestId('tab-json').click()
    await page.getByTestId('panel').getByTestId('include-order_kind').click({ force: true })
    await eventually(() => queryText(page)).toMatch(/^\{app="shop"\} \|= "refused" \| json \| order_kind="\w+"$/)
    await eventually(() => page.getByTestId('loaded').textContent()).toBe('50 lines loaded')
    await page.getByTestId('export').click()
    const download = page.waitForEvent('download')
    await page.getByTestId('export-link').click()
    const text = readFileSync(await (await download).path(), 'utf8')
    expect(text.trimEnd().split('\n')).toHaveLength(50)
    expect(faults).toEqual([])
  })

  it('completes the labels and values that are stored, and explains a mistake', async () => {
    const { page, faults } = await visitor.open('/logs')
    await rowsShown(page)
    await typeQuery(page, '{app="sh')
    await page.locator('.cm-tooltip-autocomplete').getByText('shop').waitFor()
    await typeQuery(page, '{app="shop"} | jsonn')
    await page.keyboard.press('Escape')
    await page.getByTestId('run').click()
    await eventually(() => page.getByTestId('query-fault').textContent()).toContain('did you mean json?')
    expect(await page.getByTestId('query-fault').locator('em').textContent()).toBe('jsonn')
    expect(faults).toEqual([])
  })

  it('marks sample data and hides it by one click', async () => {
    await push({ fetch: toServer }, { app: 'demo', girok_sample: 'true' }, [[Date.now(), 'made up']])
    const { page } = await visitor.open(`/logs?${new URLSearchParams({ q: '{app=~"demo|shop"}' })}`)
    await page.locator('.row', { hasText: 'made up' }).click()
    expect(await page.locator('.panel-head .pill').textContent()).toBe('Sample')
    await page.getByTestId('hide-sample').click()
    await eventually(() => queryText(page)).toBe('{app=~"demo|shop", girok_sample!="true"}')
    await eventually(() => page.locator('.row', { hasText: 'made up' }).count()).toBe(0)
    expect(await page.getByTestId('hide-sample').count()).toBe(0)
  })

  it('says why a query cannot be tailed', async () => {
    const { page } = await visitor.open(`/logs?${new URLSearchParams({ q: '{app="x"} | jsonn', live: '1' })}`)
    await eventually(() => page.locator('.live-status').textContent()).toContain('did you mean json?')
  })

  it('tails what arrives, with metadata, and counts it', async () => {
    const { page, faults } = await visitor.open(`/logs?${new URLSearchParams({ q: '{app="tailed"}', live: '1' })}`)
    await page.locator('.live-bar.open').waitFor()
    await page.waitForTimeout(500)
    const now = Date.now()
    await push({ fetch: toServer }, { app: 'tailed' }, [
      [now, 'level=warn msg="first"'],
      [now + 1, 'level=error msg="second"'],
    ])
    await eventually(() => page.getByTestId('live-received').textContent()).toBe('2 lines received')
    expect(await page.locator('.row .level').allTextContents()).toEqual(['▲WARN', '✕ERROR'])
    expect(faults).toEqual([])
  })
})
