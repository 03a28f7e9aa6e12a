import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GirokError } from '../../model/errors.ts'
import type { Driver, Lane as LaneName, ResultFormat } from '../driver.ts'
import { sqlString } from '../literal.ts'
import { blockBytes, type NativeBlock } from '../native-block.ts'
import { BlockFile } from './block-file.ts'
import {
  type ChdbMemory,
  CONFIG_CHECK_SQL,
  checkConfig,
  configXml,
  roleComment,
  type SessionRole,
  sessionArguments,
} from './chdb-config.ts'
import { type ChdbLibrary, type ChdbSession, inZone, loadChdb } from './chdb-library.ts'
import { type DriverOptions, defineDriver } from './definition.ts'
import { toGirokError } from './engine-error.ts'
import { createLane, type Lane } from './lane.ts'
import {
  COMMAND_TIMEOUT_MS,
  DEFAULT_MAX_RESULT_BYTES,
  INSERT_TIMEOUT_MS,
  insertSettings,
  querySettings,
  type Settings,
  settingsClause,
} from './settings.ts'
import { createStatements } from './statement.ts'

/** How long `close` waits for inserts and commands that are running, before it gives up on them. */
const CLOSE_WAIT_MS = 10_000

/** Rows per chunk of a stream, at most: a chunk of long lines must still fit the memory limit. */
const STREAM_BLOCK_ROWS = 8192

/** Rows of fewer bytes than this are read sooner than looked up: the index of a part is 32 KiB at least. */
const INDEXED_BYTES = 2 ** 19

/** The engine in this process: chDB. */
export const chdbDriver = defineDriver({
  name: 'chdb',
  summary: 'ClickHouse’s engine inside the process (chDB); nothing to install or run.',
  async open(options) {
    const library = await loadChdb()
    const sessions = openSessions(library, options)
    try {
      const check = await sessions.control.queryAsync(CONFIG_CHECK_SQL, { format: 'TabSeparated' })
      checkConfig(Buffer.from(check.bytes()).toString(), options)
      warnOfSmallThreadPool(sessions.all.length, options)
    } catch (error) {
      for (const session of sessions.all) session.close()
      throw toGirokError(error, 'command')
    }
    return createChdbDriver(library, sessions, options)
  },
})

interface Sessions {
  readonly control: ChdbSession
  readonly writer: ChdbSession
  readonly command: ChdbSession
  readonly lanes: Readonly<Record<LaneName, readonly ChdbSession[]>>
  readonly all: readonly ChdbSession[]
}

function openSessions(library: ChdbLibrary, options: DriverOptions): Sessions {
  const storeDir = join(options.dataDir, 'store')
  const configFile = join(options.dataDir, 'engine.xml')
  const memory: ChdbMemory = options
  try {
    mkdirSync(storeDir, { recursive: true, mode: 0o700 })
    writeFileSync(configFile, configXml(memory), { mode: 0o600 })
    chmodSync(configFile, 0o600)
  } catch (error) {
    throw toGirokError(error, 'command')
  }

  const all: ChdbSession[] = []
  const open = (role: SessionRole): ChdbSession => {
    // The configuration file counts with the first session only, which starts the engine.
    const first = all.length === 0 ? [`--config-file=${configFile}`] : []
    const session = new library.Session(storeDir, { connectionArgs: [...first, ...sessionArguments(role, memory)] })
    all.push(session)
    return session
  }
  try {
    return inZone('UTC', () => ({
      control: open('control'),
      writer: open('writer'),
      command: open('command'),
      lanes: {
        interactive: [open('interactive')],
        query: Array.from({ length: Math.max(1, options.readers) }, () => open('query')),
        heavy: [open('heavy')],
      },
      all,
    }))
  } catch (error) {
    for (const session of all) session.close()
    throw new GirokError(
      'store_failed',
      `the store in ${storeDir} cannot be opened: ${error instanceof Error ? error.message : String(error)}. Either ` +
        'another program has it open, or its files are damaged; the lines on stderr above say which.',
      { cause: error },
    )
  }
}

/** Every operation under way holds a thread of libuv's pool, and file access and name look-ups need some as well. */
function warnOfSmallThreadPool(sessions: number, { log }: DriverOptions): void {
  const size = Number(process.env.UV_THREADPOOL_SIZE ?? 4)
  if (size >= sessions + 4) return
  log('warning', 'too few threads for the storage engine: queries may hold up one another and writes', {
    UV_THREADPOOL_SIZE: size,
    needed: sessions + 4,
    hint: 'set UV_THREADPOOL_SIZE in the environment before node starts',
  })
}

