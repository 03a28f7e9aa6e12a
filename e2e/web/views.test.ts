import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLI, push, QUIET, startServer, type TestServer, temporaryFolder } from '../server.ts'
import { eventually, queryText, rowsShown, type Visitor, visit } from './browser.ts'

const dataDir = temporaryFolder()
let server: TestServer
let visitor: Visitor
const start = async (): Promise<void> => {
  server = await startServer({ dataDir, args: QUIET })
  visitor = await visit(server.url)
}
beforeAll(async () => {
  await start()
  const now = Date.now()
  await push(server, { app: 'shop' }, [
    [now - 2000, 'level=info msg="주문"'],
    [now - 1000, 'level=error msg="refused"'],
  ])
})
afterAll(async () => {
  await visitor.close()
  await server.dispose()
  rmSync(dataDir, { recursive: true, force: true })
})

const shown = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name)
const names = (page: Page): Promise<string[]> => page.locator('.library-open strong').allTextContents()

async function open(params: Record<string, string> = {}) {
  const opened = await visitor.open(`/logs?${new URLSearchParams({ q: '{app="shop"}', ...params })}`)
  await rowsShown(opened.page)
  return opened
}

async function save(page: Page, name: string): Promise<void> {
  await page.keyboard.press('v')
  await page.getByTestId('view-name').fill(name)
  await page.getByTestId('view-save').click()
  await eventually(() => page.getByTestId('view-name').count()).toBe(0)
}

describe('saved views', () => {
  it('keep query, range and columns for everybody, and survive a restart of the server', async () => {
    const { page, faults } = await open({ from: 'now-6h', cols: 'level:180' })
    await page.keyboard.press('v')
    // While an input method composes, Enter belongs to it.
    await page.getByTestId('view-name').fill('가게')
    await page.getByTestId('view-name').evaluate((element) => {
      const init = { key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true }
      element.dispatchEvent(new KeyboardEvent('keydown', init))
    })
    expect(await page.getByTestId('view-name').count()).toBe(1)
    await page.keyboard.press('Enter')
    await eventually(() => page.getByTestId('views').textContent()).toContain('가게')
    expect(shown(page, 'saved')).toMatch(/^[0-9a-f]{16}$/)
    await visitor.close()
    expect(await server.stop()).toBe(0)
    await start()
    const other = await visitor.open('/logs')
    await rowsShown(other.page)
    await other.page.keyboard.press('V')
    await eventually(() => names(other.page)).toEqual(['가게'])
    await other.page.keyboard.press('Enter')
    await eventually(() => queryText(other.page)).toBe('{app="shop"}')
    expect(shown(other.page, 'from')).toBe('now-6h')
    expect(shown(other.page, 'cols')).toBe('level:180')
    expect([...faults, ...other.faults]).toEqual([])
  })

  it('keep the kind of chart', async () => {
    const { page } = await visitor.open(
      `/logs?${new URLSearchParams({ q: 'sum by (app) (count_over_time({app="shop"}[1m]))', chart: 'stacked' })}`,
    )
    await page.getByTestId('plot').waitFor()
    await save(page, 'Volume')
    await page.goto(`${server.url}/logs`)
    await page.getByTestId('views').click()
    await page.getByTestId('library-search').fill('volume')
    await eventually(() => names(page)).toEqual(['Volume'])
    await page.keyboard.press('Enter')
    await eventually(() => page.getByTestId('plot').getAttribute('data-kind')).toBe('stacked')
  })

  it('tell when the page shows something else, and take changes back', async () => {
    const { page } = await open()
    await save(page, 'Errors')
    expect(await page.getByTestId('view-modified').count()).toBe(0)
    await page.getByTestId('query-editor').click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type(' |= "refused"')
    await page.keyboard.press('Control+Enter')
    await page.getByTestId('view-modified').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.getByTestId('rows').click()
    await page.keyboard.press('v')
    await page.getByTestId('view-save').click()
    await eventually(() => page.getByTestId('view-modified').count()).toBe(0)
    const stored = (await (await server.fetch('/girok/v1/views')).json()) as {
      views: { name: string; query: string }[]
    }
    expect(stored.views.find(({ name }) => name === 'Errors')?.query).toBe('{app="shop"} |= "refused"')
  })

  it('are not written over by somebody who opened an older version', async () => {
    const mine = await open()
    await save(mine.page, 'Shared')
    const id = shown(mine.page, 'saved') ?? ''
    const theirs = { name: 'Shared', query: '{app="shop"} |= "theirs"', from: 'now-1h', to: 'now', columns: [] }
    const put = await server.fetch(`/girok/v1/views/${id}`, {
      method: 'PUT',
      body: JSON.stringify({ ...theirs, version: 1 }),
    })
    expect(put.status).toBe(200)
    await mine.page.keyboard.press('v')
    await mine.page.getByTestId('view-save').click()
    await mine.page.getByTestId('view-conflict').waitFor()
    expect(await mine.page.getByTestId('view-conflict').textContent()).toContain('|= "theirs"')
    await mine.page.getByTestId('view-overwrite').click()
    await eventually(() => mine.page.getByTestId('view-conflict').count()).toBe(0)
    const list = (await (await server.fetch('/girok/v1/views')).json()) as { views: { id: string; query: string }[] }
    expect(list.views.find((view) => view.id === id)?.query).toBe('{app="shop"}')
  })

  it('are renamed and deleted, deletion after a question', async () => {
    const { page, faults } = await open()
    await save(page, 'Old name')
    await page.keyboard.press('V')
    await page.getByTestId('library-search').fill('old name')
    await page.getByTestId('view-rename').click()
    await page.getByTestId('view-new-name').fill('New name')
    await page.keyboard.press('Enter')
    await page.getByTestId('library-search').fill('new name')
    await eventually(() => names(page)).toEqual(['New name'])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Delete')
    await page.getByTestId('view-delete-sure').click()
    await eventually(() => names(page)).toEqual([])
    expect(shown(page, 'saved')).toBeNull()
    expect(faults).toEqual([])
  })

  it('say which name is taken', async () => {
    const { page } = await open()
    await page.keyboard.press('v')
    await page.getByTestId('view-name').fill('ERRORS')
    await page.getByTestId('view-save').click()
    await eventually(() => page.locator('.dialog .fault').textContent()).toContain('already')
  })
})

