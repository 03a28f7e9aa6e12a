/** The inputs postgres and mysql against the servers of Debian, beside the exporters whose names they use. */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { parse } from 'valibot'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type GatheringContext, gatheringContext } from '../packages/agent/src/inputs/testing/context.ts'
import type { Input, InputKind } from '../packages/agent/src/model/input.ts'
import { startMariadb, startPostgres, type TestDatabase } from './databases.ts'
import { type Exposition, exposition } from './exposition.ts'
import { ROOT, temporaryFolder } from './server.ts'
import { freePort } from './sockets.ts'

const WAIT = { timeout: 20_000, interval: 100 }
const PASSWORD = 'a pass; word=1'
const folder = temporaryFolder()
const passwordFile = join(folder, 'password')
writeFileSync(passwordFile, `${PASSWORD}\n`)

async function open(name: string, options: object): Promise<{ input: Input; context: GatheringContext }> {
  const built = (await import(join(ROOT, `packages/agent/dist/inputs/${name}.js`))) as Record<string, InputKind>
  const kind = built[name] as InputKind
  const context = gatheringContext()
  const input = kind.open(parse(kind.options, { interval: '1s', timeout: '3s', ...options }), context)
  input.start()
  return { input, context }
}

/** An exporter of Debian, until the tests of its server are over. */
async function startExporter(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  stop: ChildProcess[],
) {
  const port = await freePort()
  const child = spawn(command, [`--web.listen-address=127.0.0.1:${port}`, ...args], {
    stdio: 'ignore',
    env: { ...process.env, ...env },
  })
  stop.push(child)
  const url = `http://127.0.0.1:${port}/metrics`
  await vi.waitFor(async () => expect((await fetch(url)).ok).toBe(true), WAIT)
  return url
}

/** Names and labels of the exporter, by metric: what of ours is not among them, and ours of another type. */
function strangers(
  { context }: { context: GatheringContext },
  theirs: Exposition,
): { names: string[]; types: string[] } {
  const names = [...context.series('job', 'instance').keys()].filter((name) => !theirs.values.has(name))
  const types = context.descriptions
    .filter(({ metric, type }) => theirs.types.has(metric) && theirs.types.get(metric) !== type)
    .map(({ metric, type }) => `${metric}: ${type}, not ${theirs.types.get(metric)}`)
  return { names, types }
}

