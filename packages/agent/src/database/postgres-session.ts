import { readFileSync } from 'node:fs'
import { type DatabaseSession, type DatabaseTarget, openSession, type Row } from './session.ts'

/**
 * Connects by the library `pg`, which is loaded here because it takes memory that most agents need not spend.
 * @throws the error of connecting, or of a library that is not installed
 */
export async function connectPostgres(target: DatabaseTarget): Promise<DatabaseSession> {
  const { default: Client } = await import('pg/lib/client.js')
  const { tls, timeoutMs } = target
  const client = new Client({
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password ?? '',
    database: target.database ?? 'postgres',
    application_name: 'girok-agent',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    statement_timeout: timeoutMs,
    ...(tls && {
      ssl: { rejectUnauthorized: tls.verify, ...(tls.ca !== undefined && { ca: readFileSync(tls.ca, 'utf8') }) },
    }),
  })
  let lost = () => {}
  // Without a listener the loss of a connection would end the agent.
  client.on('error', () => lost())
  client.on('end', () => lost())
  const close = () => {
    // The answer to a server that is gone never comes; nobody waits for it.
    client.end().catch(() => undefined)
  }
  try {
    await client.connect()
  } catch (error) {
    close()
    throw error
  }
  const opened = await openSession(
    {
      ask: async (sql) => (await client.query<Row>(sql)).rows,
      refused: (error) => /^[0-9A-Z]{5}$/.test(String((error as { code?: unknown }).code)),
      close,
    },
    async (ask) => Number((await ask("SELECT current_setting('server_version_num')::int AS version"))[0]?.version),
  )
  lost = opened.lost
  return opened.session
}
