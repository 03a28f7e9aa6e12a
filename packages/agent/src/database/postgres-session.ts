import { readFileSync } from 'node:fs'
import type { DatabaseSession, DatabaseTarget, Row } from './session.ts'

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
  let broken = false
  const close = () => {
    broken = true
    // The answer to a server that is gone never comes; nobody waits for it.
    client.end().catch(() => undefined)
  }
  client.on('error', () => {
    broken = true
  })
  client.on('end', () => {
    broken = true
  })
  const query = async (sql: string): Promise<readonly Row[]> => {
    try {
      return (await client.query<Row>(sql)).rows
    } catch (error) {
      // Without a code it is not the server that speaks: the connection was lost, or the query not answered in time.
      if (!/^[0-9A-Z]{5}$/.test(String((error as { code?: unknown }).code))) close()
      throw error
    }
  }
  try {
    await client.connect()
    const [row] = await query("SELECT current_setting('server_version_num')::int AS version")
    return {
      version: Number(row?.version),
      query,
      get broken() {
        return broken
      },
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}
