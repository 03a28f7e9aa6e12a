/** GELF as its clients speak it: gelf-pro over UDP and TCP, graypy of Debian, curl. */
import { promisify } from 'node:util'
import gelf from 'gelf-pro'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkshop, type Workshop } from './programs.ts'
import { eventually, lines, QUIET, queryRange, type StreamResult, startServer, type TestServer } from './server.ts'
import { expectConserved, listenerOf, sourceOf } from './sources.ts'

/** Its types leave out the levels, which are members made at run time. */
type GelfPro = Pick<typeof gelf, 'setConfig'> &
  Record<'error' | 'info' | 'notice', (text: string, extra: object, done: () => void) => void>

let server: TestServer
let shop: Workshop
let udp: { host: string; port: number }
let tcp: { host: string; port: number }

beforeAll(async () => {
  shop = createWorkshop()
  server = await startServer({
    args: [...QUIET, '--set', 'receivers.gelf.udp.port=0', '--set', 'receivers.gelf.tcp.port=0'],
  })
  udp = await listenerOf(server, 'gelf', 'udp')
  tcp = await listenerOf(server, 'gelf', 'tcp')
})
afterAll(async () => {
  await shop?.dispose()
  await server?.dispose()
})

async function labelsOf(query: string): Promise<Record<string, string>> {
  const { result } = await queryRange(server, query)
  return Object.assign({}, ...(result as StreamResult[]).map(({ stream }) => stream))
}

test.for(['udp', 'tcp'] as const)('gelf-pro over %s: levels, fields, long messages in chunks', async (adapterName) => {
  const { host, port } = adapterName === 'udp' ? udp : tcp
  const client: GelfPro = Object.create(gelf)
  client.setConfig({
    fields: { app: adapterName, environment: 'test' },
    adapterName,
    adapterOptions: { host, port, protocol: 'udp4' },
  })
  const send = promisify((level: 'error' | 'info' | 'notice', text: string, extra: object, done: () => void) =>
    client[level](text, extra, done),
  )
  // Text that compression does not make small enough for one datagram.
  const long = Array.from({ length: 3000 }, (_, n) => (n * 2_654_435_761).toString(36)).join(' ')
  await send('error', 'payment failed', { user: 'kim', deep: { a: 1 } })
  await send('notice', '한글 "quoted"\nsecond line', {})
  await send('info', long, {})
  await eventually(async () => (await lines(server, `{app="${adapterName}"}`)).length === 3)
  const found = await lines(server, `{app="${adapterName}"}`)
  expect(new Set(found)).toEqual(new Set(['payment failed', '한글 "quoted"\nsecond line', long]))
  expect(await labelsOf(`{app="${adapterName}"} |= "payment failed"`)).toMatchObject({
    environment: 'test',
    user: 'kim',
    deep_a: '1',
    detected_level: 'error',
  })
  expect(await labelsOf(`{app="${adapterName}"} |= "second line"`)).toMatchObject({
    severity: 'notice',
    detected_level: 'info',
  })
})

test('graypy over UDP, TCP and HTTP', async () => {
  const path = shop.file(
    'logger.py',
    `import logging
import graypy

log = logging.getLogger('shop')
handlers = [
    graypy.GELFUDPHandler('${udp.host}', ${udp.port}, gelf_chunker=graypy.handler.GELFWarningChunker(500)),
    graypy.GELFTCPHandler('${tcp.host}', ${tcp.port}),
    graypy.GELFHTTPHandler('127.0.0.1', ${new URL(server.url).port}),
]
for h in handlers:
    log.addHandler(h)
log.warning('declined', extra={'order': 4711})
try:
    1 / 0
except ZeroDivisionError:
    log.exception('failed')
for h in handlers:
    h.close()
`,
  )
  await shop.run('/usr/bin/python3', [path])
  await eventually(async () => (await lines(server, '{host=~".+"} | order="4711"')).length === 3)
  expect(await lines(server, '{host=~".+"} | order="4711" | detected_level="warn"')).toEqual(Array(3).fill('declined'))
  await eventually(async () => (await lines(server, '{host=~".+"} |= "ZeroDivisionError"')).length === 3)
  const failed = await lines(server, '{host=~".+"} |= "ZeroDivisionError" | detected_level="error"')
  expect(failed).toHaveLength(3)
  for (const line of failed) expect(line).toMatch(/^failed\n[\s\S]*Traceback|^Traceback[\s\S]*failed/)
})

test('curl by HTTP: one message, many, gzip, refusals', async () => {
  const url = `${server.url}/gelf`
  shop.file('one', '{"version":"1.1","host":"curl","short_message":"one","level":4,"_n":1}')
  shop.file('many', '{"host":"curl","short_message":"two"}\n{"host":"curl","short_message":"three"}\n')
  const status = "curl -sS -o answer -w '%{http_code} '"
  const { stdout } = await shop.shell(`gzip -kf many
    ${status} ${url} --data-binary @one
    ${status} ${url} -H 'Content-Encoding: gzip' --data-binary @many.gz
    ${status} ${url} -d '{"host":"curl"}'; cat answer`)
  expect(stdout).toBe('202 202 400 GELF message refused: it has no "short_message"\n')
  expect(new Set(await lines(server, '{host="curl"}'))).toEqual(new Set(['one', 'two', 'three']))
})

test('every message is accounted for', async () => {
  const counts = await expectConserved(server, 'gelf')
  expect(counts.stored).toBe(6 + 6 + 3)
  expect((await sourceOf(server, 'gelf')).rejections).toMatchObject([{ status: 400 }])
})
