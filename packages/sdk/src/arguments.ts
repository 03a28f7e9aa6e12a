import { type Fields, type GivenFields, mergeFields } from './fields.ts'

/** What a call may carry beside its message: fields, or just an error, which becomes the field `error`. */
export type Extra = GivenFields | Error

/** What `catch` gives, which TypeScript knows nothing of: `unknown` (or any), and no other type. */
export type Caught<E> = unknown extends E ? E : never

/**
 * What the methods of a logger take:
 * - `info('order placed', { order: 4711 })`, `error('no answer', error)`
 * - `info({ message: 'order placed', order: 4711 })`, `error(error)`, and pino's order `info({ order: 4711 }, 'placed')`
 * - lazy, called only when the record is logged: `debug(() => dear())`, `debug('state', () => ({ state: dear() }))`;
 *   the function gives a message, fields, an error, or `[message, fields]`
 * - what was caught: `catch (error) { log.error('no answer', error) }`
 * - a template: log.info`order ${id} placed`
 */
export type LogArguments<E = never> =
  | [message: string, extra?: Extra | (() => Extra) | undefined]
  | [message: string, caught: Caught<E>]
  | [caught: Caught<E>, message?: string | undefined]
  | [extra: Extra, message?: string | undefined]
  | [lazy: () => string | Extra | readonly [message: string, extra: Extra]]
  | [template: TemplateStringsArray, ...values: unknown[]]

interface Read {
  readonly message: string
  readonly fields: Fields | undefined
}

/** Makes message and fields of any arguments, those that the types forbid included: nothing that is logged gets lost. */
export function readArguments(args: readonly unknown[]): Read {
  try {
    return read(args)
  } catch (error) {
    // A getter or a proxy threw.
    const message = typeof args[0] === 'string' ? args[0] : ''
    return { message, fields: { error: error instanceof Error ? error : new Error('the arguments of a call threw') } }
  }
}

function read(args: readonly unknown[]): Read {
  let [first, second] = args
  if (isTemplate(first)) return { message: fillTemplate(first, args.slice(1)), fields: undefined }
  if (typeof first === 'function') {
    const result = called(first)
    if (Array.isArray(result)) [first, second] = result
    else first = result
  }
  if (typeof second === 'function') second = called(second)
  if (args.length > 2) second = { ...asFields(second), more: args.slice(2) }
  if (typeof first === 'object' && first !== null) return ofFields(first, second)
  return { message: typeof first === 'string' ? first : String(first), fields: asFields(second) }
}

function ofFields(first: object, second: unknown): Read {
  const fields = asFields(first) as Fields
  if (typeof second === 'string') return { message: second, fields }
  if (first instanceof Error) return { message: first.message, fields: { ...fields, ...asFields(second) } }
  const { message, ...rest } = mergeFields(fields, asFields(second))
  if (typeof message === 'string') return { message, fields: rest }
  return { message: '', fields: message === undefined ? rest : { message, ...rest } }
}

/** Fields of what stands where fields belong; other values keep a name, so that they are not lost. */
function asFields(value: unknown): Fields | undefined {
  if (value === undefined || value === null) return undefined
  if (value instanceof Error) return { error: value }
  return typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : { extra: value }
}

function isTemplate(value: unknown): value is TemplateStringsArray {
  return Array.isArray(value) && Array.isArray((value as { raw?: unknown }).raw)
}

function fillTemplate(parts: readonly string[], values: readonly unknown[]): string {
  let text = parts[0] ?? ''
  for (let index = 1; index < parts.length; index++) text += shown(values[index - 1]) + (parts[index] ?? '')
  return text
}

function shown(value: unknown): string {
  try {
    if (value instanceof Error) return value.message
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

/** A lazy argument that throws gives the error instead of what it should have given. */
function called(lazy: unknown): unknown {
  try {
    return (lazy as () => unknown)()
  } catch (error) {
    return error instanceof Error ? error : new Error(`a lazy log argument threw ${String(error)}`)
  }
}
