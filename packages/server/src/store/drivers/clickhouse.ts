import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client'
import { GirokError } from '../../model/errors.ts'
import type { Driver, Lane as LaneName, QueryOptions, ResultFormat } from '../driver.ts'
import { sqlString } from '../literal.ts'
import { type DriverOptions, defineDriver } from './definition.ts'
import { toGirokError } from './engine-error.ts'
import { createExceptionTail } from './exception-tail.ts'
import { createLane, type Lane } from './lane.ts'
import {
  COMMAND_TIMEOUT_MS,
  DEFAULT_MAX_RESULT_BYTES,
  INSERT_TIMEOUT_MS,
  insertSettings,
  querySettings,
  settingsClause,
} from './settings.ts'
import { createStatements, type Hold, type Kill } from './statement.ts'

/** The connection itself never gives up: every statement has its own clock, and a KILL behind it. */
const REQUEST_TIMEOUT_MS = 2 ** 31 - 1
/** How long a stopped statement may take to end by KILL before its connection is cut. */
const CUT_AFTER_MS = 2000
const CLOSE_WAIT_MS = 10_000
const CONNECT_TIMEOUT_MS = 10_000
/** The first version that marks an error in the middle of an answer. Older ones hold the answer back until it is whole. */
const TAGS_SINCE = [25, 11] as const

/** Statements at once on a server, where other programs work as well. */
const INTERACTIVE_AT_ONCE = 4
const HEAVY_AT_ONCE = 2

/** A ClickHouse server, over HTTP. */
export const clickhouseDriver = defineDriver({
  name: 'clickhouse',
  summary: 'A ClickHouse server or cluster, over HTTP (store.url).',
  async open(options) {
    const server = parseAddress(options.url)
    const readers = Math.max(1, options.readers)
    const connect = (database: string): ClickHouseClient => connectTo(server, options, database, readers)
    const version = await createDatabase(connect('default'), server, options)
    return createClickhouseDriver(connect(options.database), options, readers, marksExceptions(version))
  },
})

function parseAddress(url: string | undefined): URL {
  const server = url !== undefined && URL.canParse(url) ? new URL(url) : undefined
  if (server?.protocol === 'http:' || server?.protocol === 'https:') return server
  throw new GirokError('store_failed', `store.url ${JSON.stringify(url)} is not an address like http://host:8123`)
}

function connectTo(server: URL, options: DriverOptions, database: string, readers: number): ClickHouseClient {
  const isLocal = /^(localhost|127\..*|\[::1\])$/.test(server.hostname)
  try {
    return createClient({
      // Without path and account, by which the client would replace what is set here.
      url: server.origin,
      pathname: server.pathname,
      database,
      username: decodeURIComponent(server.username) || options.username,
      password: decodeURIComponent(server.password) || options.password,
      application: 'girok',
      request_timeout: REQUEST_TIMEOUT_MS,
      // Inserts, commands and KILLs come on top of the lanes.
      max_open_connections: readers + INTERACTIVE_AT_ONCE + HEAVY_AT_ONCE + 6,
      // On the same machine compression only costs.
      compression: isLocal ? {} : { request: { codec: 'gzip', level: 1 }, response: true },
      log: { level: ClickHouseLogLevel.OFF },
      clickhouse_settings: { session_timezone: 'UTC' },
    })
  } catch (error) {
    throw new GirokError('store_failed', `store.url is not usable: ${(error as Error).message}`, { cause: error })
  }
}

/** Makes the database when it is missing, and gives the server's version. Closes the client. */
async function createDatabase(client: ClickHouseClient, server: URL, options: DriverOptions): Promise<string> {
  const abort = AbortSignal.timeout(CONNECT_TIMEOUT_MS)
  const name = `\`${options.database.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
  try {
    const answer = await client.exec({ query: 'SELECT version() FORMAT TabSeparated', abort_signal: abort })
    const version = (await Buffer.concat(await answer.stream.toArray())).toString().trim()
    const known = await client.exec({
      query: `SELECT count() FROM system.databases WHERE name = ${sqlString(options.database)} FORMAT TabSeparated`,
      abort_signal: abort,
    })
    // Looked up first, because an account may have the database and no right to create one.
    if (
      Buffer.concat(await known.stream.toArray())
        .toString()
        .trim() === '0'
    ) {
      await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${name}`, abort_signal: abort })
    }
    return version
  } catch (error) {
    const cause = abort.aborted
      ? new GirokError('store_unavailable', `no answer within ${CONNECT_TIMEOUT_MS / 1000} s`)
      : toGirokError(error, 'command')
    throw new GirokError(
      cause.code,
      `the ClickHouse server at ${server.origin} cannot be used as ${server.username || options.username}: ${cause.message}. ` +
        'Check store.url, store.username and store.password.',
      { cause: error },
    )
  } finally {
    await client.close()
  }
}

function marksExceptions(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > TAGS_SINCE[0] || (major === TAGS_SINCE[0] && minor >= TAGS_SINCE[1])
}

