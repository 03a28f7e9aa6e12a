import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RecordBatch } from '../model/batch.ts'
import { untilDone } from './delete.ts'
import type { Driver } from './driver.ts'
import { RowEncoder } from './encode.ts'
import { migrate } from './migrate.ts'
import { FLAT_JSON, lineField, ROW_KIND, rowKindSql } from './promoted.ts'
import { LOGS, LOGS_COLUMNS, MIGRATIONS } from './schema.ts'
import { type FieldKinds, promotedField, type StoredField, syncFields } from './stored-fields.ts'
import { openEmbeddedDriver } from './testing/embedded-driver.ts'
import { jsonLines } from './testing/json-lines.ts'
import { packNasty } from './testing/nasty-batch.ts'

const SEED = Number(process.env.GIROK_TEST_SEED ?? Date.now() % 1_000_000)
const KINDS: FieldKinds = { a: 'text', level: 'text', status_code: 'number', user: 'text', _x: 'number' }

const CONTEXT = { engine: 'chdb', durability: 'fast' } as const

let dataDir: string
let driver: Driver

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'girok-fields-'))
  driver = await openEmbeddedDriver(dataDir)
  await migrate(driver, MIGRATIONS, CONTEXT)
})
afterEach(async () => {
  await driver.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function ask(sql: string): Promise<string[][]> {
  const answer = await driver.query(sql, 'TabSeparated', { lane: 'query', timeoutMs: 60_000 })
  return answer
    .toString()
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.split('\t'))
}

function pack(lines: readonly Buffer[], second: number): RecordBatch {
  const records = lines.map((line, nano) => ({
    stream: 0,
    second,
    nano,
    level: 0,
    line: line.toString(),
    metadata: undefined,
  }))
  return packNasty(records, false)
}

function unknownSql(name: string): string {
  const { unknown } = promotedField({ name, kind: 'text', column: `text_${name}` })
  return unknown as string
}

let tokens = 0
async function store(lines: readonly Buffer[], fields: readonly StoredField[], second: number): Promise<void> {
  const batch = pack(lines, second)
  const { block } = new RowEncoder(fields).encode([{ batch, batchId: 0n }])
  const columns = [...LOGS_COLUMNS, ROW_KIND, ...fields.map(({ column }) => column)]
  await driver.insert(LOGS, columns, block, { token: `t${tokens++}` })
}

/** The same rows as an older Girok would have stored them. */
async function storePlain(lines: readonly Buffer[], second: number): Promise<void> {
  const { block } = new RowEncoder([]).encode([{ batch: pack(lines, second), batchId: 0n }])
  // Columns that are not named are not taken from the block.
  await driver.insert(LOGS, LOGS_COLUMNS, block, { token: `t${tokens++}` })
}

function validLines(count: number): Buffer[] {
  const line = jsonLines(SEED)
  const lines: Buffer[] = []
  while (lines.length < count) {
    const next = line()
    if (Buffer.from(next.toString()).equals(next)) lines.push(next)
  }
  return lines
}

describe('stored fields', () => {
  it('hold what the expressions over the line give, whoever works them out', async () => {
    console.log(`seed ${SEED}`)
    const lines = validLines(4000)
    await storePlain(lines, 2_000_000)
    await driver.command(`ALTER TABLE ${LOGS} UPDATE ${ROW_KIND} = ${rowKindSql()} WHERE ${ROW_KIND} = 0`)
    const fields = await syncFields(driver, KINDS)
    await store(lines, fields, 1_000_000)
    await untilDone(driver)
    const columns = [ROW_KIND, ...fields.map(({ column }) => column)].map((column) => `toString(${column})`).join(', ')
    const half = (second: number) =>
      ask(`SELECT hex(line), ${columns} FROM ${LOGS} WHERE toUnixTimestamp(ts) = ${second} ORDER BY ts`)
    const [written, computed] = [await half(1_000_000), await half(2_000_000)]
    expect(written).toHaveLength(lines.length)
    written.forEach((row, i) => {
      expect(row, `seed ${SEED}: ${lines[i]?.toString()}`).toEqual(computed[i])
    })
    const differs = fields.map((field) => {
      const [stored, read] = [promotedField(field), lineField(field.name)]
      const same = `(${stored.text} = ${read.text} AND ((${stored.number}) <=> (${read.number})))`
      return `${FLAT_JSON} AND NOT ${same}`
    })
    const [counts] = await ask(
      `SELECT countIf(${FLAT_JSON}), ${differs.map((sql) => `countIf(${sql})`).join(', ')} FROM ${LOGS}`,
    )
    expect(Number(counts?.[0])).toBeGreaterThan(400)
    expect(counts?.slice(1), `seed ${SEED}`).toEqual(fields.map(() => '0'))
  })

  it('may come and go between starts, and answer for lines stored before', async () => {
    const lines = ['{"user":"u","n":1.5}', '{"user":"12","n":"3"}', '{"user":12}', 'plain'].map((text) =>
      Buffer.from(text),
    )
    const read = async (fields: readonly StoredField[]) => {
      const cells = fields.map(promotedField).flatMap(({ text, number }) => [text, `ifNull(toString(${number}), '-')`])
      return await ask(`SELECT ${cells.join(', ')} FROM ${LOGS} ORDER BY ts`)
    }
    await store(lines, await syncFields(driver, {}), 1_000)
    const first = await syncFields(driver, { user: 'text' })
    await store(lines, first, 2_000)
    const expected = [
      ['u', '-'],
      ['12', '-'],
      ['12', '12'],
      ['', '-'],
    ]
    await untilDone(driver)
    expect(await read(first)).toEqual([...expected, ...expected])
    const second = await syncFields(driver, { n: 'number', user: 'number' })
    await store(lines, second, 3_000)
    const wanted = [
      ['1.5', '1.5', 'u', '-'],
      ['3', '-', '12', '-'],
      ['', '-', '12', '12'],
    ]
    await untilDone(driver)
    const rows = await read(second)
    for (const from of [0, 4, 8]) expect(rows.slice(from, from + 3)).toEqual(wanted)
    const names = await ask(
      `SELECT name FROM system.columns WHERE table = '${LOGS}' AND match(name, '^(text|number)_')`,
    )
    expect(names.flat().sort()).toEqual(['number_n', 'number_user'])
  })

  it('are told to be unknown in rows stored before, until they are filled in', async () => {
    await store([Buffer.from('{"user":"\\"","n":1}')], await syncFields(driver, { user: 'text', n: 'number' }), 1_000)
    const [known] = await ask(`SELECT ${unknownSql('user')}, isFinite(number_n) FROM ${LOGS}`)
    expect(known).toEqual(['0', '1'])
    await storePlain([Buffer.from('{"user":"u","n":1}')], 2_000)
    const [, unknown] = await ask(`SELECT ${unknownSql('user')}, isFinite(number_n) FROM ${LOGS} ORDER BY ts`)
    expect(unknown).toEqual(['1', '0'])
  })

  it('are read from rows of the first layout, and needles are found in them, merged or not', async () => {
    const old = mkdtempSync(join(tmpdir(), 'girok-fields-'))
    await driver.close()
    try {
      driver = await openEmbeddedDriver(old)
      await migrate(driver, MIGRATIONS.slice(0, 1), CONTEXT)
      const lines = ['{"user":"u","n":1.5,"id":"req_77abcdef"}', 'plain req_77abcdef', '{"user":{}}'].map((text) =>
        Buffer.from(text),
      )
      await storePlain(lines, 1_000)
      await migrate(driver, MIGRATIONS, CONTEXT)
      const fields = await syncFields(driver, { user: 'text', n: 'number' })
      await store(lines, fields, 2_000)
      await untilDone(driver)
      const columns = [ROW_KIND, ...fields.map(({ column }) => column)].join(', ')
      const found = "position(line, '77abcd') > 0 AND indexHint(lower(line) LIKE '%77abcd%')"
      const look = async () => {
        const rows = await ask(`SELECT ${columns} FROM ${LOGS} ORDER BY ts`)
        expect(rows.slice(0, 3)).toEqual(rows.slice(3))
        expect(rows.slice(3)).toEqual([
          ['1', '1.5', 'u'],
          ['3', 'nan', ''],
          ['4', 'nan', ''],
        ])
        expect(await ask(`SELECT count() FROM ${LOGS} WHERE ${found}`)).toEqual([['4']])
      }
      await look()
      await driver.command(`OPTIMIZE TABLE ${LOGS} FINAL`)
      await look()
    } finally {
      rmSync(old, { recursive: true, force: true })
    }
  })
})
