import { randomBytes, randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGzip, gzipSync } from 'node:zlib'
import { type ChdbLibrary, type ChdbSession, inZone, loadChdb } from '../drivers/chdb-library.ts'
import { exceptionTail } from '../drivers/exception-tail.ts'
import { createLane, type Lane } from '../drivers/lane.ts'
import { type Settings, settingsClause } from '../drivers/settings.ts'
import { sqlString } from '../literal.ts'
import { type FacadeRequest, readRequest } from './facade-request.ts'

export interface FacadeOptions {
  /** Directory of the engine. One per process. */
  readonly path: string
  readonly username?: string
  readonly password?: string
  /** Statements at once. */
  readonly sessions?: number
}

/** A ClickHouse server for tests: the HTTP interface of one, over chDB in this process. */
export interface Facade {
  readonly url: string
  /** Statements that were begun, in order: their texts, shortened. */
  readonly statements: readonly string[]
  /** Statements that run in the engine now. */
  running(): number
  /** Lets requests fail as a dead server would: connections are cut before an answer. */
  setDown(down: boolean): void
  close(): Promise<void>
}

/** Status that ClickHouse answers for an error of the engine. */
function statusOf(code: number): number {
  if (code === 60 || code === 81) return 404
  if (code === 62 || code === 47 || code === 27 || code === 41) return 400
  if (code === 516) return 403
  if (code === 159) return 408
  if (code === 241) return 500
  return 500
}

export async function openFacade(options: FacadeOptions): Promise<Facade> {
  const library = await loadChdb()
  // A server keeps the zone of its host, and clients must not depend on it.
  const open = (): ChdbSession => inZone('Asia/Seoul', () => new library.Session(options.path, { connectionArgs: [] }))
  const control = open()
  const controlLane = createLane('control', [control])
  const workers = Array.from({ length: options.sessions ?? 8 }, open)
  const lane = createLane('facade', workers)
  const statements: string[] = []
  const state = { running: 0, down: false }

  const server = createServer((request, response) => {
    if (state.down) {
      request.socket.destroy()
      return
    }
    answer(request, response).catch((error: unknown) => fail(response, error))
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/ping') {
      response.end('Ok.\n')
      return
    }
    const asked = await readRequest(request)
    const { username = 'default', password = '' } = options
    if (asked.username !== username || asked.password !== password) {
      throw new Error('Code: 516. DB::Exception: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)')
    }
    statements.push(asked.statement.slice(0, 200))
    const isKill = /^\s*KILL /i.test(asked.statement)
    const own = isKill ? controlLane : lane
    const session = await own.acquire({ deadlineMs: Date.now() + 60_000 })
    const id =
      asked.settings.get('log_comment') ?? comment(asked.statement) ?? `facade-${randomBytes(6).toString('hex')}`
    let isDone = false
    response.on('close', () => {
      if (!isDone && !isKill) void killUntilDone(controlLane, id, () => isDone)
    })
    state.running++
    try {
      await run(session, asked, response, id)
    } finally {
      isDone = true
      state.running--
      own.release(session)
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    statements,
    running: () => state.running,
    setDown(down) {
      state.down = down
      if (down) server.closeAllConnections()
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      await lane.idle()
      await controlLane.idle()
      await closeEngine(library, [control, ...workers])
    },
  }
}

async function closeEngine(library: ChdbLibrary, sessions: readonly ChdbSession[]): Promise<void> {
  await library.drainPending()
  for (const session of sessions) session.close()
  await library.drainPending()
}

async function run(session: ChdbSession, asked: FacadeRequest, response: ServerResponse, id: string): Promise<void> {
  await session.queryAsync(`USE \`${asked.database}\``, { format: 'Null' })
  if (asked.insert !== undefined) {
    const { table, columns, format, rows } = asked.insert
    const settings = Object.fromEntries([...asked.settings, ['log_comment', id]])
    if (format === 'Native') await insertBlock(session, table, columns, rows, settings)
    else await session.insert({ table, columns, values: rows, format: 'TabSeparated', settings })
    response.setHeader('X-ClickHouse-Summary', '{}')
    response.end()
    return
  }
  const settings = new Map([...asked.settings, ['log_comment', id]])
  const set = [...settings].map(([name, value]) => `${name} = ${sqlString(value)}`)
  await session.queryAsync(`SET ${set.join(', ')}`, { format: 'Null' })
  try {
    const isRead = /^\s*(SELECT|WITH)\b/i.test(asked.statement)
    if (isRead && !asked.wholeAtOnce) await streamAnswer(session, asked, response)
    else await wholeAnswer(session, asked, response)
  } finally {
    const reset = [...settings.keys()].map((name) => `${name} = DEFAULT`)
    await session.queryAsync(`SET ${reset.join(', ')}`, { format: 'Null' })
  }
}

async function insertBlock(
  session: ChdbSession,
  table: string,
  columns: readonly string[],
  block: Buffer,
  settings: Settings,
): Promise<void> {
  const file = join(tmpdir(), `block-${randomUUID()}`)
  writeFileSync(file, block)
  try {
    const names = columns.join(', ')
    const statement = `INSERT INTO ${table} (${names}) ${settingsClause(settings)} SELECT ${names} FROM file('${file}', 'Native')`
    await session.queryAsync(statement, { format: 'Null' })
  } finally {
    rmSync(file)
  }
}

async function wholeAnswer(session: ChdbSession, asked: FacadeRequest, response: ServerResponse): Promise<void> {
  const result = await session.queryAsync(asked.statement, { format: 'TabSeparated' })
  const bytes = result.bytes()
  if (asked.acceptsGzip) {
    response.setHeader('Content-Encoding', 'gzip')
    response.end(gzipSync(bytes))
  } else {
    response.end(bytes)
  }
}

async function streamAnswer(session: ChdbSession, asked: FacadeRequest, response: ServerResponse): Promise<void> {
  const tag = randomBytes(8).toString('hex')
  const chunks = session.queryStream(asked.statement, { format: 'TabSeparated' })[Symbol.asyncIterator]()
  const first = await chunks.next()
  response.setHeader('X-ClickHouse-Exception-Tag', tag)
  if (asked.acceptsGzip) response.setHeader('Content-Encoding', 'gzip')
  const out = asked.acceptsGzip ? createGzip() : response
  if (out !== response) out.pipe(response)
  const gone = new Promise<void>((resolve) => response.on('close', resolve))
  try {
    for (let next = first; next.done !== true; next = await chunks.next()) {
      if (response.destroyed) return
      if (!out.write(next.value.raw())) await Promise.race([new Promise((resolve) => out.once('drain', resolve)), gone])
    }
    out.end()
  } catch (error) {
    out.end(exceptionTail(tag, (error as Error).message))
  } finally {
    await chunks.return?.()
  }
}

async function killUntilDone(control: Lane<ChdbSession>, id: string, isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    const session = await control.acquire({ deadlineMs: Date.now() + 60_000 })
    try {
      await session.queryAsync(`KILL QUERY WHERE Settings['log_comment'] = ${sqlString(id)} ASYNC`, { format: 'Null' })
    } finally {
      control.release(session)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The comment in a statement's own SETTINGS, which counts more than the one of the request. */
function comment(statement: string): string | undefined {
  return /log_comment='([^']*)'/.exec(statement)?.[1]
}

function fail(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  if (response.headersSent) {
    response.destroy()
    return
  }
  const code = Number(/Code: (\d+)/.exec(message)?.[1] ?? 1002)
  response.statusCode = statusOf(code)
  response.setHeader('X-ClickHouse-Exception-Code', String(code))
  response.end(`${message} (version 26.7.2.1)\n`)
}
