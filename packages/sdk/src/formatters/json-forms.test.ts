import { describe, expect, test } from 'vitest'
import { recordOf } from '../testing/record.ts'
import { jsonFormatter } from './json.ts'

const at = (text: string) => new Date(text).getTime()

describe('the forms of the founding documents', () => {
  test('training: seconds, no logger', () => {
    const formatter = jsonFormatter({ time: 'iso-seconds', names: { logger: false } })
    const fields = { epoch: 1, step: 100, loss: 0.234, learning_rate: 0.0001, gpu_memory_used: 14_336 }
    expect(formatter.format(recordOf({ timeMs: at('2025-12-20T12:00:00Z'), message: 'training_step', fields }))).toBe(
      '{"timestamp":"2025-12-20T12:00:00Z","level":"INFO","message":"training_step","epoch":1,"step":100,"loss":0.234,"learning_rate":0.0001,"gpu_memory_used":14336}',
    )
  })

  test('a nested copy of the context, then the fields of the call, time without zone, the exception apart', () => {
    const formatter = jsonFormatter({
      time: 'iso-no-zone',
      names: { logger: false },
      contextKey: 'context',
      exceptionKey: 'exception',
    })
    const error = new RangeError('no budget')
    error.stack = 'RangeError: no budget\n    at spend'
    const record = recordOf({
      level: 40,
      message: 'failed',
      frames: [{ user_id: 'u1' }],
      fields: { error, ad_id: 'a' },
    })
    expect(formatter.format(record)).toBe(
      '{"timestamp":"2026-01-31T08:05:07.042000","level":"ERROR","message":"failed","context":{"user_id":"u1"},"ad_id":"a","exception":{"type":"RangeError","message":"no budget","traceback":"RangeError: no budget\\n    at spend"}}',
    )
    expect(JSON.parse(formatter.format(recordOf())).context).toEqual({})
  })

  test('everything under context: defaults, stack, call, exception', () => {
    const formatter = jsonFormatter({ contextKey: 'context', nest: 'all', exceptionKey: 'exception' })
    const frames = [{ service: 'campaign_manager', x: 1 }, { x: 2 }]
    const exception = Object.assign(new Error('e'), { stack: 's' })
    expect(JSON.parse(formatter.format(recordOf({ frames, fields: { x: 3, message: 'kept', exception } })))).toEqual({
      timestamp: '2026-01-31T08:05:07.042Z',
      level: 'INFO',
      logger: 'app',
      message: 'hello',
      context: {
        service: 'campaign_manager',
        x: 3,
        message: 'kept',
        exception: { type: 'Error', message: 'e', traceback: 's' },
      },
    })
  })

  test('production: local time, module, function, line of the caller, other scripts readable', () => {
    const formatter = jsonFormatter({ time: 'iso-local', source: true })
    const record = recordOf({
      timeMs: new Date(2024, 11, 28, 10, 30, 0, 123).getTime(),
      logger: 'api_monitor',
      message: 'API 요청 시작: POST /api/v1/code/generate',
      source: {
        path: '/x/code_generation.py',
        file: 'code_generation.py',
        module: 'code_generation',
        function: 'generate_code',
        line: 42,
      },
      fields: { service: 'hapa-backend', 名前: '値', line: 'kept' },
    })
    expect(formatter.format(record)).toBe(
      '{"timestamp":"2024-12-28T10:30:00.123000","level":"INFO","logger":"api_monitor","message":"API 요청 시작: POST /api/v1/code/generate","module":"code_generation","function":"generate_code","line":42,"service":"hapa-backend","名前":"値","line_":"kept"}',
    )
    expect(formatter.needsSource).toBeTypeOf('function')
  })
})

describe('options', () => {
  test('epoch, names, lower case', () => {
    const formatter = jsonFormatter({ time: 'epoch', levelCase: 'lower', names: { timestamp: '@t', message: 'event' } })
    expect(formatter.format(recordOf({ timeMs: 5, fields: { message: 'free', event: 'taken' } }))).toBe(
      '{"@t":5,"level":"info","logger":"app","event":"hello","message":"free","event_":"taken"}',
    )
  })

  test('without options it is one formatter for all', () => {
    expect(jsonFormatter()).toBe(jsonFormatter({}))
    expect(jsonFormatter({ time: 'iso' })).not.toBe(jsonFormatter())
  })

  test('a name of the record that is taken gets more _ until it is free', () => {
    const fields = { message: 1, message_: 2, message__: 3 }
    const expected = { message: 'hello', message_: 2, message__: 3, message___: 1 }
    expect(JSON.parse(jsonFormatter().format(recordOf({ fields })))).toMatchObject(expected)
    const { message_, ...others } = fields
    expect(JSON.parse(jsonFormatter().format(recordOf({ frames: [{ message_ }], fields: others })))).toMatchObject(
      expected,
    )
  })

  test('the exception is the field of that name before error; the other stays what it is', () => {
    const formatter = jsonFormatter({ exceptionKey: 'exception' })
    const both = { error: new Error('one'), exception: new Error('two') }
    expect(JSON.parse(formatter.format(recordOf({ fields: both })))).toMatchObject({
      error: { message: 'one', stack: expect.any(String) },
      exception: { message: 'two', traceback: expect.any(String) },
    })
    expect(JSON.parse(formatter.format(recordOf({ fields: { error: 'text', exception: 'text' } })))).toMatchObject({
      error: 'text',
      exception_: 'text',
    })
  })

  test('what cannot be met is refused', () => {
    expect(() => jsonFormatter({ time: 'unix' as never })).toThrow(
      'jsonFormatter: time is "unix", use one of iso, iso-seconds, iso-no-zone, iso-local, epoch',
    )
    expect(() => jsonFormatter({ nest: 'none' as never })).toThrow(RangeError)
    expect(() => jsonFormatter({ names: { level: 'message' } })).toThrow('two parts of a record are named "message"')
  })
})
