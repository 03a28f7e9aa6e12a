/** Chromium on a page of another origin: sendBeacon at unload, fetch, and the library's own handler. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, lines, QUIET, queryRange, startServer, type TestServer } from './server.ts'
import { type Visitor, visit } from './web/browser.ts'
import { bundle } from './web/bundle.ts'

interface Site {
  readonly http: Server
  readonly origin: string
}

let server: TestServer
let shop: Site
let stranger: Site
let visitor: Visitor
let script: string

beforeAll(async () => {
  script = await bundle(`
    import { getLogger, root, shutdown } from '@girok/sdk'
    import { elementClicked, pageViewed, screenSwiped } from '@girok/sdk/events'
    import { girokHandler } from '@girok/sdk/handlers'

    const { server } = globalThis
    root.setLevel('INFO').addHandler(girokHandler({ url: server + '/girok/beacon', labels: { app: 'shop' }, intervalMs: 10 }))
    const log = getLogger('shop.cart')
    for (let n = 0; n < 50; n++) log.warning('slow', { n, note: 'x'.repeat(100) })
    const who = { user_id: 'u-1', session_id: 's-1' }
    pageViewed(getLogger('page'), { page: location.pathname, ...who })
    elementClicked(getLogger('page'), { target: '#pay', x: 10, y: 20, ...who })
    screenSwiped(getLogger('page'), { direction: 'left', ...who })
    shutdown().then(() => { document.title = 'done' })
  `)
  shop = await site()
  stranger = await site()
  const settings = { origins: shop.origin, apps: 'browser,shop', requestsPerMinute: '30', maxBytes: '100KB' }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['--set', `receivers.beacon.${name}=${value}`])
  server = await startServer({ args: [...QUIET, ...flags] })
  visitor = await visit(shop.origin)
})
afterAll(async () => {
  await visitor?.close()
  for (const { http } of [shop, stranger]) {
    http?.closeAllConnections()
    http?.close()
  }
  await server?.dispose()
})

async function site(): Promise<Site> {
  const http = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname
    response.writeHead(200, { 'content-type': path === '/program.js' ? 'text/javascript' : 'text/html; charset=utf-8' })
    const tag = `<script>server = ${JSON.stringify(server.url)}</script><script type="module" src="/program.js"></script>`
    if (path === '/program.js') response.end(script)
    else response.end(`<!doctype html><title>page</title>${path === '/library' ? tag : ''}`)
  })
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  return { http, origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

const found = (text: string) => lines(server, `{app=~".+"} |= "${text}"`)

test('sendBeacon when the page is left, as text and as JSON', async () => {
  const { page, faults } = await visitor.open('/cart?secret=1')
  await page.evaluate((url) => {
    addEventListener('pagehide', () => {
      const records = [
        { level: 'error', message: 'left the page', n: 1 },
        { level: 'info', message: 'left the page', n: 2 },
      ]
      navigator.sendBeacon(`${url}/girok/beacon`, JSON.stringify(records))
      const blob = new Blob([JSON.stringify({ message: 'left the page', n: 3 })], { type: 'application/json' })
      navigator.sendBeacon(`${url}/girok/beacon`, blob)
    })
  }, server.url)
  await page.goto('about:blank')
  await eventually(async () => (await found('left the page')).length === 3)
  const { result } = await queryRange(server, '{app="browser"} |= "left the page" | detected_level="error"')
  const [stream] = result as { stream: Record<string, string>; values: unknown[] }[]
  expect(stream?.values).toHaveLength(1)
  expect(stream?.stream).toMatchObject({ app: 'browser', origin: shop.origin })
  expect(stream?.stream.user_agent).toContain('Chrome')
  expect(stream?.stream.page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  expect(JSON.stringify(stream)).not.toContain('secret')
  expect(faults).toEqual([])
})

test('fetch with keepalive sees the answer', async () => {
  const { page, faults } = await visitor.open('/')
  const answers = await page.evaluate(async (url) => {
    const post = async (body: string, path = '/girok/beacon', type = 'application/json') => {
      const headers = { 'content-type': type }
      const response = await fetch(url + path, { method: 'POST', body, headers, keepalive: true })
      return [response.status, await response.text()] as const
    }
    return [
      await post('{"message":"by fetch"}'),
      await post('{"message":"by fetch"}\nnot JSON\n', '/girok/beacon', 'application/x-ndjson'),
      await post('{"message":"x"}', '/girok/beacon?label=app=other'),
    ]
  }, server.url)
  expect(answers.map(([status]) => status)).toEqual([204, 400, 403])
  expect(JSON.parse(answers[1]?.[1] ?? '')).toMatchObject({ accepted: 1, rejected: 1 })
  expect(answers[2]?.[1]).toContain('receivers.beacon.apps')
  await eventually(async () => (await found('by fetch')).length === 2)
  expect(faults).toEqual([])
})

test('a page of another origin gets nothing in, by any means', async () => {
  const { page } = await visitor.open('/')
  await page.goto(stranger.origin)
  const outcomes = await page.evaluate(async (url) => {
    navigator.sendBeacon(`${url}/girok/beacon`, '{"message":"from a stranger"}')
    const post = (headers: Record<string, string>, mode: RequestMode) =>
      fetch(`${url}/girok/beacon`, { method: 'POST', body: '{"message":"from a stranger"}', headers, mode }).then(
        (response) => response.status,
        (error: Error) => error.name,
      )
    const json = await post({ 'content-type': 'application/json' }, 'cors')
    return [json, await post({}, 'cors'), await post({}, 'no-cors')]
  }, server.url)
  expect(outcomes.slice(0, 2)).toEqual(['TypeError', 'TypeError'])
  const response = await server.fetch('/girok/beacon', { method: 'POST', body: '{"message":"from a stranger"}' })
  expect([response.status, (await response.json()).error.message]).toEqual([403, expect.stringContaining('no Origin')])
  expect(await found('from a stranger')).toEqual([])
})

test("the library's own handler in a page", async () => {
  const { page, faults } = await visitor.open('/library')
  await eventually(async () => (await page.title()) === 'done')
  const records = (await found('slow')).map((line) => JSON.parse(line))
  expect(records.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n))
  const { result } = await queryRange(server, '{app="shop"} |= "slow"')
  expect((result as { stream: Record<string, string> }[])[0]?.stream).toMatchObject({ detected_level: 'warn' })
  expect(faults).toEqual([])
  const events = await lines(server, '{app="shop"} | json | event_category="behaviour"')
  // They came within one millisecond.
  const byName = Object.fromEntries(events.map((line) => [JSON.parse(line).event_name, JSON.parse(line)]))
  expect(byName).toMatchObject({
    page_viewed: { page: '/library', user_id: 'u-1', session_id: 's-1' },
    element_clicked: { target: '#pay', x: 10, y: 20 },
    screen_swiped: { direction: 'left' },
  })
})

test('large beacons and more than an address may send are refused', async () => {
  const send = (body: string) =>
    server.fetch('/girok/beacon', {
      method: 'POST',
      body,
      headers: { origin: shop.origin, 'content-type': 'text/plain' },
    })
  expect((await send(JSON.stringify({ message: 'x'.repeat(110_000) }))).status).toBe(413)
  let limited: Response | undefined
  for (let n = 0; n < 40 && limited === undefined; n++) {
    const response = await send('{"message":"many"}')
    if (response.status !== 204) limited = response
  }
  expect(limited?.status).toBe(429)
  expect(limited?.headers.get('access-control-allow-origin')).toBe(shop.origin)
  expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('without origins there is no such path', async () => {
  const other = await startServer({ args: QUIET })
  try {
    for (const method of ['POST', 'OPTIONS']) {
      const response = await other.fetch('/girok/beacon', { method, headers: { 'content-type': 'text/plain' } })
      expect(response.status).toBe(404)
    }
  } finally {
    await other.dispose()
  }
})