describe('postgres', () => {
  let server: TestDatabase
  const exporters: ChildProcess[] = []
  const connect = async (database = 'postgres') => {
    const client = new pg.Client({ host: server.socket, port: server.port, user: 'postgres', database })
    await client.connect()
    return client
  }

  beforeAll(async () => {
    server = await startPostgres()
    await vi.waitFor(async () => {
      const client = await connect()
      await client.query(`CREATE ROLE watcher LOGIN PASSWORD '${PASSWORD}'`)
      await client.query('GRANT pg_monitor TO watcher')
      await client.end()
    }, WAIT)
  })
  afterAll(async () => {
    for (const exporter of exporters) exporter.kill()
    await server.dispose()
  })

  const options = () => ({ port: server.port, user: 'watcher', passwordFile })

  test('has the series of postgres_exporter, with their types', async () => {
    const url = await startExporter(
      'prometheus-postgres-exporter',
      [],
      { DATA_SOURCE_NAME: `host=${server.socket} port=${server.port} user=postgres sslmode=disable` },
      exporters,
    )
    const ours = await open('postgres', options())
    await vi.waitFor(() => expect(ours.context.rounds.length).toBeGreaterThan(0), WAIT)
    await ours.input.stop()
    expect(ours.context.said).toEqual([])
    const theirs = await exposition(url, /server="[^"]*",?/)
    const { names, types } = strangers(ours, theirs)
    expect(types).toEqual([])
    // Debian's exporter is older than these, tells of its own connection, and of locks only where there is one.
    const known = /^pg_(replication_|postmaster_|static|stat_activity_|locks_count|stat_database_stats_reset)/
    expect(names.filter((name) => !known.test(name))).toEqual([])
    const series = ours.context.series('job', 'instance')
    expect(series.get('pg_up')).toBe(1)
    expect(series.get('pg_settings_max_connections')).toBe(100)
    expect(series.get('pg_settings_shared_buffers_bytes')).toBe(theirs.values.get('pg_settings_shared_buffers_bytes'))
    expect(series.get('pg_database_size_bytes{datname="postgres"}')).toBeGreaterThan(1e6)
    expect(series.get('pg_replication_is_replica')).toBe(0)
  })

  test('counts what happens in the server', async () => {
    const client = await connect()
    await client.query('CREATE DATABASE shop')
    const [shop, waiting] = [await connect('shop'), await connect('shop')]
    await shop.query('CREATE TABLE orders AS SELECT generate_series(1, 1000) AS id')
    await shop.query('ROLLBACK; BEGIN; DELETE FROM orders WHERE id > 900; ROLLBACK')
    await waiting.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE')
    // A backend tells what it did when it is idle, or ends.
    await shop.end()
    const { input, context } = await open('postgres', { ...options(), host: server.socket, instance: 'shop-1' })
    const of = (name: string) => context.series('job', 'instance').get(name)
    await vi.waitFor(() => expect(of('pg_locks_count{datname="shop",mode="accessexclusivelock"}')).toBe(1), WAIT)
    expect(of('pg_stat_activity_count{datname="shop",state="idle in transaction"}')).toBe(1)
    expect(of('pg_stat_activity_count{datname="shop",state="active"}')).toBe(0)
    const database = [...context.series('job', 'instance')].filter(([name]) => name.includes('datname="shop"'))
    const named = new Map(database.map(([name, value]) => [name.replace(/\{.*/, ''), value]))
    // Rows of its own catalogue are counted, too.
    expect(named.get('pg_stat_database_tup_inserted')).toBeGreaterThanOrEqual(1000)
    expect(named.get('pg_stat_database_tup_inserted')).toBeLessThan(1200)
    expect(named.get('pg_stat_database_tup_deleted')).toBeGreaterThanOrEqual(100)
    expect(named.get('pg_stat_database_xact_rollback')).toBeGreaterThanOrEqual(1)
    expect(context.rounds.at(-1)?.[0]?.labels.get('instance')).toBe('shop-1')

    await waiting.end()
    await client.query('DROP DATABASE shop')
    const rounds = context.rounds.length
    await vi.waitFor(() => {
      const gone = context.rounds.slice(rounds).flat()
      expect(gone.some(({ labels, stale }) => stale && labels.get('datname') === 'shop')).toBe(true)
    }, WAIT)
    await client.end()
    await input.stop()
  })

  test('a server that ends is down, and measured again when it is back', async () => {
    const { input, context } = await open('postgres', options())
    await vi.waitFor(() => expect(context.series().size).toBeGreaterThan(50), WAIT)
    await server.stop()
    await vi.waitFor(() => expect(context.series('job', 'instance').get('pg_up')).toBe(0), WAIT)
    expect(context.series().size).toBe(1)
    expect(input.status()[0]).toMatchObject({ state: 'failing', error: expect.stringMatching(/cannot be reached/) })
    server.start()
    await vi.waitFor(() => expect(context.series().size).toBeGreaterThan(50), WAIT)
    await input.stop()
    expect(context.said.at(-1)?.message).toMatch(/works again/)
  })

  test('a wrong password is told without it; rights that are missing cost only what needs them', async () => {
    writeFileSync(join(folder, 'wrong'), 'wrong-secret')
    const wrong = await open('postgres', { ...options(), passwordFile: join(folder, 'wrong') })
    await vi.waitFor(() => expect(wrong.input.status()[0]?.error).toMatch(/password authentication failed/), WAIT)
    await wrong.input.stop()
    expect(JSON.stringify([wrong.input.status(), wrong.context.said])).not.toContain('wrong-secret')

    const client = await connect()
    await client.query(`CREATE ROLE stranger LOGIN PASSWORD '${PASSWORD}'`)
    await client.query('REVOKE CONNECT ON DATABASE template1 FROM PUBLIC')
    await client.end()
    const stranger = await open('postgres', { ...options(), user: 'stranger' })
    await vi.waitFor(() => expect(stranger.context.series().size).toBeGreaterThan(50), WAIT)
    await stranger.input.stop()
    const sizes = [...stranger.context.series('job', 'instance').keys()].filter((name) => /size_bytes/.test(name))
    expect(sizes.filter((name) => name.includes('database'))).toEqual(['pg_database_size_bytes{datname="postgres"}'])
    const missing = await open('postgres', { ...options(), passwordFile: join(folder, 'nowhere') })
    await vi.waitFor(() => expect(missing.input.status()[0]?.error).toMatch(/ENOENT.*nowhere/), WAIT)
    await missing.input.stop()
  })
})

describe('mysql', () => {
  let server: TestDatabase
  const exporters: ChildProcess[] = []
  const connect = (user = 'root') => createConnection({ socketPath: server.socket, user })
  const options = () => ({ port: server.port, user: 'watcher', passwordFile })

  beforeAll(async () => {
    server = await startMariadb()
    await vi.waitFor(async () => {
      const client = await connect()
      await client.query(`CREATE USER IF NOT EXISTS watcher@'%' IDENTIFIED BY '${PASSWORD}'`)
      await client.query("CREATE USER IF NOT EXISTS exporter@'%' IDENTIFIED BY 'simple'")
      await client.query("GRANT PROCESS, REPLICATION CLIENT, SLAVE MONITOR ON *.* TO watcher@'%', exporter@'%'")
      await client.end()
    }, WAIT)
  })
  afterAll(async () => {
    for (const exporter of exporters) exporter.kill()
    await server.dispose()
  })

  test('has the series of mysqld_exporter, with their types and values', async () => {
    const file = join(folder, 'my.cnf')
    writeFileSync(file, `[client]\nuser=exporter\npassword=simple\nhost=127.0.0.1\nport=${server.port}\n`)
    const url = await startExporter('prometheus-mysqld-exporter', [`--config.my-cnf=${file}`], {}, exporters)
    const ours = await open('mysql', options())
    await vi.waitFor(() => expect(ours.context.rounds.length).toBeGreaterThan(0), WAIT)
    await ours.input.stop()
    expect(ours.context.said).toEqual([])
    const theirs = await exposition(url)
    expect(strangers(ours, theirs)).toEqual({ names: [], types: [] })
    const series = ours.context.series('job', 'instance')
    expect(series.size).toBeGreaterThan(400)
    for (const name of ['mysql_up', 'mysql_global_variables_max_connections', 'mysql_global_status_innodb_page_size']) {
      expect([name, series.get(name)]).toEqual([name, theirs.values.get(name)])
    }
    expect(series.get('mysql_global_status_threads_connected')).toBeGreaterThanOrEqual(1)
  })

  test('counts what happens in the server; one that ends is down, and measured again when it is back', async () => {
    const { input, context } = await open('mysql', { user: 'watcher', passwordFile, socketPath: server.socket })
    const of = (name: string) => context.series('job', 'instance').get(name)
    const inserts = 'mysql_global_status_commands_total{command="insert"}'
    await vi.waitFor(() => expect(of(inserts)).toBe(0), WAIT)
    const client = await connect()
    await client.query('CREATE DATABASE shop')
    await client.query('CREATE TABLE shop.orders (id INT)')
    for (let i = 0; i < 7; i++) await client.query('INSERT INTO shop.orders VALUES (?)', [i])
    await client.end()
    await vi.waitFor(() => expect(of(inserts)).toBe(7), WAIT)
    expect(of('mysql_global_status_handlers_total{handler="write"}')).toBeGreaterThanOrEqual(7)
    await server.stop()
    await vi.waitFor(() => expect(of('mysql_up')).toBe(0), WAIT)
    expect(input.status()[0]?.state).toBe('failing')
    server.start()
    await vi.waitFor(() => expect(of('mysql_up')).toBe(1), WAIT)
    await input.stop()
  })

  test('a wrong password is told without it', async () => {
    const { input, context } = await open('mysql', { ...options(), passwordFile: join(folder, 'wrong') })
    writeFileSync(join(folder, 'wrong'), 'wrong-secret')
    await vi.waitFor(() => expect(input.status()[0]?.error).toMatch(/Access denied/), WAIT)
    await input.stop()
    expect(JSON.stringify([input.status(), context.said])).not.toContain('wrong-secret')
  })
})
