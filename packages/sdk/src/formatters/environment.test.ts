import { describe, expect, test } from 'vitest'
import { recordOf } from '../testing/record.ts'
import { type Environment, environmentFormatter, environmentKind, formatterOf, LOG_FORMS, logForm } from './index.ts'

describe('the form', () => {
  test.each<[Environment, string]>([
    [{}, 'text'],
    [{ DEBUG: 'True' }, 'text'],
    [{ DEBUG: 'False' }, 'json'],
    [{ DEBUG: '0' }, 'json'],
    [{ DEBUG: 'express:*' }, 'text'],
    [{ DEBUG: 'express:*', NODE_ENV: 'production' }, 'json'],
    [{ NODE_ENV: 'production' }, 'json'],
    [{ NODE_ENV: 'development', DEBUG: 'False' }, 'json'],
    [{ NODE_ENV: 'production', DEBUG: 'True' }, 'text'],
    [{ NODE_ENV: 'test' }, 'text'],
    [{ ENVIRONMENT: 'Production', NODE_ENV: 'development' }, 'json'],
    [{ ENVIRONMENT: 'eu-west', NODE_ENV: 'production' }, 'json'],
    [{ LOG_FORMAT: 'json' }, 'json'],
    [{ LOG_FORMAT: ' LogFmt ', NODE_ENV: 'production' }, 'logfmt'],
    [{ LOG_FORMAT: 'text', DEBUG: 'False' }, 'text'],
    [{ LOG_FORMAT: 'pretty' }, 'pretty'],
    [{ LOG_FORMAT: '', NODE_ENV: 'production' }, 'json'],
  ])('of %j is %s', (environment, form) => {
    expect(logForm(environment)).toBe(form)
  })

  test('an unknown one is refused with the list', () => {
    expect(() => logForm({ LOG_FORMAT: 'xml' })).toThrow('LOG_FORMAT is "xml"; use one of text, json, logfmt, pretty')
    expect(() => environmentFormatter({ LOG_FORMAT: 'xml' })).toThrow(RangeError)
  })

  test('that nothing is said can be told from development', () => {
    expect(environmentKind({})).toBeUndefined()
    expect(environmentKind({ DEBUG: 'yes' })).toBe('development')
  })
})

test('one switch: the line of development, the object of production', () => {
  const record = recordOf({
    timeMs: new Date(2024, 11, 28, 10, 30, 0, 123).getTime(),
    logger: 'api_monitor',
    message: 'API 요청 시작: POST /api/v1/code/generate',
    fields: { method: 'POST' },
  })
  expect(environmentFormatter({ DEBUG: 'True' }).format(record)).toBe(
    '2024-12-28 10:30:00,123 - api_monitor - INFO - API 요청 시작: POST /api/v1/code/generate method=POST',
  )
  expect(JSON.parse(environmentFormatter({ DEBUG: 'False' }).format(record))).toEqual({
    timestamp: new Date(record.timeMs).toISOString(),
    level: 'INFO',
    logger: 'api_monitor',
    message: 'API 요청 시작: POST /api/v1/code/generate',
    method: 'POST',
  })
})

test('the variables of the process are the default', () => {
  const before = process.env.LOG_FORMAT
  process.env.LOG_FORMAT = 'logfmt'
  try {
    expect(environmentFormatter().format(recordOf())).toMatch(/^ts=2026/)
  } finally {
    if (before === undefined) delete process.env.LOG_FORMAT
    else process.env.LOG_FORMAT = before
  }
})

test('every form has a formatter', () => {
  const texts = LOG_FORMS.map((form) => formatterOf(form).format(recordOf()))
  expect(new Set(texts).size).toBe(LOG_FORMS.length)
  for (const text of texts) expect(text).toContain('hello')
})
