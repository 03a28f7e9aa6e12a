import { packageError } from '../package-error.ts'

/** One mail, as nodemailer takes it. */
export interface Mail {
  from: string
  to: string[]
  subject: string
  text: string
  /** With its angle brackets. */
  messageId: string
  date: Date
  headers: Record<string, string>
  /** Nothing of a mail may name files or addresses to be read into it. */
  disableFileAccess: true
  disableUrlAccess: true
}

/** What the handler needs of a mail transport; one of nodemailer has it. */
export interface MailTransport {
  /** Rejects, with `responseCode` when the server has answered with an error. `rejected`: recipients that it refused. */
  sendMail(mail: Mail): Promise<{ readonly rejected?: readonly unknown[] }>
}

export interface SmtpServer {
  readonly host: string
  readonly port: number | undefined
  readonly secure: boolean | undefined
  readonly auth: { readonly user: string; readonly pass: string } | undefined
  readonly timeoutMs: number
}

/** A transport of nodemailer, which is loaded now. */
export async function newTransport({ timeoutMs, ...server }: SmtpServer): Promise<MailTransport> {
  let createTransport: (options: object) => unknown
  try {
    // Left alone by bundlers: programs that send no mail have no such package.
    ;({ createTransport } = (await import(/* webpackIgnore: true */ /* @vite-ignore */ 'nodemailer')).default)
  } catch (error) {
    throw packageError('smtpHandler', 'nodemailer', 'a transport as option `transport`', error)
  }
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs }
  return createTransport({ ...server, ...timeouts }) as MailTransport
}
