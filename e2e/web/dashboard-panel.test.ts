import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT, startServer, type TestServer } from '../server.ts'
import { faultsOfMarkup } from './accessibility.ts'
import { eventually, type Visitor, visit } from './browser.ts'

/** With the samples, whose metrics begin a quarter of an hour ago: at the latest whole step there is a point. */
let server: TestServer
let visitor: Visitor
beforeAll(async () => {
  server = await startServer({ args: ['--set', 'log.ingest=true'] })
  // The past is written first, and a page asks about the time up to when it was opened.
  while (!(await namesNow()).includes('api_requests_total')) await pause(200)
  visitor = await visit(new URL(server.url).origin)
}, 60_000)
afterAll(async () => {
  await visitor?.close()
  await server?.dispose()
})

async function namesNow(): Promise<string> {
  return (await server.fetch('/api/v1/query?query=api_requests_total')).text()
}

const slow = { timeout: 30_000 }

async function stored(dashboard: object): Promise<string> {
  const answer = await fetch(`${server.url}/girok/v1/dashboards`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ dashboard }),
  })
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { id: string }).id
}

const place = { x: 0, y: 0, w: 12, h: 8 }
const plain = (title: string) => ({
  title,
  time: { from: 'now-15m', to: 'now' },
  variables: [],
  panels: [{ id: 1, title: 'First', kind: 'line', place, queries: [{ ref: 'A', language: 'promql', expr: 'up' }] }],
})

async function edit(id: string): Promise<{ page: Page; faults: string[] }> {
  const opened = await visitor.open(`/d/${id}?edit=1`)
  await opened.page.getByTestId('dashboard-page').waitFor()
  await opened.page.getByTestId('edit-bar').waitFor()
  return opened
}

async function write(query: Locator, text: string): Promise<void> {
  await query.getByTestId('query-field').or(query.getByTestId('query-editor')).first().click()
  await query.getByTestId('query-editor').waitFor()
  // Filling would let Chromium style what replaces the text; people type.
  const { keyboard } = query.page()
  await query.getByTestId('query-editor').click()
  await keyboard.press('Control+a')
  await keyboard.insertText(text)
}

async function openEditor(page: Page, panel: string): Promise<Locator> {
  await page.locator(`[data-panel="${panel}"]`).getByTestId('panel-menu').click()
  await page.getByTestId('panel-edit').click()
  const editor = page.getByTestId('panel-editor')
  await editor.waitFor()
  return editor
}

const preview = (editor: Locator) => editor.locator('[data-panel="preview"]')

describe('the editor of a panel', () => {
  it('shows a query of PromQL while it is written, with its faults, and puts it on the dashboard', async () => {
    const { page, faults } = await edit(await stored(plain('Panels')))
    const editor = await openEditor(page, '1')
    const query = editor.locator('[data-query="A"]')
    await write(query, 'sum by (')
    await query.getByTestId('expression-fault').waitFor()
    await write(query, 'count by (__name__) ({__name__=~"api_.+"})')
    await eventually(() => query.getByTestId('expression-fault').count()).toBe(0)
    // Of the new answer, not of the one before.
    await preview(editor).getByText('api_requests_total').first().waitFor(slow)
    await query.getByTestId('legend').focus()
    await query.getByTestId('legend').fill('{{__n')
    await query.getByTestId('legend-label').first().click(slow)
    expect(await query.getByTestId('legend').inputValue()).toBe('{{__name__}}')
    await editor.getByTestId('unit').selectOption('bytes')
    await editor.getByTestId('add-threshold').click()
    await editor.getByTestId('panel-title').fill('Names')
    expect(await faultsOfMarkup(page)).toEqual([])
    await editor.getByTestId('add-transformation').selectOption('renameByRegex')
    await editor.getByTestId('panel-kind-value').click()
    await preview(editor).getByTestId('numbers').waitFor(slow)
    await editor.getByTestId('panel-kind-line').click()
    await editor.getByTestId('panel-apply').click()
    await page.locator('[data-panel="1"] .u-over').waitFor(slow)
    expect(await page.locator('[data-panel="1"] h2').textContent()).toBe('Names')
    await page.getByTestId('undo').click()
    await eventually(() => page.locator('[data-panel="1"] h2').textContent()).toBe('First')
    expect(faults).toEqual([])
  })

  it('takes LogQL, and asks before what was typed is lost', async () => {
    const { page, faults } = await edit(await stored(plain('Logs')))
    const editor = await openEditor(page, '1')
    const query = editor.locator('[data-query="A"]')
    await query.getByTestId('language').selectOption('logql')
    await write(query, 'sum(count_over_time({service_name=~".+"}[$__interval]))')
    await preview(editor).locator('.u-over').waitFor(slow)
    await editor.getByTestId('panel-title').focus()
    await page.keyboard.press('Escape')
    await editor.getByTestId('go-on').click()
    await editor.getByTestId('panel-apply').click()
    await page.locator('[data-panel="1"] .u-over').waitFor(slow)
    expect(faults).toEqual([])
  })
})

