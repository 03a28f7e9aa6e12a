import { createComplaints } from '../complaints.ts'
import { type Formatter, formatted } from '../formatter.ts'
import { textFormatter } from '../formatters/text.ts'
import { checkedLimit, createAllowance } from './allowance.ts'
import type { Outcome } from './remote/destination.ts'
import type { RemoteHandler, RemoteOptions } from './remote/options.ts'
import { createRemoteHandler } from './remote/remote.ts'
import { type MailEntry, mailOf } from './smtp/mail.ts'
import { type MailTransport, newTransport } from './smtp/transport.ts'
import { untilAborted } from './until-aborted.ts'

export type { Mail, MailTransport } from './smtp/transport.ts'

export interface SmtpOptions extends RemoteOptions {
  /** Default `localhost`. */
  readonly host?: string
  /** Default: 465 with `secure`, else 587. */
  readonly port?: number
  /** TLS from the first byte on. Without it STARTTLS is used when the server offers it. Default false. */
  readonly secure?: boolean
  readonly auth?: { readonly user: string; readonly pass: string }
  /** A transport made by nodemailer's createTransport, for everything beyond; instead of host, port, secure and auth. */
  readonly transport?: MailTransport
  /** `ads@example.com` or `Ad System <ads@example.com>`. */
  readonly from: string
  readonly to: readonly string[]
  /**
   * `{level}`, `{logger}` and `{message}` stand for those of the gravest record in the mail, `{count}` for the number of
   * records. Default `[{level}] {message}`.
   */
  readonly subject?: string
  /** Default CRITICAL. */
  readonly level?: number | string
  /** How each record reads. Default: textFormatter(), which writes fields and stacks of errors too. */
  readonly formatter?: Formatter
  /** How long a record waits for others to share its mail, milliseconds; another name of `intervalMs`. Default 5000. */
  readonly digestIntervalMs?: number
  /** Mails an hour at most; what comes when they are used up waits, and shares the next mails. Default 30. */
  readonly maxPerHour?: number
  /** Milliseconds; replaced in tests. */
  readonly now?: () => number
}

/**
 * Mails records, those that come within `digestIntervalMs` in one mail (one mail each with `batchCount: 1`). Each is
 * mailed at least once; a mail that is sent again, after an answer that was lost, has the same Message-ID.
 * @throws TypeError, RangeError for options that cannot be right
 */
export function smtpHandler(options: SmtpOptions): RemoteHandler {
  const { host = 'localhost', port, secure, auth, subject = '[{level}] {message}', maxPerHour = 30 } = options
  const { level = 'CRITICAL', formatter = textFormatter(), now = Date.now, complain = createComplaints() } = options
  const letterhead = { from: checkedAddress('from', options.from), to: checkedRecipients(options.to), subject }
  const allowance = createAllowance(checkedLimit('smtpHandler: maxPerHour', maxPerHour), 3_600_000, now)
  const name = `smtp ${options.transport === undefined ? `${host}${port === undefined ? '' : `:${port}`}` : 'transport'}`
  const intervalMs = options.digestIntervalMs ?? options.intervalMs ?? 5000
  let transport = options.transport
  /** The batch that the limit holds back, and since when. */
  let held: { readonly key: string; readonly sinceMs: number } | undefined

  return createRemoteHandler(
    {
      name,
      needsSource: formatter.needsSource,
      entry(record) {
        const { level, logger, message, timeMs } = record
        return JSON.stringify({
          level,
          logger,
          message: message.slice(0, 1000),
          timeMs,
          text: formatted(record, formatter),
        } satisfies MailEntry)
      },
      async deliver({ key, entries }, signal) {
        if (allowance.left() === 0) {
          if (held?.key !== key) held = { key, sinceMs: now() }
          const reason = `${maxPerHour} mails were sent within an hour`
          return { kind: 'retry', reason, afterMs: allowance.waitMs() }
        }
        transport ??= await newTransport({ host, port, secure, auth, timeoutMs: options.timeoutMs ?? 10_000 })
        const parsed = entries.map((entry) => JSON.parse(entry) as MailEntry)
        const mail = mailOf(parsed, key, letterhead, held?.key === key ? now() - held.sinceMs : 0)
        try {
          const { rejected = [] } = (await untilAborted(signal, transport.sendMail(mail))) ?? {}
          if (rejected.length > 0) complain(`${name} refused the recipients ${rejected.map(String).join(', ')}`)
        } catch (error) {
          return outcomeOf(error)
        }
        allowance.take()
        return { kind: 'delivered' }
      },
    },
    { ...options, level, intervalMs, complain },
  )
}

/** Answers from 500 on are for good (RFC 5321, 4.2.1). Without an answer nobody knows, and it is tried again. */
function outcomeOf(error: unknown): Outcome {
  const { message, code, responseCode } = error as { message?: string; code?: string; responseCode?: number }
  const reason = (message ?? String(error)).replace(/\s+/g, ' ').slice(0, 200)
  if (responseCode !== undefined) {
    return responseCode >= 500 ? { kind: 'refused', reason } : { kind: 'retry', reason }
  }
  // Not a mail that any server could take.
  return code === 'EENVELOPE' || code === 'EMESSAGE' ? { kind: 'refused', reason } : { kind: 'retry', reason }
}

function checkedAddress(option: string, address: unknown): string {
  if (typeof address === 'string' && /^[^\p{Cc}]*[^\s@<>]@[^\s@<>]+>?$/u.test(address)) return address
  throw new TypeError(`smtpHandler: ${option} is ${JSON.stringify(address)}: use an address such as ads@example.com`)
}

function checkedRecipients(to: unknown): readonly string[] {
  if (!Array.isArray(to) || to.length === 0) throw new TypeError('smtpHandler: to must list at least one address')
  return to.map((address, index) => checkedAddress(`to[${index}]`, address))
}
