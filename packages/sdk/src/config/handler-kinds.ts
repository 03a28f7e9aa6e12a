import type { Handler, HandlerOptions } from '../handler.ts'
import { consoleHandler } from '../handlers/console.ts'
import { elasticsearchHandler } from '../handlers/elasticsearch.ts'
import { dailyFileHandler } from '../handlers/files/daily.ts'
import { fileHandler } from '../handlers/files/file.ts'
import { rotatingFileHandler } from '../handlers/files/rotating.ts'
import { timedRotatingFileHandler } from '../handlers/files/timed.ts'
import { girokHandler } from '../handlers/girok.ts'
import { httpHandler } from '../handlers/http.ts'
import { lokiHandler } from '../handlers/loki.ts'
import { memoryHandler } from '../handlers/memory.ts'
import { otlpHandler } from '../handlers/otlp.ts'
import { redisHandler } from '../handlers/redis.ts'
import { slackHandler } from '../handlers/slack.ts'
import { smtpHandler } from '../handlers/smtp.ts'
import { syslogHandler } from '../handlers/syslog.ts'
import {
  amount,
  anything,
  type Check,
  count,
  either,
  level,
  listOf,
  mapOf,
  objectOf,
  oneOf,
  required,
  size,
  standardStream,
  text,
  truth,
} from './check.ts'
import type { Kind, Kinds } from './kind.ts'

function handler<Options extends HandlerOptions | undefined>(
  keys: { readonly [K in Exclude<keyof NonNullable<Options>, keyof HandlerOptions>]-?: Check },
  make: (options: Options) => Handler,
): Kind<Handler> {
  return { keys: { ...keys, level, filters: listOf(text) }, make: make as Kind<Handler>['make'] }
}

const formatter = text

const FILE = {
  formatter,
  durability: oneOf('line', 'buffered', 'fsync'),
  bufferSize: count,
  flushIntervalMs: amount,
  flushLevel: level,
  syncIntervalMs: amount,
  complain: anything,
}

const PERIODS = ['midnight', 'daily', 'D', 'hourly', 'H', 'minutely', 'M', 'secondly', 'S', 'weekly'].concat([
  'W0',
  'W1',
  'W2',
  'W3',
  'W4',
  'W5',
  'W6',
])

const DATED = { ...FILE, backupCount: count, gzip: truth, utc: truth }

const REMOTE = {
  batchCount: count,
  batchSize: count,
  intervalMs: amount,
  queueSize: count,
  overflow: oneOf('drop-newest', 'drop-oldest'),
  spool: objectOf({
    directory: required(text),
    maxBytes: count,
    mode: oneOf('spill', 'always'),
    fsync: truth,
  }),
  timeoutMs: amount,
  firstRetryMs: amount,
  longestRetryMs: amount,
  jitter: oneOf('half', 'full'),
  closeTimeoutMs: amount,
  now: anything,
  complain: anything,
}

const HTTP = {
  ...REMOTE,
  token: text,
  auth: objectOf({ username: required(text), password: required(text) }),
  headers: mapOf(text),
  fetch: anything,
}

/** Kinds of handlers, and what of Python's each stands for: see PYTHON_HANDLERS. */
export const HANDLER_KINDS: Kinds<Handler> = {
  none: handler({}, (_options: HandlerOptions) => ({ name: 'none', level: Number.POSITIVE_INFINITY, handle() {} })),
  console: handler({ formatter, stream: standardStream }, consoleHandler),
  file: handler({ ...FILE, path: required(text), mode: oneOf('append', 'truncate') }, fileHandler),
  'rotating-file': handler(
    { ...FILE, path: required(text), maxBytes: required(size), backupCount: count, gzip: truth },
    rotatingFileHandler,
  ),
  'timed-file': handler(
    { ...DATED, path: required(text), when: oneOf(...PERIODS), interval: count },
    timedRotatingFileHandler,
  ),
  'daily-file': handler(
    { ...DATED, directory: required(text), name: required(text), extension: text },
    dailyFileHandler,
  ),
  http: handler(
    {
      ...HTTP,
      formatter,
      url: required(text),
      method: oneOf('POST', 'PUT', 'PATCH'),
      format: oneOf('ndjson', 'json-array', 'json-object', 'form'),
      compress: truth,
    },
    httpHandler,
  ),
  girok: handler({ ...HTTP, formatter, url: required(text), labels: mapOf(text), tenant: text }, girokHandler),
  loki: handler(
    {
      ...HTTP,
      formatter,
      url: required(text),
      labels: mapOf(text),
      labelFields: listOf(text),
      structuredMetadata: listOf(text),
      tenant: text,
    },
    lokiHandler,
  ),
  otlp: handler({ ...HTTP, url: required(text), resource: mapOf(anything) }, otlpHandler),
  elasticsearch: handler(
    { ...HTTP, url: required(either(listOf(text), text)), index: text, apiKey: text, pipeline: text },
    elasticsearchHandler,
  ),
  redis: handler(
    {
      ...REMOTE,
      formatter,
      url: text,
      client: anything,
      list: either(truth, text),
      stream: either(truth, text),
      maxLength: count,
      typeField: text,
    },
    redisHandler,
  ),
  smtp: handler(
    {
      ...REMOTE,
      formatter,
      host: text,
      port: count,
      secure: truth,
      auth: objectOf({ user: required(text), pass: required(text) }),
      transport: anything,
      from: required(text),
      to: required(listOf(text)),
      subject: text,
      digestIntervalMs: amount,
      maxPerHour: count,
    },
    smtpHandler,
  ),
  slack: handler(
    { ...REMOTE, webhookUrl: required(text), title: text, maxPerMinute: count, fetch: anything },
    slackHandler,
  ),
  syslog: handler(
    {
      ...REMOTE,
      formatter,
      host: text,
      port: count,
      protocol: oneOf('udp', 'tcp', 'tls', 'unix'),
      path: text,
      tls: mapOf(anything),
      format: oneOf('rfc5424', 'rfc3164'),
      framing: oneOf('octet-counting', 'lf'),
      facility: either(count, text),
      appName: text,
      hostname: text,
      structuredData: text,
      maxBytes: count,
    },
    syslogHandler,
  ),
  /** `target`: name of the handler that gets what was kept. */
  memory: handler(
    { capacity: count, target: text, flushLevel: level, whenFull: oneOf('flush', 'drop'), complain: anything },
    memoryHandler,
  ),
}
