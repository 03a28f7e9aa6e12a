import { randomUUID } from 'node:crypto'
import { jsonValue } from '../formatters/value.ts'
import type { Logger } from '../logger.ts'
import { cut } from './cut.ts'
import { elapsedMs } from './elapsed.ts'
import { hideSecrets } from './hide-secrets.ts'
import { settle } from './settle.ts'

/** Of arguments, UTF-16 units. */
const MAX_TEXT = 100

export interface CallOptions {
  /** Default: the name of the function. */
  readonly name?: string
  /** Whether arguments are recorded: as text, cut at 100 characters. Default true. */
  readonly logArguments?: boolean
  /**
   * What to record in place of an argument. It sees the argument itself; the text is made and cut after it. Default: the
   * argument with the secrets masked that the processor `redact` knows by name or looks.
   */
  readonly redact?: (argument: unknown, index: number) => unknown
  /** Default: a random UUID for each call. */
  readonly requestId?: () => string
}

// biome-ignore lint/suspicious/noExplicitAny: any function may be wrapped, and keeps its type
export type Callable = (...args: any[]) => any

/** A standard decorator (TypeScript 5 and later, without experimentalDecorators) for methods. */
export type LoggedDecorator = <F extends Callable>(method: F, context: ClassMethodDecoratorContext) => F

/** What calls are logged with. */
export interface CallBook {
  /** Asked at each call: its context may be another by then. */
  readonly logger: () => Logger
  /** Milliseconds. */
  readonly now: () => number
}

export function loggedDecorator(book: CallBook, options: CallOptions): LoggedDecorator {
  return (method, context) => loggedCall(book, options.name ?? String(context.name), method, options)
}

/** The function, logging its calls as `name`. */
export function loggedCall<F extends Callable>(book: CallBook, name: string, work: F, options: CallOptions): F {
  const { now } = book
  const newId = options.requestId ?? randomUUID
  const call = function (this: unknown, ...args: unknown[]): unknown {
    const request_id = newId()
    const logger = book.logger()
    logger.info(`API call started: ${name}`, () => ({ api_method: name, request_id, ...argumentFields(args, options) }))
    const startMs = now()
    const end = () => ({ api_method: name, request_id, duration_ms: elapsedMs(now, startMs) })
    return settle(
      () => work.apply(this, args) as unknown,
      () => logger.info(`API call succeeded: ${name}`, { ...end(), status: 'success' }),
      (error) => logger.error(`API call failed: ${name}`, { ...end(), status: 'error', exception: error }),
    )
  }
  Object.defineProperty(call, 'name', { value: work.name, configurable: true })
  Object.defineProperty(call, 'length', { value: work.length, configurable: true })
  return call as F
}

/**
 * `args`, and `kwargs` when the last argument is an object of options, which is what JavaScript has for arguments with
 * names: each as text of at most 100 characters.
 */
function argumentFields(given: readonly unknown[], { logArguments = true, redact = hideSecrets }: CallOptions) {
  if (!logArguments) return {}
  let args: unknown[]
  try {
    args = given.map((argument, index) => redact(argument, index))
  } catch {
    // Neither may logging throw, nor may arguments be recorded that nobody has looked at.
    return { args: '[redaction failed]' }
  }
  const last = args.at(-1)
  const named = isOptions(last) ? textOf(last) : '{}'
  const positional = isOptions(last) ? args.slice(0, -1) : args
  return { args: textOf(positional), kwargs: named }
}

const textOf = (value: unknown) => cut(jsonValue(value) ?? '', MAX_TEXT)

function isOptions(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
