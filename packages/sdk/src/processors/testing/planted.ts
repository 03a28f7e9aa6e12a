import type { Fields } from '../../fields.ts'
import type { Random } from '../../testing/random.ts'
import { SECRETS } from './secrets.ts'

const WORDS = ['order', 'placed', '주문', 'ok', 'retry 3', 'GET /v1/ads', '💥', 'a "quoted" one', 'line\nbreak', '']
const NAMES = ['user', 'items', 'status', 'data', 'config', 'meta', '이름', 'duration_ms', 'x-y', '__proto__']
const SECRET_NAMES = ['password', 'apiKey', 'Access-Token', 'SET_COOKIE', 'private key']

export interface Planting {
  /** Plants secrets by what the options of redact look for. */
  readonly keys: boolean
  readonly patterns: boolean
}

/** A class whose instances formatters show by their own members. */
class Account {
  readonly owner: unknown
  constructor(owner: unknown) {
    this.owner = owner
  }
}

/** Random values of all kinds that formatters know, with secrets in them. */
export function planter(random: Random, { keys, patterns }: Planting) {
  const planted: string[] = []

  function text(): string {
    const words = `${random.pick(WORDS)} ${random.pick(WORDS)}`
    if (!patterns || random.share() < 0.7) return words
    const { secret, text } = (SECRETS[random.pick(Object.keys(SECRETS))] as (typeof SECRETS)[string])(random)
    planted.push(secret)
    return `${words}${random.pick([' ', ': ', ' (', '\t', '"'])}${text}${random.pick(['', ' ', ', ', ')', '" '])}${words}`
  }

  function plain(): unknown {
    const kind = random.whole(10)
    if (kind < 5) return text()
    return [random.whole(1e6), random.share(), null, undefined, true][kind - 5]
  }

  function members(depth: number, above: readonly object[]): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    const inside = [...above, object]
    for (let count = random.whole(4); count >= 0; count--) {
      const name = patterns && random.share() < 0.05 ? text() : random.pick(NAMES)
      define(object, name, value(depth - 1, inside))
    }
    if (keys && random.share() < 0.4) define(object, random.pick(SECRET_NAMES), secretValue())
    if (random.share() < 0.1) define(object, 'circle', random.pick(inside))
    return object
  }

  function secretValue(): unknown {
    const secret = `Zq${random.text('abcdef0123456789', 14)}`
    planted.push(secret)
    return random.pick([secret, { inner: secret }, [1, secret], faultOf(Error, secret), new Map([['a', secret]])])
  }

  function error(depth: number, above: readonly object[]): Error {
    const made = faultOf(random.pick([Error, TypeError, RangeError]), text())
    if (random.share() < 0.5) {
      for (const [name, item] of Object.entries(members(depth - 1, [...above, made]))) define(made, name, item)
    }
    if (random.share() < 0.3) define(made, 'cause', value(depth - 1, [...above, made]), false)
    return made
  }

  function value(depth: number, above: readonly object[]): unknown {
    if (depth <= 0) return plain()
    switch (random.whole(12)) {
      case 0:
      case 1:
        return Array.from({ length: random.whole(4) }, () => value(depth - 1, above))
      case 2:
        return new Map([[random.pick(['a', 'token b', text()]), value(depth - 1, above)]])
      case 3:
        return new Set([plain(), value(depth - 1, above)])
      case 4:
        return error(depth, above)
      case 5:
        return new Account(value(depth - 1, above))
      case 6: {
        const given = value(depth - 1, above)
        return { hidden: 'not shown', toJSON: () => given }
      }
      case 7: {
        const given = value(depth - 1, above)
        return Object.defineProperty({}, 'lazy', { enumerable: true, get: () => given })
      }
      case 8:
      case 9:
      case 10:
        return members(depth, above)
      default:
        return plain()
    }
  }

  return {
    /** What must not be seen. */
    planted,
    text,
    fields: (depth: number): Fields => members(depth, []),
  }
}

/** With a stack written by hand: making and reading real ones is most of the time of a test. */
function faultOf(type: ErrorConstructor, message: string): Error {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const made = new type(message)
  Error.stackTraceLimit = stackTraceLimit
  define(made, 'stack', `${made.name}: ${made.message}\n    at pay (file:///srv/shop/pay.ts:10:5)`, false)
  return made
}

function define(object: object, name: string, value: unknown, enumerable = true): void {
  Object.defineProperty(object, name, { value, enumerable, writable: true, configurable: true })
}

/** So that a write to what was logged would fail. */
export function deepFreeze(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return
  seen.add(value)
  if (value instanceof Map) for (const item of value.values()) deepFreeze(item, seen)
  if (value instanceof Set) for (const item of value) deepFreeze(item, seen)
  for (const { value: item } of Object.values(Object.getOwnPropertyDescriptors(value))) deepFreeze(item, seen)
  Object.freeze(value)
}
