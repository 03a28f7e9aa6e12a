import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import { flag, optionalText, text } from '../../model/options/kinds.ts'
import { optionExpander } from '../expand-option.ts'
import { groupKeyHash } from '../group-key-hash.ts'
import { deliverMail, type OutgoingMail, type SmtpServer } from '../mail/deliver-mail.ts'
import { mailAddresses } from '../mail/mail-addresses.ts'
import { mailFailure } from '../mail/mail-failure.ts'
import { canonicalHeader, headerFaults } from '../mail/mail-headers.ts'
import type { Notification } from '../notification.ts'
import { defineNotifier, type GlobalOptions, type NotifierContext, type SendOutcome } from '../notifier.ts'
import { httpOptions, secretFile, sendResolved } from '../outgoing/http-options.ts'
import { tlsSettings } from '../outgoing/tls-settings.ts'
import { secretText } from '../secret-text.ts'
import { optionalTemplated, templated } from '../templated-text.ts'

const DEFAULT_HTML = '{{ template "email.default.html" . }}'
const DEFAULT_TEXT = '{{ template "email.default.text" . }}'
const DEFAULT_SUBJECT = '{{ template "email.default.subject" . }}'

const threading = z.strictObject({
  enabled: flag(false).describe('Lets mail programs show the mails of one group as a thread.'),
  thread_by_date: z
    .enum(['none', 'daily'])
    .optional()
    .meta({ kind: 'choice', allowed: 'none or daily' })
    .describe('daily: a thread for each day; none: one for all. Must be set where threads are enabled.'),
})

const options = z
  .strictObject({
    send_resolved: sendResolved(false),
    to: text('').meta({ template: true }).describe('Addresses to write to, with commas in between.'),
    from: optionalTemplated().describe('Address to write from. Without it: smtp_from of global.'),
    hello: optionalText().describe(
      'Name to greet the mail server with. Without it: smtp_hello of global, or localhost.',
    ),
    smarthost: optionalText({ allowed: 'HOST:PORT', pattern: /^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/ }).describe(
      'Mail server as HOST:PORT. Without it: smtp_smarthost of global.',
    ),
    auth_username: optionalText().describe('Who logs in to the mail server. Without it and that of global: nobody.'),
    auth_password: optionalText({ secret: true }).describe('Password, for the logins PLAIN and LOGIN.'),
    auth_password_file: secretFile('the password'),
    auth_secret: optionalText({ secret: true }).describe('Secret, for the login CRAM-MD5.'),
    auth_secret_file: secretFile('the secret for CRAM-MD5'),
    auth_identity: optionalText().describe('In whose name PLAIN logs in, where that is another.'),
    headers: z
      .record(z.string(), z.string())
      .default({})
      .meta({ kind: 'other', allowed: 'names of headers with texts', template: true })
      .describe('Headers of the mail, such as Subject; texts with templates.'),
    html: templated(DEFAULT_HTML).describe('The mail as HTML. Empty: none.'),
    text: templated('').describe('The mail as plain text. Empty: the default text beside the default HTML, else none.'),
    require_tls: z
      .boolean()
      .optional()
      .meta({ kind: 'flag', allowed: 'true or false' })
      .describe('Sends only when the server can STARTTLS. Without it: smtp_require_tls of global, or true.'),
    tls_config: httpOptions.shape.tls_config,
    force_implicit_tls: z
      .boolean()
      .optional()
      .meta({ kind: 'flag', allowed: 'true or false' })
      .describe('TLS from the first byte on. Without it: on port 465 only.'),
    threading: threading
      .default({ enabled: false })
      .meta({ kind: 'other', allowed: 'enabled, and thread_by_date none or daily' })
      .describe('Lets mail programs show mails of one group as a thread, of one day or of all.'),
  })
  .superRefine((settings, context) => {
    if (settings.to === '') context.addIssue({ code: 'custom', path: ['to'], message: 'names no address to write to' })
    for (const message of headerFaults(settings.headers)) {
      context.addIssue({ code: 'custom', path: ['headers'], message })
    }
    const { enabled, thread_by_date: by } = settings.threading
    if (!enabled) return
    if (by === undefined) {
      context.addIssue({ code: 'custom', path: ['threading'], message: 'thread_by_date must be none or daily' })
    }
    const own = Object.keys(settings.headers).map(canonicalHeader)
    for (const name of ['References', 'In-Reply-To'].filter((one) => own.includes(one))) {
      context.addIssue({ code: 'custom', path: ['headers'], message: `${name} cannot be set together with threading` })
    }
  })

type Options = z.output<typeof options>

