import * as v from 'valibot'
import { POSTGRES_MEASUREMENTS } from '../database/postgres-measurements.ts'
import { connectPostgres } from '../database/postgres-session.ts'
import { defineInput } from '../model/input.ts'
import { databaseOptions, openDatabase, port } from './measuring/database.ts'

const options = v.strictObject({
  ...databaseOptions,
  port: port(5432),
  database: v.optional(v.string(), 'postgres'),
  /** Variable of the environment with the password, where there is no passwordFile. */
  passwordEnv: v.optional(v.string(), 'PGPASSWORD'),
})

export const postgres = defineInput<v.InferOutput<typeof options>>({
  name: 'postgres',
  summary: 'Load of a PostgreSQL server, as postgres_exporter names it',
  options,
  pathOptions: ['passwordFile'],
  example: `
host: 127.0.0.1
user: girok
passwordFile: /etc/girok/postgres-password
`,
  open: (given, context) => {
    const kind = { name: 'postgres', up: 'pg_up', connect: connectPostgres, measurements: POSTGRES_MEASUREMENTS }
    return openDatabase(kind, given, context)
  },
})
