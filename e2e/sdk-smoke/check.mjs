/** What the checks share: the list of them, a folder, loggers that keep their lines, a server that keeps requests. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createHierarchy } from '@girok/sdk'

export const folder = mkdtempSync(join(tmpdir(), 'girok-smoke-'))

/** In the order in which they run. */
export const checks = []
export const check = (name, work) => checks.push({ name, work })

/** A hierarchy with one handler that keeps lines, and its lines. */
export function written(formatter, options = {}) {
  const lines = []
  const hierarchy = createHierarchy(options)
  hierarchy.root.setLevel('DEBUG').addHandler({
    name: 'lines',
    level: 0,
    needsSource: formatter.needsSource,
    handle: (record) => void lines.push(formatter.format(record)),
  })
  return { ...hierarchy, log: hierarchy.root, lines, objects: () => lines.map((line) => JSON.parse(line)) }
}

/** The lines of a file in the folder. */
export const linesOf = (file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')

/** A server that keeps what it is sent; `answer` gets the response and the number of the request, from 1. */
export async function listen(answer) {
  const seen = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
    seen.push({ url: request.url, headers: request.headers, body: body.toString() })
    answer(response, seen.length)
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    seen,
    close: () => new Promise((done) => server.close(done)),
  }
}

/** Runs ending.mjs by this runtime until it ends. */
export async function runEnding(file, way, url = '') {
  const flags = globalThis.Deno === undefined ? [] : ['run', '-A', '--no-lock']
  const args = [...flags, new URL('ending.mjs', import.meta.url).pathname, join(folder, file), way, url]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (way === 'SIGTERM' && output.includes('logged')) child.kill('SIGTERM')
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const [code, signal] = await new Promise((done) => child.on('close', (...end) => done(end)))
  clearTimeout(timer)
  return { code, signal, output }
}
