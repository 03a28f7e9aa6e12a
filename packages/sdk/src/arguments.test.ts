import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'
import { withContext } from './context.ts'
import { createTestHierarchy } from './testing.ts'

const fault = new TypeError('no answer')
const template = (parts: TemplateStringsArray, ...values: unknown[]) => readArguments([parts, ...values])

test.each<[string, unknown[], string, unknown]>([
  ['message', ['m'], 'm', undefined],
  ['message and fields', ['m', { a: 1 }], 'm', { a: 1 }],
  ['message and error', ['m', fault], 'm', { error: fault }],
  ['fields with a message', [{ message: 'm', a: 1 }], 'm', { a: 1 }],
  ['fields without one', [{ a: 1 }], '', { a: 1 }],
  ['fields whose message is no text', [{ message: 5 }], '', { message: 5 }],
  ['error', [fault], 'no answer', { error: fault }],
  ['error and fields', [fault, { a: 1 }], 'no answer', { error: fault, a: 1 }],
  ['fields and message, as pino', [{ a: 1 }, 'm'], 'm', { a: 1 }],
  ['error and message, as pino', [fault, 'm'], 'm', { error: fault }],
  ['lazy message', [() => 'm'], 'm', undefined],
  ['lazy fields', ['m', () => ({ a: 1 })], 'm', { a: 1 }],
  ['lazy pair', [() => ['m', { a: 1 }]], 'm', { a: 1 }],
  ['lazy error', [() => fault], 'no answer', { error: fault }],
  [
    'lazy that throws',
    [
      () => {
        throw fault
      },
    ],
    'no answer',
    { error: fault },
  ],
  ['a value where fields belong', ['m', 42], 'm', { extra: 42 }],
  ['a list where fields belong', ['m', [1, 2]], 'm', { extra: [1, 2] }],
  ['no message at all', [undefined], 'undefined', undefined],
  ['a number for a message', [42], '42', undefined],
])('%s', (_name, args, message, fields) => {
  expect(readArguments(args)).toEqual({ message, fields })
})

test('templates show values as people read them', () => {
  const ring: Record<string, unknown> = {}
  ring.self = ring
  expect(template`order ${7} of ${{ id: 1 }}: ${fault}, ${null}, ${Symbol('s')}, ${ring}`.message).toBe(
    'order 7 of {"id":1}: no answer, null, Symbol(s), [object Object]',
  )
})

test('what was given is not changed', () => {
  const fields = Object.freeze({ message: 'm', a: 1 })
  readArguments([fields, { b: 2 }])
  expect(fields).toEqual({ message: 'm', a: 1 })
})

test('values of interfaces and classes are fields, what hides its content is none', () => {
  interface Order {
    order: number
  }
  class Basket {
    readonly items = 3
    total(): number {
      return this.items
    }
  }
  const order: Order = { order: 7 }
  const { getLogger, logs } = createTestHierarchy()
  const log = getLogger('shop')
  log.info('placed', order)
  log.info(order, 'placed')
  log.with(order).info('placed', new Basket())
  withContext(order, () => log.info('placed'))
  log.info('placed', () => order)
  expect(logs.records.map(({ fields }) => fields)).toEqual([
    { order: 7 },
    { order: 7 },
    { order: 7, items: 3 },
    { order: 7 },
    { order: 7 },
  ])
  // @ts-expect-error a list has no names for its values
  log.debug('m', [1])
  // @ts-expect-error neither has a map
  log.debug('m', new Map())
  // @ts-expect-error neither has a date
  log.debug('m', new Date(0))
  // @ts-expect-error an await is missing
  log.debug('m', Promise.resolve(order))
  // @ts-expect-error messages are texts
  log.debug(1)
  // @ts-expect-error a bound logger has fields, not a text
  log.with('request')
})
