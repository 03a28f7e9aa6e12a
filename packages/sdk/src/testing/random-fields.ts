import type { Random } from './random.ts'

const NAMES = [
  'id',
  'user',
  'card',
  'path',
  'ü',
  'a"b',
  'line\nend',
  '',
  '__proto__',
  'constructor',
  '0',
  'x_',
  '\ud83d\ude00',
]
const RECORD_NAMES = ['message', 'message_', 'message__', 'level', 'logger_', 'timestamp']
const TEXTS = [
  '',
  'plain',
  'quote " here',
  'back\\slash',
  'two\nlines',
  '\u0000\u001f',
  '한국어 日本語',
  '\ud83d\ude00',
  '\u2028',
]

/** Values that JSON has. */
export function jsonable(random: Random, depth = 1): unknown {
  switch (random.whole(depth > 0 ? 8 : 6)) {
    case 0:
      return random.whole(1_000)
    case 1:
      return random.share() * 10 ** (random.whole(40) - 20)
    case 2:
      return random.share() < 0.5
    case 3:
      return null
    case 4:
      return `${random.pick(TEXTS)}${random.whole(100)}`
    case 5:
      return random.pick(TEXTS)
    case 6:
      return Array.from({ length: random.whole(4) }, () => jsonable(random, depth - 1))
    default:
      return fieldsOf(random, (below) => jsonable(below, depth - 1))
  }
}

/** What JSON does not have, or not so: circles, getters and toJSON that throw, lone surrogates and all the rest. */
export function hostile(random: Random, depth = 1): unknown {
  const boom = () => {
    throw random.pick([new Error('boom'), 'text', null, Symbol('s')])
  }
  const inner = () => (depth > 0 ? hostile(random, depth - 1) : 1)
  const kinds: readonly (() => unknown)[] = [
    () =>
      random.pick([2n ** 70n, Number.NaN, Number.NEGATIVE_INFINITY, -0, undefined, Symbol('s'), boom, class Shop {}]),
    () => random.pick(['\ud800', 'low \udfff surrogate', new String('boxed'), new Uint8Array(3)]),
    () => new Date(random.pick([0, Number.NaN, 1e12])),
    () => new Map<unknown, unknown>(['1', 1, Symbol('k')].map((key) => [key, inner()])),
    () => new Set([inner(), 1n]),
    () => ({ nested: undefined, list: [undefined, inner()] }),
    () => {
      const ring: Record<string, unknown> = { name: 'ring', inner: inner() }
      ring.self = random.pick([ring, [ring], new Map([['ring', ring]]), { toJSON: () => ring }])
      return ring
    },
    () => Object.assign(new TypeError('fault "x"', { cause: inner() }), { code: inner(), type: 'kind' }),
    () => new AggregateError([new Error('one'), inner()], 'many'),
    () => Object.defineProperty({ good: 1 }, 'bad', { enumerable: true, get: boom }),
    () => ({ toJSON: random.pick([boom, () => undefined, 1]) }),
    () => JSON.parse('{"__proto__":{"x":1},"constructor":2}'),
    () => Object.create(null, { a: { value: inner(), enumerable: true } }),
    () => Object.create({ inherited: 1 }),
    () => new Proxy({}, { ownKeys: boom as () => never }),
    () => {
      const revoked = Proxy.revocable(random.pick<object>([{}, [], () => 1]), {})
      revoked.revoke()
      return revoked.proxy
    },
    inner,
  ]
  return random.pick(kinds)()
}

/** Up to eight fields of a few names, so that frames and calls often have the same ones. */
export function fieldsOf(random: Random, value: (random: Random) => unknown, names = NAMES): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (let left = random.whole(9); left > 0; left--) {
    const name = random.pick(names)
    Object.defineProperty(fields, name, { value: value(random), enumerable: true, configurable: true, writable: true })
  }
  return fields
}

/** Also names that the record itself uses. */
export const ALL_NAMES = [...NAMES, ...RECORD_NAMES, 'error']
/** Names that mean nothing to any library. */
export const FREE_NAMES = NAMES