describe('variables', () => {
  it('are added with their values from data, and stand in queries', async () => {
    const { page, faults } = await edit(await stored(plain('Variables')))
    await page.getByTestId('edit-more').click()
    await page.getByTestId('edit-variables').click()
    const dialog = page.getByTestId('variables-dialog')
    await dialog.getByTestId('add-variable').click()
    await dialog.getByTestId('variable-name').fill('metric')
    await dialog.getByTestId('variable-label-name').fill('__name__')
    await dialog.getByTestId('variable-regex').fill('^api_')
    await eventually(() => dialog.getByTestId('variable-values').textContent()).toContain('api_')
    expect(await faultsOfMarkup(page)).toEqual([])
    await dialog.getByTestId('variables-apply').click()
    await page.getByTestId('variable-metric').waitFor()
    const editor = await openEditor(page, '1')
    await write(editor.locator('[data-query="A"]'), '{__name__="$metric"}')
    await preview(editor).locator('.u-over').waitFor(slow)
    await editor.getByTestId('panel-cancel').click()
    expect(faults).toEqual([])
  })
})

describe('the JSON of a dashboard', () => {
  it('can be changed, shows what differs and where it is broken, and can be taken back', async () => {
    const { page, faults } = await edit(await stored(plain('As JSON')))
    await page.getByTestId('edit-more').click()
    await page.getByTestId('edit-json').click()
    const dialog = page.getByTestId('json-dialog')
    const editor = dialog.getByTestId('json-editor')
    await editor.waitFor()
    const put = async (text: string): Promise<void> => {
      await editor.click()
      await page.keyboard.press('Control+a')
      await page.keyboard.insertText(text)
    }
    await put('{\n  "title": "As JSON",\n  "panels": [\n}')
    await eventually(() => dialog.getByTestId('json-fault').textContent()).toContain('Line 4, column 1')
    expect(await dialog.getByTestId('json-apply').isDisabled()).toBe(true)
    await put(JSON.stringify({ ...plain('By hand'), panels: [{ id: 1, kind: 'line', title: 'x', place }] }))
    await dialog.getByTestId('json-apply').click()
    await eventually(() => dialog.getByTestId('json-refusal').textContent()).toContain('panels[0].queries')
    await put(JSON.stringify(plain('By hand'), undefined, 2))
    await dialog.getByTestId('json-diff').click()
    await eventually(() => dialog.locator('.diff-line.added').textContent()).toContain('By hand')
    expect(await dialog.locator('.diff-line.removed').textContent()).toContain('As JSON')
    expect(await faultsOfMarkup(page)).toEqual([])
    await dialog.getByTestId('json-apply').click()
    await eventually(() => page.locator('h1').textContent()).toBe('By hand')
    await page.getByTestId('undo').click()
    await eventually(() => page.locator('h1').textContent()).toBe('As JSON')
    expect(faults).toEqual([])
  })
})

describe('an import', () => {
  it('tells what is left out of a dashboard of Grafana, keeps it and opens it', async () => {
    const given = JSON.parse(
      readFileSync(join(ROOT, 'packages/server/src/dashboards/grafana/testdata/node-host.json'), 'utf8'),
    ) as { panels: object[] }
    const more = { id: 999, type: 'some-candlestick', title: 'Odd', gridPos: { x: 0, y: 90, w: 12, h: 8 } }
    const { page, faults } = await visitor.open('/dashboards')
    await page.getByTestId('import-dashboard').click()
    const dialog = page.getByTestId('import-dialog')
    await dialog.getByTestId('import-text').fill('{"panels": [')
    await dialog.getByTestId('import-look').click()
    await eventually(() => dialog.getByTestId('import-fault').textContent()).toContain('Line 1')
    await dialog.getByTestId('import-text').fill(JSON.stringify({ ...given, panels: [...given.panels, more] }))
    await dialog.getByTestId('import-look').click()
    await dialog.getByTestId('import-sum').waitFor()
    expect((await dialog.getByTestId('unsupported').allTextContents()).join()).toContain('some-candlestick')
    expect(await faultsOfMarkup(page)).toEqual([])
    await dialog.getByTestId('import-title').fill('Imported host')
    await dialog.getByTestId('import-keep').click()
    await eventually(() => page.locator('h1').textContent()).toBe('Imported host')
    expect(faults).toEqual([])
  })
})

describe('a query that was explored', () => {
  it('becomes a panel of a new dashboard', async () => {
    const { page, faults } = await visitor.open(`/explore/metrics?q=${encodeURIComponent('vector(1)')}`)
    await page.getByTestId('add-to-dashboard').click(slow)
    const dialog = page.getByTestId('add-dialog')
    await dialog.getByTestId('add-to').selectOption('')
    await dialog.getByTestId('add-name').fill('Explored')
    await dialog.getByTestId('add-title').fill('Up')
    expect(await faultsOfMarkup(page)).toEqual([])
    await dialog.getByTestId('add-now').click()
    await dialog.getByTestId('add-open').click()
    await eventually(() => page.locator('h1').textContent()).toBe('Explored')
    await eventually(() => page.locator('[data-panel="1"] h2').textContent()).toBe('Up')
    expect(faults).toEqual([])
  })

  it.each(['ko-KR', 'ja-JP'])('finds its dialog in %s', async (locale) => {
    const { page } = await visitor.open('/dashboards', { locale })
    await page.getByTestId('import-dashboard').click()
    await page.getByTestId('import-dialog').waitFor()
    const text = (await page.locator('body').textContent()) ?? ''
    expect(text.match(/\b(dashboards|charts|keys|editing)\.\w+/g) ?? []).toEqual([])
    expect(await faultsOfMarkup(page)).toEqual([])
  })
})
