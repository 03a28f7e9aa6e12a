import { LOG_FORMS, type LogForm } from '../formatters/environment.ts'
import { type Environment, environmentKind } from '../formatters/process-environment.ts'
import { parseSize } from '../handlers/files/size.ts'
import { levelName, levelValue } from '../level.ts'

/** What an environment says about logging. */
export interface LogSettings {
  readonly level: string
  readonly format: LogForm
  /** Writes module, function and line of the caller, in JSON and logfmt. Costs about 10 µs per record. */
  readonly source: boolean
  /** Decides the form of records and that no dated files are written. */
  readonly debug: boolean
  /** The field `environment` of all records. */
  readonly environment: string
  /** The field `service` of all records. */
  readonly service: string | undefined
  readonly directory: string
  /** Of the file that is rotated by size; undefined for none. */
  readonly file: string | undefined
  /** Bytes. */
  readonly maxBytes: number
  readonly backupCount: number
  /** See startMetricsServer. */
  readonly metrics: { readonly port?: number | undefined; readonly host?: string | undefined } | undefined
  /** The one switch for everything that is sent over a network. */
  readonly remoteLogging: boolean
  readonly redisUrl: string | undefined
  readonly girok:
    | { readonly url: string; readonly token?: string | undefined; readonly tenant?: string | undefined }
    | undefined
  readonly lokiUrl: string | undefined
  readonly slackWebhookUrl: string | undefined
  readonly otlp: { readonly url: string; readonly service?: string | undefined } | undefined
}

const FORM_NAMES: Readonly<Record<string, LogForm>> = { simple: 'text', structured: 'json' }
const REDIS = /^(?:rediss?|unix):\/\/./i
const YES = new Set(['true', '1', 'yes', 'on'])
const NO = new Set(['false', '0', 'no', 'off'])

/**
 * Reads the variables. What cannot be understood is told in `problems` and replaced by what holds without it: a typing error
 * in the environment must not keep a service from starting.
 */
export function readSettings(environment: Environment, problems: string[]): LogSettings {
  const text = (...names: readonly string[]) => {
    for (const name of names) {
      const value = environment[name]?.trim()
      if (value !== undefined && value !== '') return value
    }
    return undefined
  }
  const truth = (name: string, otherwise: boolean) => {
    const word = text(name)?.toLowerCase()
    if (word === undefined) return otherwise
    if (!YES.has(word) && !NO.has(word)) {
      problems.push(`${name} is ${JSON.stringify(environment[name])}: use True or False; it counts as ${otherwise}`)
      return otherwise
    }
    return YES.has(word)
  }
  const whole = (name: string, least: number, most: number, otherwise: number) => {
    const given = text(name)
    if (given === undefined) return otherwise
    const value = Number(given)
    if (Number.isInteger(value) && value >= least && value <= most) return value
    problems.push(
      `${name} is ${JSON.stringify(given)}: use a whole number from ${least} to ${most}; it is ${otherwise}`,
    )
    return otherwise
  }
  const url = (name: string, form: RegExp = /^https?:\/\/./i) => {
    const given = text(name)
    // `localhost:4100` is a URL as well, of the scheme localhost.
    if (given === undefined || (form.test(given) && URL.canParse(given))) return given
    problems.push(`${name} is no URL such as ${form === REDIS ? 'redis' : 'https'}://host:port; nothing is sent there`)
    return undefined
  }

  const kind = environmentKind(environment)
  const debugWord = text('DEBUG')?.toLowerCase() ?? ''
  // DEBUG=app:* is for other libraries and says nothing to this one.
  const debug = YES.has(debugWord) || (!NO.has(debugWord) && kind === 'development')
  const service = text('SERVICE_NAME', 'OTEL_SERVICE_NAME')
  const girokUrl = url('GIROK_URL')
  const otlpUrl = url('OTEL_EXPORTER_OTLP_ENDPOINT')
  return {
    level: levelOf(text('LOG_LEVEL'), debug, problems),
    format: formOf(text('LOG_FORMAT'), debug, problems),
    source: truth('LOG_SOURCE', false),
    debug,
    environment: text('ENVIRONMENT', 'NODE_ENV') ?? (debug ? 'development' : 'production'),
    service,
    directory: text('LOG_DIRECTORY', 'LOG_DIR') ?? 'logs',
    file: text('LOG_FILE') ?? (text('LOG_MAX_SIZE') === undefined || debug ? undefined : `${service ?? 'app'}.log`),
    maxBytes: sizeOf(text('LOG_MAX_SIZE'), problems),
    backupCount: whole('LOG_BACKUP_COUNT', 1, 10_000, 5),
    metrics: truth('ENABLE_METRICS', false)
      ? { port: whole('METRICS_PORT', 0, 65_535, 8000), host: text('METRICS_HOST') ?? '0.0.0.0' }
      : undefined,
    remoteLogging: truth('ENABLE_REMOTE_LOGGING', true),
    redisUrl: url('REDIS_URL', REDIS),
    girok:
      girokUrl === undefined ? undefined : { url: girokUrl, token: text('GIROK_TOKEN'), tenant: text('GIROK_TENANT') },
    lokiUrl: url('LOKI_URL'),
    slackWebhookUrl: url('SLACK_WEBHOOK_URL'),
    otlp: otlpUrl === undefined ? undefined : { url: otlpUrl, service: text('OTEL_SERVICE_NAME') ?? service },
  }
}

function levelOf(given: string | undefined, debug: boolean, problems: string[]): string {
  if (given === undefined) return debug ? 'DEBUG' : 'INFO'
  try {
    const value = levelValue(given)
    return Number.isFinite(value) && value > 0 ? levelName(value) : given.toUpperCase()
  } catch (error) {
    problems.push(`LOG_LEVEL: ${(error as Error).message}; it counts as INFO`)
    return 'INFO'
  }
}

function formOf(given: string | undefined, debug: boolean, problems: string[]): LogForm {
  const otherwise = debug ? 'text' : 'json'
  if (given === undefined) return otherwise
  const word = given.toLowerCase()
  const form = LOG_FORMS.find((name) => name === word) ?? FORM_NAMES[word]
  if (form !== undefined) return form
  problems.push(`LOG_FORMAT is ${JSON.stringify(given)}: use one of ${LOG_FORMS.join(', ')}; it counts as ${otherwise}`)
  return otherwise
}

function sizeOf(given: string | undefined, problems: string[]): number {
  try {
    return parseSize(given ?? '10MB', 'LOG_MAX_SIZE')
  } catch (error) {
    problems.push(`${(error as Error).message}; it counts as 10MB`)
    return 10 * 2 ** 20
  }
}
