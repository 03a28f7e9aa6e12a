import { describe, expect, test } from 'vitest'
import type { Fields } from '../fields.ts'
import type { LogRecord } from '../record.ts'
import { recordOf } from '../testing/record.ts'
import { textFormatter } from './text.ts'

const TIME = new Date(2026, 0, 31, 9, 5, 7, 42).getTime()

const record = (message: string, fields?: Fields, bound?: Fields): LogRecord =>
  recordOf({ timeMs: TIME, level: 30, message, fields, frames: bound && [bound] })

describe('pattern', () => {
  test('the default is that of Python', () => {
    expect(textFormatter().format(record('low disk'))).toBe('2026-01-31 09:05:07,042 - app - WARNING - low disk')
  })

  test('the cached second does not leak into others', () => {
    const formatter = textFormatter('%(asctime)s')
    const at = (ms: number) => formatter.format({ ...record(''), timeMs: TIME + ms })
    expect([at(0), at(957), at(958), at(0)]).toEqual([
      '2026-01-31 09:05:07,042',
      '2026-01-31 09:05:07,999',
      '2026-01-31 09:05:08,000',
      '2026-01-31 09:05:07,042',
    ])
  })

  test('padding, percent, numbers, places', () => {
    expect(textFormatter('[%(levelname)-9s|%(name)5s] 100%% %(message)s!').format(record('m'))).toBe(
      '[WARNING  |  app] 100% m!',
    )
    expect(textFormatter('plain').format(record('m'))).toBe('plain')
  })

  test('an unknown part is refused with the list', () => {
    expect(() => textFormatter('%(lineno)d')).toThrow(
      'unknown part %(lineno) in a log pattern; there are asctime,name,levelname,message,fields; ' +
        'textFormatter of @girok/sdk/formatters has more',
    )
    expect(() => textFormatter('%(constructor)s')).toThrow(RangeError)
  })
})

describe('fields', () => {
  const formatter = textFormatter('%(message)s')

  test('follow as key=value, quoted where needed', () => {
    expect(
      formatter.format(record('m', { b: 'two words', n: 3, o: { x: 1 }, u: undefined, e: '' }, { a: 'one' })),
    ).toBe('m a=one b="two words" n=3 o={"x":1} e=""')
  })

  test('stand where the pattern says', () => {
    expect(textFormatter('{%(fields)s} %(message)s').format(record('m', { a: 1 }))).toBe('{a=1} m')
  })

  test('errors: message in the line, stacks with causes below', () => {
    const fault = new TypeError('outer', { cause: new Error('inner') })
    const text = formatter.format(record('failed', { error: fault }))
    expect(text).toMatch(/^failed error="TypeError: outer"\n {4}TypeError: outer\n {8,}at /)
    expect(text).toMatch(/\n {4}caused by Error: inner\n/)
    fault.cause = fault
    expect(formatter.format(record('failed', { error: fault })).match(/TypeError: outer\n/g)).toHaveLength(1)
  })
})

test('fields that cannot be read do not cost the record', () => {
  const formatter = textFormatter('%(message)s')
  const throws = Object.defineProperty(new Error('x'), 'message', {
    get() {
      throw new Error('no')
    },
  })
  expect(formatter.format(record('m', { error: throws, b: 1 }))).toMatch(
    /^m error=\[threw while it was read\] b=1\n {4}\S/,
  )
  const getter = {
    get a() {
      throw new Error('no')
    },
  }
  expect(formatter.format(record('m', getter))).toBe('m fields="[threw while it was read]"')
})

test('a message cannot forge a record or reach the terminal', () => {
  const text = textFormatter('%(message)s').format(
    record('a\n2026 - root - INFO - forged\r\u001b[2J', { k: 'x\u001b[31m\u009b' }),
  )
  expect(text).toBe('a\n    2026 - root - INFO - forged\\u000d\\u001b[2J k="x\\u001b[31m\\u009b"')
})
