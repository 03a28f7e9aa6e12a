import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deadUrl, type FakeRequest, type FakeServer, fakeServer, girok } from '../testing/girok.ts'

let server: FakeServer | undefined
let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'girok-push-'))
})
afterEach(async () => {
  await server?.close()
  server = undefined
  rmSync(cwd, { recursive: true })
})

const accept = (_request: FakeRequest, response: ServerResponse) => void response.end('{"accepted":1,"rejected":0}')

async function push(argv: readonly string[], world = {}, answer: Parameters<typeof fakeServer>[0] = accept) {
  server = await fakeServer(answer)
  return girok(['push', '--url', server.url, ...argv], { cwd, ...world })
}

const bodies = () => server?.requests.map(({ headers, body }) => [headers['content-type']?.split(';')[0], body])

describe('standard input', () => {
  test('text stays text, JSON stays JSON, empty lines are nothing, labels are labels', async () => {
    const stdin = 'plain\r\n{"a":1}\n\n{not json\n  {"b": 2} \nno end'
    const outcome = await push(['--label', 'app=x y', '--label', 'env=a=b'], { stdin })
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(bodies()).toEqual([
      ['application/x-ndjson', '{"a":1}\n  {"b": 2} \n'],
      ['text/plain', 'plain\n{not json\nno end\n'],
    ])
    expect(server?.requests[0]?.path).toBe('/ingest')
    expect(server?.requests[0]?.params.getAll('label')).toEqual(['app=x y', 'env=a=b'])
  })

  test.each([
    ['text', 'text/plain'],
    ['json', 'application/x-ndjson'],
  ])('--format %s takes every line as that', async (format, type) => {
    await push(['--format', format], { stdin: '{"a":1}\nb\n' })
    expect(bodies()).toEqual([[type, '{"a":1}\nb\n']])
  })

  test('--tee passes it on to the byte, whatever becomes of the copy', async () => {
    const stdin = 'a\r\nü\u0000b'
    expect(await push(['--tee'], { stdin })).toEqual({ code: 0, stdout: stdin, stderr: '' })
    await server?.close()
    const refused = await push(['--tee'], { stdin }, (_request, response) => void response.writeHead(403).end('no'))
    expect(refused).toEqual({ code: 1, stdout: stdin, stderr: 'girok: no (status 403)\n' })
  })

  test('characters that are cut by chunks come whole', async () => {
    const stdin = new PassThrough()
    for (const byte of Buffer.from('한국어\n日本語\n')) stdin.write(Buffer.from([byte]))
    stdin.end()
    await push([], { stdin })
    expect(bodies()).toEqual([['text/plain', '한국어\n日本語\n']])
  })

  test('a slow program: its lines are sent before it ends', async () => {
    const stdin = new PassThrough()
    stdin.write('early\n')
    const done = push([], { stdin })
    await expect.poll(() => server?.requests.length, { timeout: 3000 }).toBe(1)
    stdin.end('late\n')
    expect(await done).toMatchObject({ code: 0 })
    expect(bodies()?.map(([, body]) => body)).toEqual(['early\n', 'late\n'])
  })

  test('an interrupt sends what there is, even when the program before the pipe goes on', async () => {
    const stdin = new PassThrough()
    const controller = new AbortController()
    stdin.write('kept\n')
    setTimeout(() => controller.abort(), 50)
    expect(await push([], { stdin, interrupted: controller.signal })).toMatchObject({ code: 0, stderr: '' })
    expect(bodies()).toEqual([['text/plain', 'kept\n']])
  })

  test('a terminal is nothing to read from', async () => {
    expect(await push([], { terminal: { stdin: true } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing to send: name files, or pipe something in'),
    })
  })
})

describe('files', () => {
  test('in the order given, in batches with keys of their own', async () => {
    const lines = Array.from({ length: 25_000 }, (_, i) => `line ${i}`)
    writeFileSync(join(cwd, 'a.log'), `${lines.slice(0, 24_000).join('\n')}\n`)
    writeFileSync(join(cwd, 'b.log'), lines.slice(24_000).join('\n'))
    expect(await push(['a.log', 'b.log'])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(bodies()?.flatMap(([, body]) => body?.trimEnd().split('\n'))).toEqual(lines)
    expect(new Set(server?.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(4)
  })

  test('one that is missing is told before anything is sent', async () => {
    writeFileSync(join(cwd, 'a.log'), 'x\n')
    const { code, stderr } = await push(['a.log', 'absent.log'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^girok: cannot read absent\.log: ENOENT/)
    expect(server?.requests).toEqual([])
  })

  test('progress on a terminal', async () => {
    writeFileSync(join(cwd, 'a.log'), 'x\n'.repeat(1500))
    const { stderr } = await push(['a.log'], { terminal: { stderr: true } })
    expect(stderr).toMatch(/1,500 lines, 0\.0 MB, [\d,]+ lines\/s\n$/)
  })
})

describe('a server in trouble', () => {
  test('429 and 5xx are tried again under the same key', async () => {
    const outcome = await push([], { stdin: 'x\n' }, (request, response, count) => {
      if (count === 1) response.writeHead(429, { 'retry-after': '0' }).end('slow down')
      else if (count === 2) response.destroy()
      else accept(request, response)
    })
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: 'girok: slow down (status 429); trying again\n' })
    expect(server?.requests).toHaveLength(3)
    expect(new Set(server?.requests.map(({ headers, body }) => `${headers['idempotency-key']}${body}`)).size).toBe(1)
  })

  test('that stays away, in time', async () => {
    const url = await deadUrl()
    const { code, stderr } = await girok(['push', '--url', url, '--retry-for', '1s'], { stdin: 'x\n', cwd })
    expect(code).toBe(1)
    expect(stderr).toMatch(/nothing listens there.*; trying again\n.*nothing listens there/s)
  })

  test('some lines refused: the rest is sent, and the end is failure', async () => {
    const answer = (_request: FakeRequest, response: ServerResponse) =>
      void response
        .writeHead(400)
        .end('{"accepted":1,"rejected":1,"errors":[{"reason":"line_too_long","count":1,"message":"too long"}]}')
    expect(await push([], { stdin: 'a\nb\n' }, answer)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'girok: too long\ngirok: 1 lines were refused\n',
    })
  })

  test('a refusal of everything ends it at once, also while the program runs on', async () => {
    const stdin = new PassThrough()
    stdin.write('x\n')
    const { code, stderr } = await push([], { stdin }, (_request, response) => void response.writeHead(401).end(''))
    expect(code).toBe(1)
    expect(stderr).toBe('girok: not allowed (401): the server wants a token; give one by --token or GIROK_TOKEN\n')
    stdin.end()
  })
})
