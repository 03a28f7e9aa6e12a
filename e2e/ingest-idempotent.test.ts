/** The same Idempotency-Key twice is stored once: at once, after restarts, across days and tenants, and it is counted. */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lines, push, QUIET, startServer, type TestServer, temporaryFolder, UNLIMITED } from './server.ts'

const DAY_MS = 86_400_000
const dataDir = temporaryFolder()
const now = Date.now()
let server: TestServer

const start = () => startServer({ dataDir, args: [...QUIET, ...UNLIMITED] })
beforeAll(async () => {
  server = await start()
})
afterAll(async () => {
  await server.dispose()
  rmSync(dataDir, { recursive: true, force: true })
})

const batch = (name: string, times: readonly number[]) => times.map((time, i) => [time, `${name} ${i}`] as const)
const range = { start: `${now - 10 * DAY_MS}000000`, end: `${now + DAY_MS}000000` }
const stored = async (app: string, tenant = 'default') =>
  (await lines(server, `{app="${app}"}`, range, { 'x-scope-orgid': tenant })).sort()

async function count(name: string, tenant = 'default'): Promise<number> {
  const metrics = await (await server.fetch('/metrics')).text()
  const found = new RegExp(`^girok_records_${name}_total\\{[^}]*tenant="${tenant}"[^}]*\\} (\\d+)$`, 'm').exec(metrics)
  return Number(found?.[1] ?? 0)
}

test('a batch sent again is acknowledged, counted as duplicate and not stored', async () => {
  const body = batch('again', [now, now + 1, now + 2])
  const key = { 'idempotency-key': 'again-1' }
  expect(await push(server, { app: 'again' }, body, key)).toBe(204)
  const before = { stored: await count('stored'), duplicate: await count('duplicate') }
  expect(await push(server, { app: 'again' }, body, key)).toBe(204)
  expect(await stored('again')).toEqual(['again 0', 'again 1', 'again 2'])
  expect(await count('stored')).toBe(before.stored)
  expect(await count('duplicate')).toBe(before.duplicate + 3)
})

test('both at once: one is stored', async () => {
  const body = batch('twins', [now, now + 1])
  const send = () => push(server, { app: 'twins' }, body, { 'idempotency-key': 'twins' })
  expect(await Promise.all([send(), send(), send(), send()])).toEqual([204, 204, 204, 204])
  expect(await stored('twins')).toEqual(['twins 0', 'twins 1'])
})

test('another key, no key and another tenant are other batches', async () => {
  const body = batch('other', [now])
  expect(await push(server, { app: 'other' }, body, { 'idempotency-key': 'other-1' })).toBe(204)
  expect(await push(server, { app: 'other' }, body, { 'idempotency-key': 'other-2' })).toBe(204)
  expect(await push(server, { app: 'other' }, body)).toBe(204)
  const elsewhere = { 'idempotency-key': 'other-1', 'x-scope-orgid': 'elsewhere' }
  expect(await push(server, { app: 'other' }, body, elsewhere)).toBe(204)
  expect(await stored('other')).toEqual(['other 0', 'other 0', 'other 0'])
  expect(await stored('other', 'elsewhere')).toEqual(['other 0'])
})

test.each([
  ['stopped', () => server.stop()],
  ['killed', () => server.kill()],
])('a batch that spans days, sent again after the server was %s, is stored once', async (how, end) => {
  const app = `days-${how}`
  const body = batch(app, [now - 3 * DAY_MS, now - 3 * DAY_MS + 1, now - 2 * DAY_MS, now - DAY_MS, now])
  const key = { 'idempotency-key': app }
  expect(await push(server, { app }, body, key)).toBe(204)
  await end()
  server = await start()
  expect(await push(server, { app }, body, key)).toBe(204)
  expect(await push(server, { app }, body, key)).toBe(204)
  expect(await stored(app)).toEqual(body.map(([, line]) => line))
  // Girok counts since its start: what it kept before is a duplicate to it.
  expect([await count('received'), await count('stored'), await count('duplicate')]).toEqual([10, 0, 10])
})

test('/ingest takes the key too, and a key that is none is refused', async () => {
  const send = async (key: string) => {
    const init = { method: 'POST', headers: { 'idempotency-key': key }, body: '{"message":"one"}\n{"message":"two"}\n' }
    const response = await server.fetch('/ingest?label=app=own', init)
    return [response.status, await response.text()] as const
  }
  expect((await send('own-1'))[0]).toBe(200)
  expect((await send('own-1'))[0]).toBe(200)
  expect(await stored('own')).toHaveLength(2)
  expect(await send('two words')).toEqual([400, expect.stringContaining('Idempotency-Key must be 1 to 200')])
  expect((await send('k'.repeat(201)))[0]).toBe(400)
})
