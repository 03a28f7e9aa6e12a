import type { Fields } from '../fields.ts'
import { textFormatter } from '../formatters/pattern.ts'
import type { RemoteHandler } from '../handlers/remote/options.ts'
import { type SlackOptions, slackHandler } from '../handlers/slack.ts'
import { type SmtpOptions, smtpHandler } from '../handlers/smtp.ts'
import { asText } from './as-text.ts'
import { copyOf } from './copy-of.ts'
import { DomainLogger, type DomainLoggerOptions } from './domain-logger.ts'
import { ExpiringMap } from './expiring-map.ts'
import { textOf } from './text-table.ts'

const PATTERN =
  '%(asctime)s - %(name)s - %(levelname)s - %(message)s\n' +
  'File: %(filename)s - Line: %(lineno)d - Function: %(funcName)s\n' +
  '%(exc_info)s'

const MAIL_SUBJECT = '광고 시스템 심각한 오류 발생'

export interface TrackedError {
  /** What is counted: few different ones, `PaymentError`, not a text with an id in it. */
  readonly error_type: string
  readonly message: string
  readonly context?: Fields | undefined
  /** Its type, message and stack are recorded. */
  readonly exception?: unknown
}

export interface ErrorStatistics {
  /** Since the tracker was made. */
  readonly count: number
  /** ISO 8601, UTC. */
  readonly first_seen: string
  readonly last_seen: string
}

export interface ErrorTrackerTexts {
  readonly highFrequency: (fields: { readonly error_type: string; readonly count: number }) => string
}

const TEXTS: ErrorTrackerTexts = { highFrequency: ({ error_type }) => `높은 에러 빈도 감지: ${error_type}` }

export interface ErrorTrackerOptions extends DomainLoggerOptions {
  /** Mails CRITICAL records; needs smtpHost, fromEmail and alertEmails, and the package nodemailer. Default false. */
  readonly emailAlerts?: boolean
  readonly smtpHost?: string
  readonly fromEmail?: string
  readonly alertEmails?: readonly string[]
  /** More about mails, see smtpHandler: port, auth, subject. */
  readonly smtp?: Partial<SmtpOptions>
  /** URL of an incoming webhook: ERROR and above are told there. */
  readonly slackWebhook?: string
  /** More about Slack, see slackHandler. */
  readonly slack?: Partial<SlackOptions>
  /** So many errors of a type within the window are a CRITICAL record. Default 10. */
  readonly threshold?: number
  /** Milliseconds. Default 300,000. */
  readonly windowMs?: number
  /** Types kept; the one that was quiet for longest is forgotten when there are more. Default 10,000. */
  readonly maxTypes?: number
  /** Messages in place of the Korean ones. */
  readonly texts?: Partial<ErrorTrackerTexts>
}

interface Statistics {
  count: number
  readonly firstMs: number
  lastMs: number
  /** Times of the last errors, at most as many as make an alarm, oldest first. */
  recentMs: number[]
  alarmedMs: number
}

/**
 * Records errors, counts them by type, and raises an alarm when a type comes too often. The logger is
 * `ad_system_errors`, the file `errors.log`, to which all runs append: the line, the place in the program, the stack.
 *
 * The window slides: an alarm (CRITICAL, by which mails go out) is due when the last ten errors of a type lie within 300
 * seconds, and is raised at most once per window and type, however long the storm lasts.
 */
export class ErrorTracker extends DomainLogger {
  readonly #types: ExpiringMap<Statistics>
  readonly #threshold: number
  readonly #windowMs: number
  readonly #texts: ErrorTrackerTexts
  readonly #alerts: readonly RemoteHandler[]

