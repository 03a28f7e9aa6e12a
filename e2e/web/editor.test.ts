import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, openStage, queryText, rowsShown, type Stage, typeQuery } from './browser.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

const choices = (page: Page): Promise<string[]> =>
  page.locator('.cm-tooltip-autocomplete .cm-completionLabel').allTextContents()

async function ready(params: Record<string, string> = {}): Promise<{ page: Page; faults: string[] }> {
  const opened = await stage.open(`/logs?${new URLSearchParams(params)}`)
  await rowsShown(opened.page)
  await opened.page.getByTestId('query-editor').waitFor()
  return opened
}

/** Types behind what stands in the box. */
async function append(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+End')
  await page.keyboard.type(text)
}

describe('completion', () => {
  it('offers stages and fields of the lines, and brings the parser that a field needs', async () => {
    const { page, faults } = await ready()
    await typeQuery(page, '{service_name="trainer"} | jso')
    await eventually(() => choices(page)).toContain('json')
    await page.keyboard.press('Escape')
    await typeQuery(page, '{service_name="trainer"} | lo')
    await eventually(() => choices(page)).toContain('loss')
    const field = page.locator('.cm-tooltip-autocomplete li', { hasText: /^loss/ }).first()
    await field.click()
    await eventually(() => queryText(page)).toBe('{service_name="trainer"} | json | loss')
    expect(faults).toEqual([])
  })

  it('offers fields to group by before and behind the lines that they stand in', async () => {
    const { page } = await ready()
    await typeQuery(page, 'sum by (')
    // The editor closed the bracket; the selector is written first here.
    await typeQuery(page, 'sum(count_over_time({service_name="trainer"} | json [5m]')
    await append(page, ') by (los')
    await eventually(() => choices(page)).toContain('loss')
  })

  it('offers fields and functions in templates', async () => {
    const { page } = await ready()
    await typeQuery(page, '{service_name="trainer"} | json | line_format `')
    await page.keyboard.type('{{ .los')
    await eventually(() => choices(page)).toContain('loss')
    await page.keyboard.press('Escape')
    await page.keyboard.type('s | upp')
    await eventually(() => choices(page)).toContain('upper')
    await page.waitForTimeout(100)
    await page.keyboard.press('Tab')
    await eventually(() => queryText(page)).toContain('{{ .loss | upper')
  })

  it('asks the server once for what does not change', async () => {
    const { page } = await ready()
    const asked = (): number => stage.server.requests.filter((one) => one.includes('/label/env/values')).length
    const before = asked()
    await typeQuery(page, '{env="')
    await eventually(() => choices(page)).toContain('prod')
    await page.keyboard.type('pr')
    await page.keyboard.press('Backspace')
    await page.keyboard.type('r')
    await eventually(() => choices(page)).toContain('prod')
    expect(asked() - before).toBe(1)
  })
})