describe('the routes of views', () => {
  const content = { name: 'x', query: '{a="b"}', from: 'now-1h', to: 'now', columns: [] }
  const send = (method: string, path: string, body: unknown): Promise<Response> =>
    server.fetch(`/girok/v1/views${path}`, { method, body: JSON.stringify(body) })

  it.each([
    [{ ...content, name: ' ' }, 'name must be'],
    [{ ...content, query: 1 }, 'query must be'],
    [{ ...content, columns: [{ name: 'a' }] }, 'columns must be'],
    [[], 'must be a JSON object'],
  ])('refuse %j', async (body, words) => {
    const response = await send('POST', '', body)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(words)
  })

  it('want a version for a change, and know what is gone', async () => {
    expect((await send('PUT', '/0123456789abcdef', content)).status).toBe(400)
    expect((await send('PUT', '/0123456789abcdef', { ...content, version: 1 })).status).toBe(404)
    expect((await server.fetch('/girok/v1/views/0123456789abcdef', { method: 'DELETE' })).status).toBe(404)
  })

  it('keep tenants apart', async () => {
    const other = { 'x-scope-orgid': 'other' }
    const list = await server.fetch('/girok/v1/views', { headers: other })
    expect(await list.json()).toEqual({ views: [] })
  })
})

describe('the history of queries', () => {
  it('is there after a reload, searched and opened by keyboard, with its range', async () => {
    const { page, faults } = await visitor.open('/logs')
    await page.evaluate(() => {
      const now = Date.now()
      const run = (query: string, ago: number) => ({ query, from: 'now-2d', to: 'now', at: now - ago })
      localStorage.setItem('girok.history', JSON.stringify([run('{app="shop"} |= "주문"', 1e6), run('{app="x"}', 2e6)]))
    })
    await page.reload()
    await page.getByTestId('history').click()
    await eventually(() => page.getByTestId('history-entry').count()).toBe(2)
    await page.getByTestId('library-search').fill('주문')
    await eventually(() => page.getByTestId('history-entry').count()).toBe(1)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await eventually(() => shown(page, 'q')).toBe('{app="shop"} |= "주문"')
    expect(shown(page, 'from')).toBe('now-2d')
    await eventually(() => page.locator('.dialog').count()).toBe(0)
    await page.keyboard.press('h')
    await eventually(() => page.getByTestId('history-entry').first().textContent()).toContain('주문')
    await page.getByTestId('history-forget-all').click()
    await page.getByTestId('history-empty').waitFor()
    expect(faults).toEqual([])
  })
})

// Last, because a server that had a token goes on asking for one.
describe('with tokens', () => {
  it('need a token that may query, once there are tokens', async () => {
    const make = (scope: string): string =>
      execFileSync(process.execPath, [CLI, 'token', 'create', '--data', dataDir, '--scope', scope], {
        encoding: 'utf8',
      }).match(/girok_\S+/)?.[0] ?? ''
    const [reader, writer] = [make('query'), make('ingest')]
    const list = (token: string): Promise<Response> =>
      server.fetch('/girok/v1/views', token === '' ? {} : { headers: { authorization: `Bearer ${token}` } })
    expect((await list('')).status).toBe(401)
    expect((await list(writer)).status).toBe(403)
    expect((await list(reader)).status).toBe(200)
  })
})