function createChdbDriver(library: ChdbLibrary, sessions: Sessions, { log, dataDir }: DriverOptions): Driver {
  const blockFile = new BlockFile(join(dataDir, 'store'))
  const control = createLane('control', [sessions.control])
  const writer = createLane('writer', [sessions.writer])
  const command = createLane('command', [sessions.command])
  const lanes: Readonly<Record<LaneName, Lane<ChdbSession>>> = {
    interactive: createLane('interactive', sessions.lanes.interactive),
    query: createLane('query', sessions.lanes.query),
    heavy: createLane('heavy', sessions.lanes.heavy),
  }
  const statements = createStatements(async (id) => {
    const session = await control.acquire({ deadlineMs: Date.now() + 60_000 })
    try {
      // SYNC would wait for ever: the entry of a statement stays in the list until its session's next statement.
      await session.queryAsync(`KILL QUERY WHERE Settings['log_comment'] = ${sqlString(id)} ASYNC`, { format: 'Null' })
    } finally {
      control.release(session)
    }
  })
  let closing: Promise<void> | undefined

  return {
    kind: 'chdb',

    async command(sql, options = {}) {
      // A command's text cannot carry settings everywhere, so it is known by the comment of its session.
      const id = roleComment('command')
      const held = await statements.hold(command, { timeoutMs: options.timeoutMs ?? COMMAND_TIMEOUT_MS, id })
      try {
        await held.during(() => held.worker.queryAsync(sql, { format: 'Null' }))
      } catch (error) {
        throw toGirokError(error, 'command')
      } finally {
        held.end()
      }
    },

    async query(sql, format, options) {
      const held = await statements.hold(lanes[options.lane], options)
      try {
        const limited = { maxResultBytes: DEFAULT_MAX_RESULT_BYTES, ...options }
        const statement = readStatement(sql, format, querySettings(held.id, held.remainingSeconds, limited))
        const result = await held.during(() => held.worker.queryAsync(statement, { format }))
        return asBuffer(result.bytes())
      } catch (error) {
        throw toGirokError(error, 'query')
      } finally {
        held.end()
      }
    },

    async *stream(sql, format, options) {
      const held = await statements.hold(lanes[options.lane], options)
      let chunks: AsyncIterator<{ raw(): Uint8Array }> | undefined
      const finish = (): void => {
        const last = chunks
        if (last?.return !== undefined) held.afterwards(async () => last.return?.())
        held.end()
      }
      // Someone who stops reading without saying so must not keep the session: the time limit ends the stream for them.
      held.stopped.catch(finish)
      try {
        const settings = {
          ...querySettings(held.id, held.remainingSeconds, options),
          max_block_size: STREAM_BLOCK_ROWS,
        }
        const iterator = held.worker
          .queryStream(readStatement(sql, format, settings), { format })
          [Symbol.asyncIterator]()
        chunks = iterator
        for (;;) {
          const next = await held.during(() => iterator.next())
          if (next.done === true) return
          yield asBuffer(next.value.raw())
        }
      } catch (error) {
        throw toGirokError(error, 'query')
      } finally {
        finish()
      }
    },

    async insert(table, columns, rows, options) {
      const bytes = 'pieces' in rows ? blockBytes(rows) : rows.length
      if (bytes === 0) return
      const held = await statements.hold(writer, { timeoutMs: INSERT_TIMEOUT_MS })
      try {
        const settings = {
          ...insertSettings(held.id, options),
          // Merges build the index of lines anew; until then the few rows of small parts are read instead.
          materialize_skip_indexes_on_insert: bytes >= INDEXED_BYTES ? 1 : 0,
        }
        if ('pieces' in rows) {
          const path = await blockFile.fill(rows.pieces)
          const sql = insertSql(table, columns, rows, path, settings)
          await held.during(() => held.worker.queryAsync(sql, { format: 'Null' }))
          await blockFile.empty()
        } else {
          const insert = { table, columns, values: rows, format: 'TabSeparated', settings } as const
          await held.during(() => held.worker.insert(insert))
        }
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

  /** Those under way, which no KILL reaches, are broken off as well; they are begun again after the next start. */
  async function stopMerges(): Promise<void> {
    try {
      const session = await control.acquire({ deadlineMs: Date.now() + CLOSE_WAIT_MS })
      await session.queryAsync('SYSTEM STOP MERGES', { format: 'Null' }).finally(() => control.release(session))
    } catch (error) {
      log('warning', 'merges could not be stopped; the end waits for them', { error: String(error) })
    }
  }

  async function closeAll(): Promise<void> {
    const readers = Object.values(lanes)
    const open = [writer, command, ...readers]
    for (const lane of open) lane.close()
    const stopping = new GirokError('store_unavailable', 'the store is stopping')
    for (const lane of readers) statements.stop(lane, stopping)
    await stopMerges()
    const quiet = Promise.all(open.map((lane) => lane.idle())).then(() => true)
    if (!(await Promise.race([quiet, wait(CLOSE_WAIT_MS)]))) {
      for (const lane of open) statements.stop(lane, stopping)
      if (!(await Promise.race([quiet, wait(CLOSE_WAIT_MS)]))) {
        log('error', 'the storage engine does not stop its work; its files are left as after a crash')
        return
      }
    }
    control.close()
    await control.idle()
    await library.drainPending()
    for (const session of sessions.all) session.close()
    await library.drainPending()
    await blockFile.close()
  }
}

/** The statement with its format and settings. On a new line, lest a comment at the end swallow them. */
function readStatement(sql: string, format: ResultFormat, settings: Settings): string {
  return `${sql}\nFORMAT ${format}\n${settingsClause(settings)}`
}

/** An insert of a block that stands in a file. */
function insertSql(
  table: string,
  columns: readonly string[],
  block: NativeBlock,
  path: string,
  settings: Settings,
): string {
  const names = columns.join(', ')
  const all = {
    ...settings,
    // Nothing of the block waits for more of its kind, and nothing is divided.
    min_insert_block_size_rows: 1,
    min_insert_block_size_bytes: 0,
    // A file that is mapped into memory must not shrink.
    storage_file_read_method: 'pread',
  }
  return (
    `INSERT INTO ${table} (${names}) ${settingsClause(all)} ` +
    `SELECT ${names} FROM file(${sqlString(path)}, 'Native', ${sqlString(block.structure)})`
  )
}

/** Without copying. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function wait(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref()
  })
}