function createClickhouseDriver(
  client: ClickHouseClient,
  { log }: DriverOptions,
  readers: number,
  canMarkExceptions: boolean,
): Driver {
  const writer = createLane('writer', slots(1))
  const command = createLane('command', slots(1))
  const lanes: Readonly<Record<LaneName, Lane<number>>> = {
    interactive: createLane('interactive', slots(INTERACTIVE_AT_ONCE)),
    query: createLane('query', slots(readers)),
    heavy: createLane('heavy', slots(HEAVY_AT_ONCE)),
  }
  const kill: Kill = async (id) => {
    const query = `KILL QUERY WHERE query_id = ${sqlString(id)} OR Settings['log_comment'] = ${sqlString(id)} ASYNC`
    await client.command({ query, abort_signal: AbortSignal.timeout(5000) })
  }
  const statements = createStatements(kill)
  let closing: Promise<void> | undefined

  async function send(
    held: Hold<number>,
    lane: LaneName,
    statement: string,
    wholeAtOnce: boolean,
  ): Promise<{ readonly body: Readable; readonly tag: string | undefined }> {
    const settings: ClickHouseSettings = {
      cancel_http_readonly_queries_on_client_close: 1,
      ...(wholeAtOnce ? { wait_end_of_query: 1 } : {}),
      ...(lane === 'heavy' ? { priority: '5', max_threads: 2 } : {}),
    }
    const { stream, response_headers } = await client.exec({
      query: statement,
      query_id: held.id,
      abort_signal: cutAfterStop(held),
      clickhouse_settings: settings,
    })
    const tag = response_headers['x-clickhouse-exception-tag']
    return { body: stream, tag: typeof tag === 'string' ? tag : undefined }
  }

  function readStatement(sql: string, format: ResultFormat, held: Hold<number>, options: QueryOptions): string {
    return `${sql}\nFORMAT ${format}\n${settingsClause(querySettings(held.id, held.remainingSeconds, options))}`
  }

  return {
    kind: 'clickhouse',

    async command(sql, options = {}) {
      const held = await statements.hold(command, { timeoutMs: options.timeoutMs ?? COMMAND_TIMEOUT_MS })
      try {
        const settings: ClickHouseSettings = { log_comment: held.id, wait_end_of_query: 1 }
        await held.during(() =>
          client.command({
            query: sql,
            query_id: held.id,
            abort_signal: cutAfterStop(held),
            clickhouse_settings: settings,
          }),
        )
      } catch (error) {
        throw toGirokError(error, 'command')
      } finally {
        held.end()
      }
    },

    async query(sql, format, options) {
      const held = await statements.hold(lanes[options.lane], options)
      const statement = readStatement(sql, format, held, { maxResultBytes: DEFAULT_MAX_RESULT_BYTES, ...options })
      try {
        return await held.during(async () => {
          const { body } = await send(held, options.lane, statement, true)
          return Buffer.concat(await body.toArray())
        })
      } catch (error) {
        throw toGirokError(error, 'query')
      } finally {
        held.end()
      }
    },

    async *stream(sql, format, options) {
      const held = await statements.hold(lanes[options.lane], options)
      const opened: { body?: Readable } = {}
      const finish = (): void => {
        const { body } = opened
        // Left before its end: the server would notice at its next write, which may be far off.
        if (body !== undefined && !body.readableEnded) held.afterwards(() => kill(held.id))
        body?.destroy()
        held.end()
      }
      held.stopped.catch(() => {
        setTimeout(finish, CUT_AFTER_MS).unref()
      })
      try {
        const statement = readStatement(sql, format, held, options)
        const { body, tag } = await held.during(() => send(held, options.lane, statement, !canMarkExceptions))
        opened.body = body
        const tail = tag === undefined ? undefined : createExceptionTail(tag)
        const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
        for (;;) {
          const next = await held.during(() => chunks.next())
          if (next.done === true) break
          const ready = tail === undefined ? next.value : tail.push(next.value)
          if (ready !== undefined) yield ready
        }
        const rest = tail?.end()
        if (rest !== undefined && rest.length > 0) yield rest
      } catch (error) {
        throw toGirokError(error, 'query')
      } finally {
        finish()
      }
    },

    async insert(table, columns, rows, options) {
      const isBlock = 'pieces' in rows
      const pieces = isBlock ? rows.pieces : [rows]
      if (pieces.every(({ length }) => length === 0)) return
      const held = await statements.hold(writer, { timeoutMs: INSERT_TIMEOUT_MS })
      try {
        await held.during(async () => {
          // Not `client.insert`: it takes no bytes in binary formats.
          const { stream } = await client.exec({
            query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT ${isBlock ? 'Native' : 'TabSeparated'}`,
            values: Readable.from(pieces, { objectMode: false }),
            query_id: held.id,
            abort_signal: cutAfterStop(held),
            clickhouse_settings: {
              ...insertSettings(held.id, options),
              async_insert: 0,
            } as ClickHouseSettings,
          })
          await finished(stream.resume())
        })
      } catch (error) {
        throw toGirokError(error, 'insert')
      } finally {
        held.end()
      }
    },

    close() {
      closing ??= closeAll()
      return closing
    },
  }

  async function closeAll(): Promise<void> {
    const open = [writer, command, ...Object.values(lanes)]
    for (const lane of open) lane.close()
    const stopping = new GirokError('store_unavailable', 'the store is stopping')
    for (const lane of Object.values(lanes)) statements.stop(lane, stopping)
    const quiet = Promise.all(open.map((lane) => lane.idle())).then(() => true)
    const late = new Promise<false>((resolve) => {
      setTimeout(() => resolve(false), CLOSE_WAIT_MS).unref()
    })
    if (!(await Promise.race([quiet, late]))) {
      log('warning', 'the ClickHouse server does not end its statements; the connections are cut')
    }
    await client.close()
  }
}

function slots(count: number): number[] {
  return Array.from({ length: count }, (_, slot) => slot)
}

/** Cuts the connection when a KILL has not ended a stopped statement: the server may be out of reach. */
function cutAfterStop(held: Hold<number>): AbortSignal {
  const cut = new AbortController()
  held.stopped.catch(() => {
    setTimeout(() => cut.abort(), CUT_AFTER_MS).unref()
  })
  return cut.signal
}
