import type { ConnectionOptions } from 'node:tls'
import { createTransport } from 'nodemailer'
import type { Outgoing } from '../outgoing/outgoing.ts'
import { logIn, type SmtpCredentials } from './smtp-login.ts'

export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** Name to greet with. */
  readonly hello: string
  /** TLS from the first byte on, instead of by STARTTLS. */
  readonly implicitTls: boolean
  /** Without implicit TLS: go on by STARTTLS, and not at all where the server cannot. False: in plain text. */
  readonly startTls: boolean
  readonly tls: ConnectionOptions
  readonly credentials: SmtpCredentials | undefined
}

export interface OutgoingMail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  /** By name; `Subject`, `From` and `To` among them. Values may have any letters. */
  readonly headers: ReadonlyMap<string, string>
  /** With its angle brackets; unless `headers` has one. */
  readonly messageId: string
  readonly date: Date
  readonly text: string | undefined
  readonly html: string | undefined
}

/** Longest silence of the server before the mail counts as not delivered. */
const SILENCE_MS = 30_000

const GOODBYE_MS = 2000

/** Name by which the transport knows our way to log in. */
const LOGIN = 'LOGIN-BY-OFFER'

/**
 * Gives a mail to a server. Resolves with the recipients that were refused, when at least one was not; rejects with what
 * nodemailer or `Outgoing` say, and with the signal's reason once it is aborted.
 */
export async function deliverMail(
  server: SmtpServer,
  mail: OutgoingMail,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const connection = await outgoing.connect(server.host, server.port, signal)
  const cut = () => connection.destroy()
  // Whoever listens to it meanwhile: an error after the end of a delivery is of no matter.
  connection.on('error', () => {})
  signal.addEventListener('abort', cut, { once: true })
  const { credentials } = server
  const transport = createTransport({
    host: server.host,
    port: server.port,
    connection,
    secure: server.implicitTls,
    requireTLS: !server.implicitTls && server.startTls,
    ignoreTLS: !server.implicitTls && !server.startTls,
    tls: server.tls,
    name: server.hello,
    greetingTimeout: SILENCE_MS,
    socketTimeout: SILENCE_MS,
    socketCloseTimeout: 0,
    ...(credentials !== undefined && {
      auth: { user: credentials.user, pass: '', method: LOGIN },
      customAuth: { [LOGIN]: (offer) => logIn(credentials, offer) },
    }),
  })
  try {
    signal.throwIfAborted()
    const { rejected } = await transport.sendMail({
      envelope: { from: mail.envelope.from, to: [...mail.envelope.to] },
      ...addressed(mail.headers),
      messageId: mail.headers.get('Message-Id') ?? mail.messageId,
      date: mail.headers.get('Date') ?? mail.date,
      ...(mail.text !== undefined && { text: mail.text }),
      ...(mail.html !== undefined && { html: mail.html }),
      // Nothing of a mail may name files or addresses to be read into it.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    // The goodbye is under way; a server that does not close then is left.
    setTimeout(cut, GOODBYE_MS).unref()
    return rejected
  } catch (error) {
    cut()
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', cut)
    transport.close()
  }
}

const OWN = new Map([
  ['Subject', 'subject'],
  ['From', 'from'],
  ['To', 'to'],
  ['Cc', 'cc'],
  ['Reply-To', 'replyTo'],
  ['References', 'references'],
  ['In-Reply-To', 'inReplyTo'],
])

/** Headers that nodemailer writes by itself go by its own names: only so are names and addresses in them encoded well. */
function addressed(headers: ReadonlyMap<string, string>) {
  const fields: Record<string, string> = {}
  const others: Record<string, string> = {}
  for (const [name, value] of headers) {
    const own = OWN.get(name)
    if (own !== undefined) fields[own] = value
    else if (name !== 'Message-Id' && name !== 'Date') others[name] = value
  }
  return { ...fields, headers: others }
}
