import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Fields } from '../fields.ts'
import { jsonFormatter, textFormatter } from '../formatters/index.ts'
import { createHierarchy } from '../hierarchy.ts'
import type { LogRecord } from '../record.ts'
import { recordOf } from '../testing/record.ts'
import type { RedactAction } from './redact/action.ts'
import { redact } from './redact.ts'

const json = jsonFormatter()

function shown(processor: ReturnType<typeof redact>, fields: Fields): Record<string, unknown> {
  const { timestamp, level, logger, message, ...rest } = JSON.parse(
    json.format(processor(recordOf({ fields })) as LogRecord),
  )
  return rest
}

const M = '***masked***'

describe('redact by paths', () => {
  it.each([
    ['user.password', { user: { password: 'x', id: 1 } }, { user: { password: M, id: 1 } }],
    ['token', { token: 'x', other: 'x' }, { token: M, other: 'x' }],
    [
      'headers["set-cookie"]',
      { headers: { 'set-cookie': ['a'], etag: 'x' } },
      { headers: { 'set-cookie': M, etag: 'x' } },
    ],
    ["headers['x.y']", { headers: { 'x.y': 1 } }, { headers: { 'x.y': M } }],
    ['items[*].card', { items: [{ card: 1, n: 1 }, { card: 2 }, 3] }, { items: [{ card: M, n: 1 }, { card: M }, 3] }],
    ['items[1]', { items: ['a', 'b'] }, { items: ['a', M] }],
    [
      '*.token',
      { a: { token: 1, b: 2 }, c: { token: 3 }, token: 4 },
      { a: { token: M, b: 2 }, c: { token: M }, token: 4 },
    ],
    ['a.*.c', { a: { x: { c: 1 }, y: { d: 2 } } }, { a: { x: { c: M }, y: { d: 2 } } }],
    ['a', { a: { deep: 'x' } }, { a: M }],
    ['m.token', { m: new Map([['token', 'x']]) }, { m: { token: M } }],
    ['s[*].t', { s: new Set([{ t: 1 }, { t: 2 }]) }, { s: [{ t: M }, { t: M }] }],
    ['v.secret', { v: { toJSON: () => ({ secret: 1, n: 2 }) } }, { v: { secret: M, n: 2 } }],
    ['a.b', { a: { b: undefined, c: 1 } }, { a: { c: 1 } }],
    ['a.b', { a: { b: null } }, { a: { b: M } }],
    ['a.b', { a: null }, { a: null }],
    ['a.b', { a: 'text' }, { a: 'text' }],
    ['constructor.name', { a: 1 }, { a: 1 }],
    ['constructor', { a: 1 }, { a: 1 }],
    ['user.toString', { user: {}, a: { toString: 1 } }, { user: {}, a: { toString: 1 } }],
    ['user.toString', { user: { toString: 's' } }, { user: { toString: M } }],
    ['__proto__.x', JSON.parse('{"__proto__":{"x":"s","y":1}}'), JSON.parse(`{"__proto__":{"x":"${M}","y":1}}`)],
  ])('%s', (path, fields, expected) => {
    expect(JSON.stringify(shown(redact({ paths: [path] }), fields as Fields))).toBe(JSON.stringify(expected))
  })

  it('joins what named parts and wildcards say', () => {
    const processor = redact({ paths: ['*.token', 'user.password', 'user.*.pin'] })
    const fields = { user: { token: 1, password: 2, card: { pin: 3 } }, app: { token: 4, password: 5 } }
    expect(shown(processor, fields)).toEqual({
      user: { token: M, password: M, card: { pin: M } },
      app: { token: M, password: 5 },
    })
  })

  it('gives back the very record, and the very parts, that hold nothing', () => {
    const processor = redact({ paths: ['user.password'] })
    const without = recordOf({ fields: { user: { id: 1 }, a: 1 }, frames: [{ b: 1 }] })
    expect(processor(without)).toBe(without)
    const other = { big: 1 }
    const record = recordOf({ fields: { user: { password: 'x', other }, other } })
    const { fields } = processor(record) as LogRecord
    expect(fields?.other).toBe(other)
    expect((fields as { user: Fields }).user.other).toBe(other)
    expect(record.fields).toEqual({ user: { password: 'x', other }, other })
  })

  it('does not show through a circle what the path hides', () => {
    const user: Record<string, unknown> = { password: 'hunter22', name: 'kim' }
    user.self = user
    user.friends = [{ of: user }]
    expect(shown(redact({ paths: ['user.password'] }), { user })).toEqual({
      user: { password: M, name: 'kim', self: '[circular]', friends: [{ of: '[circular]' }] },
    })
  })

  it.each(['a..b', '', '**', 'a.**', '.a', 'a.', 'a[', 'a[x]', 'a*', 'a[0]b'])('refuses %j', (path) => {
    expect(() => redact({ paths: [path] })).toThrow(RangeError)
  })
})

