import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compilePipeline, type LogExpr, parseLogQL } from '@girok/query'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Driver } from './driver.ts'
import { FLAT_JSON, FLAT_JSON_FULL, fieldSql, NOT_JSON, ROW_KIND, rowKindSql } from './promoted.ts'
import { openEmbeddedDriver } from './testing/embedded-driver.ts'
import { jsonLines } from './testing/json-lines.ts'

const SEED = Number(process.env.GIROK_TEST_SEED ?? Date.now() % 1_000_000)
const NAMES = ['a', 'level', 'status_code', '_x', 'user']

let dataDir: string
let driver: Driver

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'girok-promoted-'))
  driver = await openEmbeddedDriver(dataDir)
})
afterAll(async () => {
  await driver.close()
  rmSync(dataDir, { recursive: true, force: true })
})

interface FromSql {
  readonly flat: boolean
  readonly full: boolean
  readonly notJson: boolean
  readonly texts: readonly string[]
  readonly numbers: readonly (number | undefined)[]
}

/** What SQL says of each line; lines travel as hexadecimal digits, so that any byte may stand in them. */
async function askSql(lines: readonly Buffer[]): Promise<FromSql[]> {
  const fields = NAMES.map((name) => fieldSql(name) ?? { text: '', number: '' })
  const columns = [
    FLAT_JSON,
    FLAT_JSON_FULL,
    NOT_JSON,
    ...fields.map(({ text }) => `hex(${text})`),
    ...fields.map(({ number }) => `hex(reinterpretAsUInt64(ifNull(${number}, nan)))`),
  ]
  const list = lines.map((line) => `'${line.toString('hex')}'`).join(',')
  const rows = `SELECT unhex(arrayJoin([${list}])) AS line, map('a', 'b') AS meta`
  const sql = `SELECT ${columns.join(', ')} FROM (SELECT *, ${rowKindSql()} AS ${ROW_KIND} FROM (${rows}))`
  const answer = await driver.query(sql, 'TabSeparated', { lane: 'query', timeoutMs: 60_000 })
  return answer
    .toString('latin1')
    .trimEnd()
    .split('\n')
    .map((row) => {
      const cells = row.split('\t')
      return {
        flat: cells[0] === '1',
        full: cells[1] === '1',
        notJson: cells[2] === '1',
        texts: cells.slice(3, 3 + NAMES.length).map((hex) => Buffer.from(hex, 'hex').toString('utf8')),
        numbers: cells.slice(3 + NAMES.length).map((hex) => {
          const value = Buffer.from(hex.padStart(16, '0'), 'hex').readDoubleBE()
          return Number.isNaN(value) ? undefined : value
        }),
      }
    })
}

const json = compilePipeline(parseLogQL('{a="b"} | json') as LogExpr)

function labelsOf(line: Buffer): ReadonlyMap<string, string> {
  const entry = json.process({ timeNs: 0n, stream: new Map(), metadata: [], line: line.toString('utf8') })
  return entry?.parsed ?? new Map()
}

/** Holds what SQL says of the lines against the json stage; answers how many were flat. */
async function compare(lines: readonly Buffer[]): Promise<number> {
  const answers = await askSql(lines)
  let flat = 0
  lines.forEach((line, i) => {
    const sql = answers[i] as FromSql
    const labels = labelsOf(line)
    const context = `seed ${SEED}: ${line.toString('latin1')}`
    expect(sql.notJson, context).toBe(
      labels.get('__error__') === 'JSONParserErr' && !/^[ \t\r\n]*\{/.test(line.toString('latin1')),
    )
    if (!sql.flat) return
    flat++
    expect(labels.has('__error__'), context).toBe(false)
    expect(sql.texts, context).toEqual(NAMES.map((name) => labels.get(name) ?? ''))
    if (sql.full) expect([...labels.values()], context).not.toContain('')
    NAMES.forEach((name, n) => {
      const number = sql.numbers[n]
      if (number === undefined) return
      const text = labels.get(name) as string
      expect(number, context).toBe(Number(text))
      expect(Object.is(number, Number(text)), context).toBe(true)
    })
  })
  return flat
}

describe('fields of flat lines', () => {
  it('are what the json stage makes of them, whatever the line', async () => {
    console.log(`seed ${SEED}`)
    const line = jsonLines(SEED)
    let flat = 0
    for (let round = 0; round < 10; round++) flat += await compare(Array.from({ length: 700 }, line))
    expect(flat).toBeGreaterThan(700)
  })

  it('covers what programs write', async () => {
    const lines = [
      '{}',
      '{"level":"INFO","a":1.5,"user":null,"status_code":500}',
      '{"level": "INFO", "a": [1, "x"], "user": "u\\u00e9"}',
      '{"a":null,"a":2}',
      '{"a":[1],"a":"\\u0041"}',
      '{"a":"","user":"x"}',
      '{"user":"\ud83d\ude00","a":-0}',
    ]
    expect(await compare(lines.map((text) => Buffer.from(text)))).toBe(lines.length)
  })

  it('leaves to the evaluator what is odd', async () => {
    const lines = [
      '{"a":{"b":1}}',
      '{"a.b":1}',
      '{"a":1} x',
      ' {"a":1}',
      '{"a":"\ufffd"}',
      '{"a":1,}',
      'plain',
      '',
      '[1]',
    ]
    expect(await compare(lines.map((text) => Buffer.from(text)))).toBe(0)
  })

  it('knows no name that keys of flat lines cannot have', () => {
    for (const name of ['', '1a', 'a-b', 'é', '__error__', "a'"]) expect(fieldSql(name)).toBeUndefined()
  })
})
