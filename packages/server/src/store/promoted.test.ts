import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compilePipeline, type LogExpr, parseLogQL } from '@girok/query'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Driver } from './driver.ts'
import { FLAT_JSON, FLAT_JSON_FULL, fieldSql, NOT_JSON } from './promoted.ts'
import { openEmbeddedDriver } from './testing/embedded-driver.ts'

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
  const sql = `SELECT ${columns.join(', ')} FROM (SELECT unhex(arrayJoin([${list}])) AS line, map('', '') AS meta)`
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

let state = SEED || 1
function below(end: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * end)
}
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T

const KEYS = [
  'a',
  'a',
  'level',
  'status_code',
  'status-code',
  'user',
  '_x',
  '__error__',
  '',
  ' level',
  '1st',
  'é',
  'us\\u0065r',
]
const TEXTS = [
  '',
  'x',
  'ERROR',
  '/a/b',
  'say \\"a\\":1',
  'a\\\\',
  '"',
  '\\"',
  '\\u0041',
  '\\ud83d\\ude00',
  '\\ud83d',
  '\\ufffd',
  '\\n',
  'é',
  '日本',
  '😀',
  '\u0000',
  '\t',
  '\ufffd',
  'a\u007f',
  '{',
  '}',
  ',',
  '":',
  '\\/',
  '\\x',
  '\\u12',
  'null',
  '12',
]
const NUMBERS = [
  '0',
  '-0',
  '12',
  '1.5',
  '5e2',
  '5E+02',
  '1e-7',
  '1e999',
  '500.0',
  '01',
  '-',
  '+1',
  '.5',
  '1.',
  '0x1p4',
  '1_0',
  '9007199254740993',
  '123456789012345678',
  '1234567890123456789',
  '18446744073709551616',
  '123456789012345678901234',
  '0.1234567890123456789',
  '1e5x',
  'NaN',
  '179769313486231570000',
  '4.9e-99',
  '2.2250738585072011e-08',
]

function value(depth: number): string {
  const kind = below(20)
  if (kind < 9) return `"${pick(TEXTS)}${below(3) === 0 ? pick(TEXTS) : ''}"`
  if (kind < 15) return below(3) === 0 ? String((below(1e9) - 5e8) / 10 ** below(12)) : pick(NUMBERS)
  if (kind < 17) return pick(['true', 'false', 'null', 'True', 'nul'])
  if (kind < 19) return `[${Array.from({ length: below(3) }, () => value(depth + 1)).join(pick([',', ', ']))}]`
  return depth < 2 ? object(depth + 1) : 'null'
}

function object(depth: number): string {
  const colon = pick([':', ':', ': ', ' :', ':\t', ':\n'])
  const members = Array.from({ length: below(5) }, () => `"${pick(KEYS)}"${colon}${value(depth)}`)
  return `{${members.join(pick([',', ',', ', ', ' ,']))}}`
}

function line(): Buffer {
  const whole = object(0)
  const damage = below(40)
  if (damage === 0) return Buffer.from(whole.slice(0, below(whole.length)))
  if (damage === 1) return Buffer.from(`${whole} tail`)
  if (damage === 2) return Buffer.from(`${pick(['\ufeff', ' ', '\n', '[', 'x'])}${whole}`)
  if (damage === 3) return Buffer.from(`${whole}\n`)
  const bytes = Buffer.from(whole)
  if (damage < 6) bytes[below(bytes.length)] = pick([0xff, 0x80, 0xc0, 0xed, 0xf5, 0x22, 0x5c, 0x00])
  return bytes
}

describe('fields of flat lines', () => {
  it('are what the json stage makes of them, whatever the line', async () => {
    console.log(`seed ${SEED}`)
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