describe('redact by keys', () => {
  const processor = redact({ keys: ['api_key', 'password', /^x-secret-\d+$/] })

  it('finds them at any depth, in any spelling', () => {
    const fields = {
      apiKey: 1,
      'API-Key': 2,
      'x-secret-7': 3,
      'x-secret-x': 4,
      list: [[{ Password: 'x' }]],
      map: new Map<string, unknown>([
        ['PASSWORD', 1],
        ['set', new Set([{ password: 2 }])],
      ]),
      password_count: 3,
    }
    expect(shown(processor, fields)).toEqual({
      apiKey: M,
      'API-Key': M,
      'x-secret-7': M,
      'x-secret-x': 4,
      list: [[{ Password: M }]],
      map: { PASSWORD: M, set: [{ password: M }] },
      password_count: 3,
    })
  })

  it('knows by its presets what ends with password or secret, and not what only begins so', () => {
    const names = ['user_password', 'DB_PASSWORD', 'rootPasswd', 'client-secret', 'pass_word', 'password_confirmation']
    const other = ['password_policy', 'secretary', 'token_count', 'page_token']
    const fields = Object.fromEntries([...names, ...other].map((name) => [name, 'x']))
    const left = Object.entries(shown(redact(), fields)).filter(([, value]) => value === 'x')
    expect(left.map(([name]) => name)).toEqual(other)
  })

  it('takes exactKeys literally, and leaves out what is excluded', () => {
    expect(shown(redact({ keys: ['token'], exactKeys: true }), { token: 1, Token: 2 })).toEqual({ token: M, Token: 2 })
    const excluding = redact({ keys: [/token/], exclude: ['usage.token_count', /^tokens$/] })
    expect(shown(excluding, { usage: { token_count: 3, token: 'x' }, tokens: 5, a_token: 'x' })).toEqual({
      usage: { token_count: 3, token: M },
      tokens: 5,
      a_token: M,
    })
  })

  it('keeps an expression with a state from missing every other name', () => {
    const sticky = redact({ keys: [/token/g] })
    const fields = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`token${index}`, 'x']))
    expect(new Set(Object.values(shown(sticky, fields)))).toEqual(new Set([M]))
  })

  it('reads members of errors, and of their causes', () => {
    const cause = Object.assign(new Error('inner'), { password: 'hunter22' })
    const error = Object.assign(new TypeError('outer', { cause }), {
      config: { headers: { authorization: 'Bearer q' } },
    })
    const all = redact({ keys: ['authorization', 'password'] })
    const { fields } = all(recordOf({ fields: { error } })) as LogRecord
    const copy = fields?.error as TypeError & { config: unknown }
    expect(copy).toBeInstanceOf(TypeError)
    expect([copy.message, copy.stack, copy.config]).toEqual(['outer', error.stack, { headers: { authorization: M } }])
    expect((copy.cause as { password: string }).password).toBe(M)
    expect(error.config.headers.authorization).toBe('Bearer q')
    expect(shown(all, { error })).toMatchObject({ error: { type: 'TypeError', cause: { message: 'inner' } } })
  })

  it('hides the message of an error in its stack too', () => {
    const error = new Error('the pin is 4711')
    const { error: seen } = shown(redact({ paths: ['error.message'] }), { error }) as { error: { stack: string } }
    expect(seen.stack).toMatch(/^Error: \*\*\*masked\*\*\*\n {4}at /)
  })

  it('reads errors of another realm', () => {
    const error = runInNewContext('new Error("mail kim@example.com")')
    const text = JSON.stringify(shown(redact({ patterns: ['email'] }), { error }))
    expect(text).not.toContain('kim@example.com')
    expect(text).toContain(M)
  })
})

