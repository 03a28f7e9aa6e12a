import type { Fields } from '../fields.ts'
import { type Formatter, formatted } from '../formatter.ts'
import { jsonFormatter } from '../formatters/json.ts'
import { quote } from '../formatters/quote.ts'
import { isoTime } from '../formatters/timestamp.ts'
import { jsonValue } from '../formatters/value.ts'
import { frameFields } from '../frame.ts'
import { LEVELS } from '../level.ts'
import type { LogRecord } from '../record.ts'
import { borrowedConnection, ownConnection, type RedisClient } from './redis/client.ts'
import { deliverEvents } from './redis/deliver.ts'
import { createRecordIds } from './remote/keys.ts'
import type { RemoteHandler, RemoteOptions } from './remote/options.ts'
import { createRemoteHandler } from './remote/remote.ts'

export type { RedisClient, RedisReply } from './redis/client.ts'

export interface RedisOptions extends RemoteOptions {
  /** `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, or the path of a socket. Default `redis://localhost`. */
  readonly url?: string
  /** A client of the package ioredis (`Redis` or `Cluster`) to use instead of a connection of its own; it stays open. */
  readonly client?: RedisClient
  /** Key of the list that an event is put at the head of; `{type}` stands for its type. Default `logs:{type}`. */
  readonly list?: string | false
  /** Key of the stream that every event is added to, as its field `event`. Default `log_stream`. */
  readonly stream?: string | false
  /** Events that each list (exactly) and the stream (about) keep at most, the newest. Default: all of them. */
  readonly maxLength?: number
  /**
   * The field that names the type of a record. Without that field: the name of the event type, else of the logger.
   * Default `event_type`.
   */
  readonly typeField?: string
  /** Makes the event's `data`, which must be one line of JSON. Default: jsonFormatter(). */
  readonly formatter?: Formatter
  /** Milliseconds since the epoch, for logEvent; replaced in tests. */
  readonly now?: () => number
}

export interface RedisHandler extends RemoteHandler {
  /** Sends an event that is no log record. Resolves as flush does: when Redis has it, or it was given up; never rejects. */
  logEvent(type: string, data: Fields): Promise<void>
}

/**
 * Sends records to Redis as events `{"id", "timestamp" (ISO 8601, UTC), "type", "data"}`: at the head of a list per type,
 * and into one stream. Both happen in one transaction (not in a cluster). Connects on first use. Each record arrives at
 * least once; a repeat, after an answer that was lost, has the same `id`.
 * @throws TypeError, RangeError for options that cannot be right
 */
export function redisHandler(options: RedisOptions = {}): RedisHandler {
  const { list = 'logs:{type}', stream = 'log_stream', typeField = 'event_type', maxLength } = options
  const { formatter = jsonFormatter(), now = Date.now } = options
  for (const [option, value] of Object.entries({ list, stream })) {
    if (value !== false && (typeof value !== 'string' || value === '')) {
      throw new TypeError(`redisHandler: ${option} is ${JSON.stringify(value)}: use a key, or false for none`)
    }
  }
  if (list === false && stream === false) throw new TypeError('redisHandler: list and stream are both off')
  if (maxLength !== undefined && !(Number.isInteger(maxLength) && maxLength >= 1)) {
    throw new RangeError(`redisHandler: maxLength is ${maxLength}: use a whole number of at least 1`)
  }
  const { client, url = 'redis://localhost' } = options
  const name = client === undefined ? addressOf(url) : 'redis'
  const connection = client === undefined ? ownConnection(url) : borrowedConnection(client)
  const targets = {
    listKey: list === false ? undefined : (type: string) => list.replaceAll('{type}', () => type),
    stream: stream === false ? undefined : stream,
    maxLength,
  }
  const nextId = createRecordIds()

  const handler = createRemoteHandler(
    {
      name,
      needsSource: formatter.needsSource,
      entry(record) {
        const head = `{"id":"${nextId()}","timestamp":"${isoTime(record.timeMs)}","type":`
        return `${head}${quote(typeOf(record, typeField))},"data":${formatted(record, formatter)}}`
      },
      deliver: (batch, signal) => connection.use((connected) => deliverEvents(connected, batch, targets), signal),
      close: async () => connection.close(),
    },
    options,
  )

  return Object.assign(handler, {
    logEvent(type: string, data: Fields) {
      handler.handle({
        timeMs: now(),
        level: LEVELS.INFO,
        logger: type,
        message: type,
        fields: undefined,
        frame: undefined,
        source: undefined,
        event: undefined,
        // Already formatted: the event's data is the data given, without a record around it.
        text: jsonValue(data) ?? 'null',
        textBy: formatter,
      })
      return handler.flush()
    },
  })
}

function typeOf(record: LogRecord, field: string): string {
  try {
    const given = record.fields?.[field] ?? (record.frame === undefined ? undefined : frameFields(record.frame)[field])
    if (typeof given === 'string' && given !== '') return given
  } catch {
    // A getter among the fields threw; the record has a type all the same.
  }
  return record.event?.name ?? record.logger
}

/** Without user and password. */
function addressOf(url: string): string {
  if (url.startsWith('/')) return `redis ${url}`
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol)) {
    // Not repeated in the message: it may hold a password.
    throw new TypeError('redisHandler: url must begin with redis:// or rediss://, or be the path of a socket')
  }
  return `redis ${parsed.hostname}:${parsed.port || 6379}${parsed.pathname === '/' ? '' : parsed.pathname}`
}