describe('mistakes', () => {
  it('are underlined for the checker as well, and told at the cursor by keyboard', async () => {
    const { page, faults } = await ready()
    await typeQuery(page, '{env="prod"} |~ "*x"')
    await page.locator('.cm-lintRange-error').waitFor()
    await page.keyboard.press('F8')
    await page.keyboard.press('Control+i')
    const told = page.locator('.cm-tooltip[role=status]')
    await eventually(() => told.textContent()).toContain('missing argument')
    await page.keyboard.press('Escape')
    await eventually(() => told.count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('tell themselves under the pointer', async () => {
    const { page } = await ready()
    await typeQuery(page, '{env="prod"} | line_format "{{ .x | nonsense }}"')
    await page.keyboard.press('Escape')
    await page.locator('.cm-lintRange-error').first().hover()
    await eventually(() => page.locator('.cm-tooltip .cm-diagnostic').textContent()).toContain('nonsense')
  })
})

describe('by keyboard', () => {
  it('explains words, formats and runs', async () => {
    const { page } = await ready()
    await typeQuery(page, 'sum by (level)(rate({env="prod"}|json[5m]))')
    await page.keyboard.press('Escape')
    await page.getByTestId('query-editor').focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Control+i')
    await eventually(() => page.locator('.q-doc-signature').textContent()).toContain('sum')
    await page.keyboard.press('Shift+Alt+F')
    await eventually(() => queryText(page)).toMatch(/sum by \(level\)\s*\(/)
    await page.keyboard.press('Control+Enter')
    await eventually(() => new URL(page.url()).searchParams.get('q')).toContain('rate')
  })

  it('brings older queries back and then what was being written', async () => {
    const { page } = await ready()
    for (const query of ['{env="prod"}', '{env="prod"} |= "cache"']) {
      await typeQuery(page, query)
      await page.keyboard.press('Control+Enter')
      await eventually(() => new URL(page.url()).searchParams.get('q')).toBe(query)
    }
    await typeQuery(page, '{env="dev"} |= "half"')
    await page.keyboard.press('Alt+ArrowUp')
    await eventually(() => queryText(page)).toBe('{env="prod"} |= "cache"')
    await page.keyboard.press('Alt+ArrowUp')
    await eventually(() => queryText(page)).toBe('{env="prod"}')
    await page.keyboard.press('Alt+ArrowDown')
    await page.keyboard.press('Alt+ArrowDown')
    await eventually(() => queryText(page)).toBe('{env="dev"} |= "half"')
  })

  it('leaves by Escape, and Tab moves on', async () => {
    const { page } = await ready()
    await page.getByTestId('query-editor').click()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    const inside = (): Promise<boolean> => page.evaluate(() => document.activeElement?.shadowRoot !== null)
    await eventually(inside).toBe(false)
    await page.keyboard.press('/')
    await eventually(inside).toBe(true)
    await page.keyboard.press('Tab')
    await eventually(() => page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('format')
  })

  it('lists its keys on the sheet and its commands in the palette', async () => {
    const { page, faults } = await ready()
    await page.keyboard.press('?')
    const sheet = page.locator('.key-sheet')
    await eventually(() => sheet.locator('kbd').allTextContents()).toContain('Shift+Alt+F')
    const keys = await sheet.locator('kbd').allTextContents()
    for (const key of ['v', 'V', 'h', 'e', 'E', 'Ctrl+K', 'Ctrl+Enter', 'Alt+↑']) expect(keys).toContain(key)
    expect((await sheet.textContent()) ?? '').not.toMatch(/keys\./)
    await page.keyboard.press('Escape')
    await eventually(() => sheet.count()).toBe(0)
    await page.getByTestId('query-editor').click()
    await page.keyboard.press('Control+k')
    await page.getByTestId('palette').fill('zoom out')
    await eventually(() => page.getByTestId('command').first().textContent()).toContain('Zoom out')
    await page.keyboard.press('Enter')
    await eventually(() => new URL(page.url()).searchParams.get('from')).toMatch(/^\d{4}-/)
    expect(faults).toEqual([])
  })
})

describe('with a Korean input method', () => {
  it('composes syllables in the query while completion and checking look on', async () => {
    const { page, faults } = await ready()
    const client = await page.context().newCDPSession(page)
    await typeQuery(page, '{env="prod"} |= "')
    const before = page.url()
    for (const text of ['ㄱ', '겨', '결']) {
      await client.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
      await page.waitForTimeout(60)
    }
    // Enter ends the syllable and must not run the query.
    await page.getByTestId('query-editor').evaluate((element) => {
      const init = { key: 'Enter', code: 'Enter', keyCode: 229, bubbles: true, composed: true, cancelable: true }
      element.dispatchEvent(new KeyboardEvent('keydown', { ...init, isComposing: true }))
    })
    await client.send('Input.insertText', { text: '결' })
    for (const text of ['ㅈ', '저', '제']) {
      await client.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
    }
    await client.send('Input.insertText', { text: '제' })
    await eventually(() => queryText(page)).toBe('{env="prod"} |= "결제"')
    expect(page.url()).toBe(before)
    await page.keyboard.press('Control+Enter')
    await eventually(() => new URL(page.url()).searchParams.get('q')).toBe('{env="prod"} |= "결제"')
    expect(faults).toEqual([])
  })
})
