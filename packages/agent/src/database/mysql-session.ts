import { readFileSync } from 'node:fs'
import type { DatabaseSession, DatabaseTarget, Row } from './session.ts'

/**
 * Connects by the library `mysql2`, which is loaded here because it takes memory that most agents need not spend.
 * @throws the error of connecting, or of a library that is not installed
 */
export async function connectMysql(target: DatabaseTarget): Promise<DatabaseSession> {
  const { createConnection } = await import('mysql2/promise')
  const { tls, socketPath, timeoutMs } = target
  const connection = await createConnection({
    ...(socketPath === undefined ? { host: target.host, port: target.port } : { socketPath }),
    user: target.user,
    ...(target.password !== undefined && { password: target.password }),
    ...(target.database !== undefined && { database: target.database }),
    ...(tls && {
      ssl: { rejectUnauthorized: tls.verify, ...(tls.ca !== undefined && { ca: readFileSync(tls.ca, 'utf8') }) },
    }),
    connectTimeout: timeoutMs,
    supportBigNumbers: true,
    bigNumberStrings: true,
  })
  let broken = false
  const close = () => {
    broken = true
    connection.destroy()
  }
  connection.on('error', () => {
    broken = true
  })
  const query = async (sql: string): Promise<readonly Row[]> => {
    try {
      const [rows] = await connection.query({ sql, timeout: timeoutMs })
      return rows as Row[]
    } catch (error) {
      // Errors of the server have its SQL state; others are those of the connection and of time.
      if ((error as { sqlState?: unknown }).sqlState === undefined) close()
      throw error
    }
  }
  try {
    const [row] = await query('SELECT VERSION() AS version')
    const [, major = '0', minor = '0', patch = '0'] = /^(\d+)\.(\d+)\.(\d+)/.exec(String(row?.version)) ?? []
    return {
      version: Number(major) * 10_000 + Number(minor) * 100 + Number(patch),
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
