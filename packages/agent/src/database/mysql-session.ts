import { readFileSync } from 'node:fs'
import { type DatabaseSession, type DatabaseTarget, openSession, type Row } from './session.ts'

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
  let lost = () => {}
  connection.on('error', () => lost())
  const opened = await openSession(
    {
      ask: async (sql) => (await connection.query({ sql, timeout: timeoutMs }))[0] as Row[],
      refused: (error) => (error as { sqlState?: unknown }).sqlState !== undefined,
      close: () => connection.destroy(),
    },
    async (ask) => {
      const version = String((await ask('SELECT VERSION() AS version'))[0]?.version)
      const [, major = '0', minor = '0', patch = '0'] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []
      return Number(major) * 10_000 + Number(minor) * 100 + Number(patch)
    },
  )
  lost = opened.lost
  return opened.session
}
