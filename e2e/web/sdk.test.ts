/** The library in a real browser: the core, JSON and the handler that sends to Girok, bundled as a web page would. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../server.ts'
import { type Visitor, visit } from './browser.ts'
import { bundle } from './bundle.ts'

const PROGRAM = `
  import { clearContext, consoleHandler, getLogger, root, setContext, shutdown, withContext } from '@girok/sdk'
  import { jsonFormatter } from '@girok/sdk/formatters'
  import { girokHandler } from '@girok/sdk/handlers'
  import { redact } from '@girok/sdk/processors'

  root.setLevel('INFO').setProcessors([redact()])
  root.addHandler(consoleHandler({ formatter: jsonFormatter() }))
  root.addHandler(girokHandler({ url: location.origin, labels: { app: 'page' }, intervalMs: 10 }))
  const log = getLogger('shop.cart').with({ page: 'cart' })
  log.debug('not shown')
  withContext({ visit: 'v1' }, () => log.info('opened', { items: 2, password: 'hunter2' }))
  setContext({ user: 'kim' })
  log.warning('slow', { ms: 900 })
  clearContext()
  log.error('failed', new TypeError('no cart', { cause: new Error('offline') }))
  shutdown().then(() => { document.title = 'done' })
`

let http: Server
let visitor: Visitor
let url: string
const received: Record<string, unknown>[] = []

beforeAll(async () => {
  const script = await bundle(PROGRAM)
  expect(script).not.toMatch(/from\s*["']node:/)
  http = createServer((request, response) => {
    if (request.method === 'POST') {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks)
        const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
        for (const line of text.toString().trimEnd().split('\n')) received.push(JSON.parse(line))
        response.writeHead(204).end()
      })
      return
    }
    const isScript = request.url === '/program.js'
    response.writeHead(200, {
      'content-type': isScript ? 'text/javascript' : 'text/html',
      // No eval and no inline script: as strict as a page can be.
      'content-security-policy': "default-src 'self'",
    })
    response.end(
      isScript ? script : '<!doctype html><title>page</title><script type="module" src="/program.js"></script>',
    )
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  visitor = await visit(url)
})
afterAll(async () => {
  await visitor?.close()
  http?.closeAllConnections()
  http?.close()
})

test('logs to the console and to Girok, with context and redaction, under a strict content security policy', async () => {
  const { page, faults } = await visitor.open('/')
  await eventually(async () => (await page.title()) === 'done')
  expect(received.map(({ message }) => message)).toEqual(['opened', 'slow', 'failed'])
  const [opened, slow, failed] = received
  expect(opened).toMatchObject({ level: 'INFO', logger: 'shop.cart', page: 'cart', visit: 'v1', items: 2 })
  expect(opened?.password).toBe('***masked***')
  expect(slow).toMatchObject({ level: 'WARNING', user: 'kim', ms: 900 })
  expect(slow).not.toHaveProperty('visit')
  expect(failed).toMatchObject({ error: { type: 'TypeError', message: 'no cart', cause: { message: 'offline' } } })
  expect(failed).not.toHaveProperty('user')
  // The one error record is on the console, as an error; nothing else went wrong.
  expect(faults).toHaveLength(1)
  expect(faults[0]).toContain('"message":"failed"')
})