  constructor(name = 'ad_system_errors', options: ErrorTrackerOptions = {}) {
    const { threshold = 10, windowMs = 300_000, maxTypes = 10_000 } = options
    if (!(Number.isInteger(threshold) && threshold >= 1)) {
      throw new RangeError(`threshold is ${threshold}: use a whole number of errors from 1`)
    }
    if (!(windowMs > 0)) throw new RangeError(`windowMs is ${windowMs}: use milliseconds above 0`)
    const alerts = alertHandlers(options)
    const formatter = textFormatter(PATTERN)
    const place = { loggerName: name, directory: '', fileName: 'errors', oneFile: true, fileLevel: 'ERROR', formatter }
    super(place, { level: 'ERROR', ...options })
    this.#types = new ExpiringMap({ maxEntries: maxTypes, now: this.now })
    this.#threshold = threshold
    this.#windowMs = windowMs
    this.#texts = { ...TEXTS, ...options.texts }
    this.#alerts = alerts
    for (const handler of alerts) this.logger.addHandler(handler)
  }

  /** ERROR `TYPE: MESSAGE` with error_type, message, context and exception; then the alarm, when it is due. */
  trackError(error: TrackedError): void {
    const { error_type, message, context = {}, exception } = copyOf(error as TrackedError & Fields)
    const alarm = this.#count(asText(error_type))
    this.logger.error(`${asText(error_type)}: ${asText(message)}`, { error_type, message, context, exception })
    if (alarm !== undefined) {
      const fields = { error_type, ...alarm }
      this.logger.critical(textOf(this.#texts.highFrequency, fields), fields)
    }
  }

  /** By type. */
  errorStats(): Record<string, ErrorStatistics> {
    const all: [string, ErrorStatistics][] = []
    for (const [type, { count, firstMs, lastMs }] of this.#types.entries()) {
      const [first_seen, last_seen] = [new Date(firstMs).toISOString(), new Date(lastMs).toISOString()]
      all.push([type, { count, first_seen, last_seen }])
    }
    return Object.fromEntries(all)
  }

  /** Also waits for mails and messages to Slack. */
  override async flush(): Promise<void> {
    await Promise.all([super.flush(), ...this.#alerts.map((handler) => handler.flush())])
  }

  override async close(): Promise<void> {
    for (const handler of this.#alerts) this.logger.removeHandler(handler)
    await Promise.all([super.close(), ...this.#alerts.map((handler) => handler.close())])
  }

  #count(type: string): { count: number; time_window_seconds: number } | undefined {
    const now = this.now()
    const known = this.#types.get(type)
    const statistics = known ?? {
      count: 0,
      firstMs: now,
      lastMs: now,
      recentMs: [],
      alarmedMs: Number.NEGATIVE_INFINITY,
    }
    statistics.count++
    statistics.lastMs = now
    statistics.recentMs.push(now)
    if (statistics.recentMs.length > this.#threshold) statistics.recentMs.shift()
    this.#types.set(type, statistics)
    const oldest = statistics.recentMs[0] as number
    const isOften = statistics.recentMs.length === this.#threshold && now - oldest <= this.#windowMs
    if (!isOften || now - statistics.alarmedMs <= this.#windowMs) return undefined
    statistics.alarmedMs = now
    return { count: this.#threshold, time_window_seconds: (now - oldest) / 1000 }
  }
}

function alertHandlers(options: ErrorTrackerOptions): RemoteHandler[] {
  const handlers: RemoteHandler[] = []
  if (options.emailAlerts === true) {
    const { smtpHost, fromEmail, alertEmails, smtp } = options
    if (fromEmail === undefined || alertEmails === undefined || alertEmails.length === 0) {
      throw new TypeError('emailAlerts needs fromEmail and alertEmails: say who sends the mails and who gets them')
    }
    if (smtpHost === undefined && smtp?.transport === undefined) {
      throw new TypeError('emailAlerts needs smtpHost, or a transport under smtp')
    }
    const host = smtpHost === undefined ? {} : { host: smtpHost }
    handlers.push(
      smtpHandler({ level: 'CRITICAL', subject: MAIL_SUBJECT, from: fromEmail, to: alertEmails, ...host, ...smtp }),
    )
  }
  if (options.slackWebhook !== undefined) {
    handlers.push(
      slackHandler({ level: 'ERROR', title: 'Ad System', webhookUrl: options.slackWebhook, ...options.slack }),
    )
  }
  return handlers
}
