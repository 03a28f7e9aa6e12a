import { format } from 'node:util'
import type { Fields } from '../fields.ts'
import { getLogger } from '../hierarchy.ts'
import { LEVELS, levelName } from '../level.ts'
import type { Logger } from '../logger.ts'

type Method = (...args: unknown[]) => void

/** What Fastify wants of a logger: `Fastify({ loggerInstance: fastifyLogger() })`. */
export interface FastifyLogger {
  /** Of the logger in force, in lower case. */
  readonly level: string
  readonly trace: Method
  readonly debug: Method
  readonly info: Method
  readonly warn: Method
  readonly error: Method
  readonly fatal: Method
  readonly silent: Method
  child(bindings: Fields, options?: unknown): FastifyLogger
}

type Serializer = (value: never) => unknown

/** Requests and replies hold everything there is: what of them is recorded. */
const SERIALIZERS: Readonly<Record<string, Serializer>> = {
  req: (req: { method?: string; url?: string; host?: string; ip?: string }) => ({
    method: req.method,
    url: req.url?.replace(/\?.*$/s, ''),
    host: req.host,
    remote_address: req.ip,
  }),
  res: (reply: { statusCode?: number }) => ({ status_code: reply.statusCode }),
}

/** Names that Fastify uses and ours for the same. */
const NAMES: Readonly<Record<string, string>> = { err: 'error', reqId: 'request_id', responseTime: 'duration_ms' }

/**
 * A logger of this library in the form that Fastify wants, so that Fastify's own records go where all others go. Default:
 * the logger `fastify`.
 */
export function fastifyLogger(logger: Logger = getLogger('fastify')): FastifyLogger {
  const at =
    (level: number): Method =>
    (...args) => {
      if (logger.isEnabledFor(level)) logger.log(level, ...(readCall(args) as [string, Fields?]))
    }
  return {
    get level() {
      return levelName(logger.level).toLowerCase()
    },
    trace: at(LEVELS.DEBUG),
    debug: at(LEVELS.DEBUG),
    info: at(LEVELS.INFO),
    warn: at(LEVELS.WARNING),
    error: at(LEVELS.ERROR),
    fatal: at(LEVELS.CRITICAL),
    silent: () => {},
    child: (bindings) => fastifyLogger(logger.with(named(bindings))),
  }
}

/** As pino reads calls: `(fields, message, ...values)`, `(error)`, `(message, ...values)`. */
function readCall([first, ...rest]: readonly unknown[]): [message: string, fields?: Fields] {
  if (typeof first !== 'object' || first === null) return [format(first, ...rest)]
  const message = rest.length > 0 ? format(...rest) : first instanceof Error ? first.message : ''
  return [message, first instanceof Error ? { error: first } : named(first as Fields)]
}

function named(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([key, value]) => {
    const serializer = Object.hasOwn(SERIALIZERS, key) ? SERIALIZERS[key] : undefined
    const isObject = typeof value === 'object' && value !== null
    return [NAMES[key] ?? key, serializer === undefined || !isObject ? value : serializer(value as never)]
  })
  return Object.fromEntries(entries)
}
