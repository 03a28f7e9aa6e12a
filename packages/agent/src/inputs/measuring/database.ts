import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import type { DatabaseSession, DatabaseTarget, Measurement } from '../../database/session.ts'
import type { Input, InputContext } from '../../model/input.ts'
import { family, type Readings } from '../../model/readings.ts'
import { duration } from '../../model/units.ts'
import { Health } from './health.ts'
import { readingsOf, writeRound } from './measured.ts'
import { Rounds } from './rounds.ts'

/** Options of every kind of database. */
export const databaseOptions = {
  interval: duration('15s', 1000),
  timeout: duration('5s', 100),
  host: v.optional(v.string(), '127.0.0.1'),
  user: v.string(),
  /** A file with the password and nothing else; read at each connection, so that it may change. */
  passwordFile: v.optional(v.string()),
  tls: v.optional(
    v.union([v.boolean(), v.strictObject({ ca: v.optional(v.string()), verify: v.optional(v.boolean(), true) })]),
    false,
  ),
  /** Label `instance`; else host and port, or the socket. */
  instance: v.optional(v.string()),
}

export const port = (usual: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)), usual)

interface Given {
  readonly interval: number
  readonly timeout: number
  readonly host: string
  readonly port: number
  readonly socketPath?: string | undefined
  readonly user: string
  readonly passwordFile?: string | undefined
  readonly passwordEnv: string
  readonly database?: string | undefined
  readonly tls: boolean | { readonly ca?: string | undefined; readonly verify: boolean }
  readonly instance?: string | undefined
}

export interface DatabaseKind {
  /** `postgres`: also the label `job`. */
  readonly name: string
  /** Of the metric that tells whether the server answers: `pg_up`. */
  readonly up: string
  readonly connect: (target: DatabaseTarget) => Promise<DatabaseSession>
  readonly measurements: readonly Measurement[]
}

export function openDatabase(kind: DatabaseKind, given: Given, context: InputContext): Input {
  const where = given.socketPath ?? (given.host.startsWith('/') ? given.host : `${given.host}:${given.port}`)
  const health = new Health(`${kind.name} ${where}`, context)
  const readings = readingsOf(context, kind.name, given.instance ?? where)
  const up = family('gauge', kind.up, '1 when the server answers.')
  let session: DatabaseSession | undefined
  let secret: string | undefined

  async function connected(): Promise<DatabaseSession> {
    if (session !== undefined && !session.broken) return session
    secret = passwordOf(given)
    session = await kind.connect(targetOf(given, secret))
    return session
  }

  /** In words, and never with the password in them. */
  function wordsOf(error: unknown): string {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_MODULE_NOT_FOUND') return `its client library is not installed: ${message}`
    // A name with several addresses fails with all of their errors together, and no message.
    const { errors } = error as { errors?: readonly Error[] }
    const words = message || errors?.map((one) => one.message).join('; ') || String(code ?? error)
    return secret ? words.replaceAll(secret, '***') : words
  }

  const rounds = new Rounds(given.interval, async () => {
    const timeMs = context.now()
    try {
      const open = await connected()
      const fault = await measureAll(kind.measurements, open, readings, wordsOf)
      readings.set(up, open.broken ? 0 : 1)
      if (fault === undefined) health.works()
      else health.fails(fault)
    } catch (error) {
      readings.set(up, 0)
      health.fails(`cannot be reached: ${wordsOf(error)}`)
    }
    health.add(writeRound(context, readings, timeMs))
  })
  return {
    start: () => rounds.start(),
    stop: async () => {
      await rounds.stop()
      session?.close()
    },
    status: () => [health.status()],
  }
}

/** Asks everything that is asked, also after a query that fails (a right that is missing); what failed first. */
async function measureAll(
  measurements: readonly Measurement[],
  session: DatabaseSession,
  readings: Readings,
  wordsOf: (error: unknown) => string,
): Promise<string | undefined> {
  let fault: string | undefined
  for (const { name, sql, read } of measurements) {
    const text = sql(session.version)
    if (text === undefined || session.broken) continue
    try {
      read(await session.query(text), readings)
    } catch (error) {
      fault ??= `${name} cannot be read: ${wordsOf(error)}`
    }
  }
  return fault
}

/** @throws the error of reading the file */
function passwordOf({ passwordFile, passwordEnv }: Given): string | undefined {
  if (passwordFile === undefined) return process.env[passwordEnv]
  return readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, '')
}

function targetOf(given: Given, password: string | undefined): DatabaseTarget {
  const { tls } = given
  return {
    host: given.host,
    port: given.port,
    socketPath: given.socketPath,
    user: given.user,
    password,
    database: given.database,
    tls:
      tls === false ? undefined : tls === true ? { ca: undefined, verify: true } : { ca: tls.ca, verify: tls.verify },
    timeoutMs: given.timeout,
  }
}
