import { expect, test } from 'vitest'
import { detectFields, queryableValue } from './detected-fields.ts'
import type { ResultEntry } from './engine.ts'
import type { Run } from './run/runs.ts'

const RUN = { breathe: () => undefined } as unknown as Run

function entry(line: string, more: { metadata?: Record<string, string>; parsed?: Record<string, string> } = {}) {
  return {
    timeNs: 1n,
    line,
    stream: new Map([['app', 'shop']]),
    metadata: new Map(Object.entries(more.metadata ?? {})),
    parsed: new Map(Object.entries(more.parsed ?? {})),
  } satisfies ResultEntry
}

async function detect(entries: ResultEntry[], limit = 100) {
  const fields = await detectFields(entries, limit, RUN)
  return Object.fromEntries(fields.map(({ name, values, ...rest }) => [name, { ...rest, values: [...values] }]))
}

test('fields of JSON have a type and the path on which they stand', async () => {
  const fields = await detect([
    entry('{"app":"x","a-b":1,"user":{"id":7,"tags":["t"]},"ok":true,"took":"5ms","size":"41KB","f":1.5,"s":"text"}'),
    entry('{"app":"y","a-b":2,"user":{"id":8},"ok":false,"took":"1h2m","size":"2 MiB","f":2,"s":"1"}'),
  ])
  expect(fields).toEqual({
    app_extracted: { type: 'string', parsers: ['json'], jsonPath: ['app'], values: ['x', 'y'] },
    a_b: { type: 'int', parsers: ['json'], jsonPath: ['a-b'], values: ['1', '2'] },
    user_id: { type: 'int', parsers: ['json'], jsonPath: ['user', 'id'], values: ['7', '8'] },
    ok: { type: 'boolean', parsers: ['json'], jsonPath: ['ok'], values: ['true', 'false'] },
    took: { type: 'duration', parsers: ['json'], jsonPath: ['took'], values: ['5ms', '1h2m'] },
    size: { type: 'bytes', parsers: ['json'], jsonPath: ['size'], values: ['41KB', '2 MiB'] },
    f: { type: 'float', parsers: ['json'], jsonPath: ['f'], values: ['1.5', '2'] },
    s: { type: 'string', parsers: ['json'], jsonPath: ['s'], values: ['text', '1'] },
  })
})

test('logfmt comes after JSON, metadata has no parser, and the labels that the query parsed count too', async () => {
  const fields = await detect([
    entry('level=warn msg="low funds"', { metadata: { trace: 't1' }, parsed: { level: 'warn', own: '1' } }),
    entry('{"level":"info"}', { metadata: { trace: 't2' }, parsed: { __error__: 'LogfmtParserErr' } }),
    entry('nothing to see'),
    entry('{"level": broken'),
  ])
  expect(fields).toEqual({
    level: { type: 'string', parsers: ['logfmt', 'json'], jsonPath: ['level'], values: ['warn', 'info'] },
    msg: { type: 'string', parsers: ['logfmt'], values: ['low funds'] },
    own: { type: 'int', parsers: [], values: ['1'] },
    trace: { type: 'string', parsers: [], values: ['t1', 't2'] },
  })
})

test('no more fields than asked for, the first that appear', async () => {
  const fields = await detect([entry('{"b":1,"a":2,"c":3}', { metadata: { z: '1' } }), entry('{"d":1}')], 2)
  expect(Object.keys(fields)).toEqual(['b', 'z'])
})

test('sizes become what a query can compare with; nothing else changes', () => {
  expect(['41KB', '1000B', '9B', '1.5 MiB', '12345678b', '5m', '7', 'x KB'].map(queryableValue)).toEqual([
    '41kB',
    '1.0kB',
    '9B',
    '1.6MB',
    '12MB',
    '5m',
    '7',
    'x KB',
  ])
})