/** E-mail by SMTP. */
export const email = defineNotifier<Options>({
  name: 'email',
  configKey: 'email_configs',
  summary: 'Mails by SMTP',
  options,
  example: {
    to: 'oncall@shop.example',
    from: 'Girok <alerts@shop.example>',
    smarthost: '$HOST:$PORT',
    require_tls: false,
  },
  complete(given, global) {
    const smarthost = given.smarthost ?? textOf(global, 'smtp_smarthost')
    if (smarthost === undefined) throw new Error('no mail server: set smarthost here or smtp_smarthost in global')
    const from = given.from ?? textOf(global, 'smtp_from')
    if (from === undefined) throw new Error('no sender: set from here or smtp_from in global')
    const password = given.auth_password !== undefined || given.auth_password_file !== undefined
    const secret = given.auth_secret !== undefined || given.auth_secret_file !== undefined
    return {
      ...given,
      smarthost,
      from,
      hello: given.hello ?? textOf(global, 'smtp_hello') ?? 'localhost',
      auth_username: given.auth_username ?? textOf(global, 'smtp_auth_username'),
      auth_password: password ? given.auth_password : textOf(global, 'smtp_auth_password'),
      auth_password_file: password ? given.auth_password_file : textOf(global, 'smtp_auth_password_file'),
      auth_secret: secret ? given.auth_secret : textOf(global, 'smtp_auth_secret'),
      auth_secret_file: secret ? given.auth_secret_file : textOf(global, 'smtp_auth_secret_file'),
      auth_identity: given.auth_identity ?? textOf(global, 'smtp_auth_identity'),
      require_tls: given.require_tls ?? (global.smtp_require_tls as boolean | undefined) ?? true,
      force_implicit_tls: given.force_implicit_tls ?? (global.smtp_force_implicit_tls as boolean | undefined),
      tls_config: given.tls_config ?? (global.smtp_tls_config as Options['tls_config']),
    }
  },
  open(settings, context) {
    return {
      sendResolved: settings.send_resolved,
      async send(notification, { signal }) {
        let mail: OutgoingMail
        let server: SmtpServer
        try {
          mail = mailOf(settings, notification, context)
          server = await serverOf(settings, context)
        } catch (error) {
          return { sent: false, retry: false, reason: (error as Error).message }
        }
        try {
          return sentTo(mail, await deliverMail(server, mail, context.outgoing, signal))
        } catch (error) {
          signal.throwIfAborted()
          return mailFailure(error, secretsOf(server))
        }
      },
    }
  },
})

function textOf(global: GlobalOptions, key: string): string | undefined {
  const value = global[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Throws an Error for users. */
function mailOf(settings: Options, notification: Notification, context: NotifierContext): OutgoingMail {
  const expand = optionExpander(context, notification)
  const from = expand('from', settings.from)
  const to = expand('to', settings.to)
  const [sender, ...others] = mailAddresses('from', from)
  if (sender === undefined || others.length > 0) throw new Error('from names more than one address')
  const headers = new Map<string, string>([
    ['Subject', expand('Subject', DEFAULT_SUBJECT)],
    ['To', to],
    ['From', from],
    ...Object.entries(settings.headers).map(
      ([name, value]) => [canonicalHeader(name), expand(`headers.${name}`, value)] as const,
    ),
  ])
  if (settings.threading.enabled) {
    const root = threadRoot(notification, settings.threading.thread_by_date === 'daily')
    headers.set('References', root).set('In-Reply-To', root)
  }
  const plain = settings.text === '' && settings.html === DEFAULT_HTML ? DEFAULT_TEXT : settings.text
  return {
    envelope: { from: sender, to: mailAddresses('to', to) },
    headers,
    messageId: `<${randomUUID()}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
    date: new Date(context.now()),
    text: plain === '' ? undefined : expand('text', plain),
    html: settings.html === '' ? undefined : optionExpander(context, notification, true)('html', settings.html),
  }
}

/** The mail that all of a thread answer. There is none such; mail programs join those that name it. As Alertmanager names it. */
function threadRoot({ groupKey, nowMs }: Notification, daily: boolean): string {
  const day = daily ? new Date(nowMs).toISOString().slice(0, 10) : ''
  return `<alert-${groupKeyHash(groupKey).slice(0, 16)}-${day}@alertmanager>`
}

/** Throws an Error for users. */
async function serverOf(settings: Options, { trusted }: NotifierContext): Promise<SmtpServer> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(settings.smarthost ?? '') ?? []
  const { auth_username: user, auth_identity: identity = '' } = settings
  const place = (option: 'auth_password' | 'auth_secret') =>
    secretText({ option, text: settings[option], file: settings[`${option}_file`] }, trusted)
  return {
    host,
    port: Number(port),
    hello: settings.hello ?? 'localhost',
    implicitTls: settings.force_implicit_tls ?? port === '465',
    startTls: settings.require_tls ?? true,
    tls: { ...(isIP(host) === 0 && { servername: host }), ...(await tlsSettings(settings.tls_config, trusted)) },
    credentials:
      user === undefined
        ? undefined
        : { user, password: await place('auth_password'), secret: await place('auth_secret'), identity },
  }
}

/** With the forms that they take on the wire, should the server repeat what it was told. */
function secretsOf({ credentials }: SmtpServer): string[] {
  if (credentials === undefined) return []
  const { user, password, secret, identity } = credentials
  return [password, secret, password && `${identity}\0${user}\0${password}`].filter((one) => one !== undefined)
}

function sentTo(mail: OutgoingMail, refused: readonly string[]): SendOutcome {
  if (refused.length === 0) return { sent: true }
  const { length } = mail.envelope.to
  return {
    sent: true,
    warning: `the mail server refused ${refused.length} of ${length} recipients: ${refused.join(', ')}`,
  }
}