describe('redact anywhere', () => {
  it('reads message, frames and names of fields', () => {
    const record = recordOf({
      message: 'kim@example.com came',
      fields: { 'kim@example.com': 1, 'lee@example.com': 2 },
      frames: [{ token: 'a' }, { plain: 1 }, { by: 'lee@example.com' }],
    })
    const text = json.format(redact()(record) as LogRecord)
    expect(JSON.parse(text)).toMatchObject({
      message: `${M} came`,
      [M]: 1,
      [`${M} 2`]: 2,
      token: M,
      plain: 1,
      by: M,
    })
  })

  it('maps a frame once and leaves the clean ones as they are', () => {
    const processor = redact({ keys: ['token'] })
    const one = recordOf({ frames: [{ plain: 1 }, { token: 'a' }] })
    const first = processor(one) as LogRecord
    const second = processor({ ...one, message: 'other' }) as LogRecord
    expect(second.frame).toBe(first.frame)
    expect(first.frame?.outer).toBe(one.frame?.outer)
  })

  it('keeps what comes from bound loggers, contexts and defaults from the handlers', () => {
    const lines: string[] = []
    const { root, getLogger } = createHierarchy({ defaults: { password: 'default-secret' } })
    root.setLevel('INFO').setProcessors([redact()])
    root.addHandler({ name: 'lines', level: 0, handle: (record) => void lines.push(json.format(record)) })
    getLogger('app')
      .with({ api_key: 'bound-secret' })
      .error(new Error('login of kim@example.com', { cause: 'token=cause-secret' }))
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toMatch(/-secret|kim@/)
  })

  it('reads numbers, symbols, functions, getters and class instances', () => {
    class Customer {
      readonly card = 4111111111111111
      readonly big = 4111111111111111n
      readonly symbol = Symbol('kim@example.com')
      get hidden() {
        return 'kim@example.com'
      }
    }
    const lazy = Object.defineProperty({}, 'mail', { enumerable: true, get: () => 'kim@example.com' })
    const fields = { customer: new Customer(), lazy, call: { 'kim@example.com'() {} }['kim@example.com'] }
    expect(shown(redact(), fields)).toEqual({
      customer: { card: M, big: M, symbol: `Symbol(${M})` },
      lazy: { mail: M },
      call: `[function ${M}]`,
    })
  })

  it('does not throw and shows nothing when values do', () => {
    const fields = {
      token: 'x',
      getter: Object.defineProperty({ a: 1 }, 'bad', {
        enumerable: true,
        get() {
          throw new Error('mail kim@example.com')
        },
      }),
      json: {
        toJSON() {
          throw new Error('no')
        },
      },
      proxy: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('kim@example.com')
          },
        },
      ),
    }
    expect(shown(redact(), fields)).toEqual({
      token: M,
      getter: { a: 1, bad: `[threw mail ${M}]` },
      json: '[threw no]',
      proxy: `[threw ${M}]`,
    })
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('secret')
        },
      },
    )
    expect(shown(redact(), hostile)).toEqual({ fields: M })
  })

  it('masks what an action of your own fails on', () => {
    const processor = redact({
      keys: ['token'],
      patterns: ['email'],
      action: () => {
        throw new Error('no')
      },
    })
    expect(shown(processor, { token: 'x', by: 'kim@example.com!' })).toEqual({ token: M, by: `${M}!` })
  })

  it('shows nothing of a long chain of causes', () => {
    let error = new Error('last: kim@example.com')
    for (let index = 0; index < 20; index++) error = new Error(`step ${index}`, { cause: error })
    const record = redact({ patterns: ['email'] })(recordOf({ fields: { error } })) as LogRecord
    expect(`${json.format(record)}${textFormatter().format(record)}`).not.toContain('kim@')
  })
})

describe('actions', () => {
  const fields = { token: 'abcdefgh1234', short: 'kim@example.com', list: ['kim@example.com', 1], password: { a: 1 } }
  const of = (action: RedactAction, more = {}) =>
    shown(redact({ keys: ['token', 'password'], patterns: ['email'], action, ...more }), fields)

  it('partial keeps the last four of longer texts', () => {
    expect(of('partial')).toEqual({ token: `${M}1234`, short: `${M}.com`, list: [`${M}.com`, 1], password: M })
    expect(shown(redact({ keys: ['pin'], action: 'partial' }), { pin: '12345678901' })).toEqual({ pin: M })
  })

  it('remove leaves out', () => {
    expect(of('remove')).toEqual({ short: '', list: ['', 1] })
    expect(shown(redact({ paths: ['list[0]'], action: 'remove' }), { list: ['a', 'b'] })).toEqual({ list: ['b'] })
  })

  it('hash is the same for the same value and key alone', () => {
    const one = of('hash', { key: 'k' })
    expect(one.short).toMatch(/^hmac:[0-9a-f]{16}$/)
    expect([one.short, 1]).toEqual(one.list)
    expect(of('hash', { key: 'k' })).toEqual(one)
    expect(of('hash', { key: 'other' }).short).not.toBe(one.short)
    // RFC 4231, test case 2.
    const known = redact({ keys: ['x'], action: 'hash', key: 'Jefe' })
    expect(shown(known, { x: 'what do ya want for nothing?' })).toEqual({ x: 'hmac:5bdcc146bf60754e' })
    expect(() => redact({ action: 'hash' })).toThrow(/needs a key/)
  })

  it('takes a function and another mask', () => {
    expect(of((value, foundBy) => `<${foundBy} ${typeof value}>`)).toEqual({
      token: '<token string>',
      short: '<email string>',
      list: ['<email string>', 1],
      password: '<password object>',
    })
    expect(of('mask', { mask: '[x]' })).toMatchObject({ token: '[x]' })
    expect(() => of('blur' as never)).toThrow(TypeError)
  })

  it('refuses to look for nothing', () => {
    expect(() => redact({ paths: [] })).toThrow(/name paths, keys or patterns/)
    expect(() => redact({ keys: 'password' as never })).toThrow('redact: keys must be a list, and is "password"')
    expect(() => redact({ pattern: ['email'] } as never)).toThrow(
      'redact: no option pattern, use paths, keys, patterns',
    )
  })
})
