import type { ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import type { TailFrame } from '@girok/server/contract'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { deadUrl, type FakeServer, fakeServer, girok } from '../testing/girok.ts'

let server: FakeServer | undefined
afterEach(() => server?.close())

/** Sends the frames to each connection, then closes with `code` (0: leaves it open). */
async function tailServer(frames: readonly TailFrame[], code: number, reason = '') {
  const fake = await fakeServer((_request, response: ServerResponse) => void response.writeHead(404).end())
  server = fake
  const connections: { url: string; headers: Record<string, unknown> }[] = []
  const sockets = new WebSocketServer({ noServer: true })
  fake.http.on('upgrade', (request, socket, head) => {
    connections.push({ url: request.url ?? '', headers: request.headers })
    sockets.handleUpgrade(request, socket, head, (client) => {
      for (const frame of frames) client.send(JSON.stringify(frame))
      if (code > 0) client.close(code, reason)
    })
  })
  return { url: fake.url, connections }
}

const frames: TailFrame[] = [
  {
    seq: 0,
    streams: [
      { index: 0, labels: { app: 'a' } },
      { index: 1, labels: { app: 'b' } },
    ],
    entries: [
      ['1700000000000000001', 0, 'one'],
      ['1700000000000000002', 1, 'two', { level: 'error' }],
    ],
    dropped: 0,
  },
  { seq: 1, entries: [['1700000000000000003', 0, 'three']], dropped: 7 },
]

/** Interrupts as soon as the output holds this text. */
function until(text: string) {
  const controller = new AbortController()
  let seen = ''
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      seen += chunk
      if (seen.includes(text)) setTimeout(() => controller.abort(), 20)
      done()
    },
  })
  return { world: { stdout, interrupted: controller.signal }, seen: () => seen }
}

test('lines with their labels as they come; what was dropped is told; an interrupt ends it well', async () => {
  const { url, connections } = await tailServer(frames, 0)
  const { world, seen } = until('three')
  const argv = ['tail', '{x="y"} |= "&"', '--url', url, '--token', 't', '--tenant', 'team', '--output', 'json']
  const outcome = await girok(argv, world)
  expect(outcome).toEqual({
    code: 0,
    stdout: '',
    stderr: 'girok: 7 lines left out, they came faster than they could be shown\n',
  })
  expect(
    seen()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { timestamp: '2023-11-14T22:13:20.000000001Z', labels: { app: 'a' }, line: 'one' },
    { timestamp: '2023-11-14T22:13:20.000000002Z', labels: { app: 'b', level: 'error' }, line: 'two' },
    { timestamp: '2023-11-14T22:13:20.000000003Z', labels: { app: 'a' }, line: 'three' },
  ])
  expect(connections).toEqual([
    {
      url: `/girok/v1/tail?${new URLSearchParams({ query: '{x="y"} |= "&"' })}`,
      headers: expect.objectContaining({ authorization: 'Bearer t', 'x-scope-orgid': 'team' }),
    },
  ])
})

test('a connection that ends in time is opened again', async () => {
  const { url, connections } = await tailServer(frames.slice(0, 1), 1000)
  let seen = 0
  const controller = new AbortController()
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      seen += String(chunk).split('one').length - 1
      if (seen === 2) controller.abort()
      done()
    },
  })
  const outcome = await girok(['tail', '{x="y"}', '--url', url], { stdout, interrupted: controller.signal })
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  expect(connections).toHaveLength(2)
})

test('a refusal, before or after the connection opens, is an error', async () => {
  const { url } = await tailServer([], 1011, 'too many tails')
  expect(await girok(['tail', '{x="y"}', '--url', url])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'girok: too many tails\n',
  })
  await server?.close()
  server = await fakeServer((_request, response) => void response.writeHead(400).end())
  ;(server as Awaited<ReturnType<typeof fakeServer>>).http.on('upgrade', (_request, socket) => {
    const body = '{"error":{"code":"bad_query","message":"only log queries can be followed"}}'
    socket.end(`HTTP/1.1 400 Bad Request\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  expect(await girok(['tail', 'rate({a="b"}[1m])', '--url', server.url])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'girok: only log queries can be followed (status 400)\n',
  })
})

test('nothing there', async () => {
  const url = await deadUrl()
  const { code, stderr } = await girok(['tail', '{x="y"}', '--url', url])
  expect(code).toBe(1)
  expect(stderr).toBe(`girok: cannot reach ${url}: nothing listens there\n`)
})
