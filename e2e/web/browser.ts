import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { type MockOptions, type MockServer, startMockServer } from '../../packages/web/testing/mock-server.ts'

const webDir = fileURLToPath(new URL('../../packages/server/web', import.meta.url))
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

export interface OpenPage {
  readonly page: Page
  /** Words of console errors, page errors and violations of the content security policy so far. */
  readonly faults: string[]
}

export interface OpenOptions {
  readonly locale?: string
  readonly dark?: boolean
}

/** A browser on the app of a server. */
export interface Visitor {
  open(path: string, options?: OpenOptions): Promise<OpenPage>
  close(): Promise<void>
}

/** A browser, and a server of generated logs with the built app on it. */
export interface Stage extends Visitor {
  readonly server: MockServer
}

export async function visit(url: string): Promise<Visitor> {
  const browser: Browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const contexts: BrowserContext[] = []
  return {
    open: async (path, { locale = 'en-US', dark = true } = {}) => {
      const context = await browser.newContext({
        locale,
        timezoneId: 'Asia/Seoul',
        colorScheme: dark ? 'dark' : 'light',
        viewport: { width: 1440, height: 900 },
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      contexts.push(context)
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(`page error: ${error.message}`))
      page.on('console', (message) => {
        // Chromium reports each refused request on the console; tests of refusals look at the page instead.
        const refused = message.text().startsWith('Failed to load resource')
        if (message.type() === 'error' && !refused) faults.push(`console: ${message.text()}`)
      })
      page.on('dialog', (dialog) => {
        faults.push(`dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      await page.goto(url + path)
      return { page, faults }
    },
    close: async () => {
      for (const context of contexts) await context.close()
      await browser.close()
    },
  }
}

export async function openStage(options: Omit<MockOptions, 'webDir'> = {}): Promise<Stage> {
  if (!existsSync(`${webDir}/index.html`)) throw new Error('the web app is not built: run npm run build first')
  const server = await startMockServer({ ...options, webDir })
  const visitor = await visit(server.url)
  return {
    server,
    open: visitor.open,
    close: async () => {
      await visitor.close()
      await server.close()
    },
  }
}

/** Asks again until the expectation holds; machines under load need longer than the second that Vitest waits. */
export function eventually<T>(ask: () => T): ReturnType<typeof expect.poll> {
  return expect.poll(ask, { timeout: 30_000 })
}

/** Query text that stands in the box. */
export async function queryText(page: Page): Promise<string> {
  const lines = await page.getByTestId('query-editor').locator('.cm-line').allTextContents()
  return lines.join('\n')
}

/** Puts a text into the query box in place of what stands there, as a person does. */
export async function typeQuery(page: Page, text: string): Promise<void> {
  await page.getByTestId('query-editor').click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

/** Waits for the first rows. */
export async function rowsShown(page: Page): Promise<void> {
  await page.locator('[data-row="0"]').waitFor()
}
