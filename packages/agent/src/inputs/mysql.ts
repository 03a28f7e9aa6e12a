import * as v from 'valibot'
import { MYSQL_MEASUREMENTS } from '../database/mysql-measurements.ts'
import { connectMysql } from '../database/mysql-session.ts'
import { defineInput } from '../model/input.ts'
import { databaseOptions, openDatabase, port } from './measuring/database.ts'

const options = v.strictObject({
  ...databaseOptions,
  port: port(3306),
  /** A Unix socket instead of host and port. */
  socketPath: v.optional(v.string()),
  /** Variable of the environment with the password, where there is no passwordFile. */
  passwordEnv: v.optional(v.string(), 'MYSQL_PWD'),
})

export const mysql = defineInput<v.InferOutput<typeof options>>({
  name: 'mysql',
  summary: 'Load of a MySQL or MariaDB server, as mysqld_exporter names it',
  options,
  pathOptions: ['passwordFile', 'socketPath'],
  example: `
host: 127.0.0.1
user: girok
passwordFile: /etc/girok/mysql-password
`,
  open: (given, context) => {
    const kind = { name: 'mysql', up: 'mysql_up', connect: connectMysql, measurements: MYSQL_MEASUREMENTS }
    return openDatabase(kind, given, context)
  },
})
