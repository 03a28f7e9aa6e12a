import { createHmac } from 'node:crypto'
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection/index'

export interface SmtpCredentials {
  readonly user: string
  /** For PLAIN and LOGIN. */
  readonly password: string | undefined
  /** For CRAM-MD5. */
  readonly secret: string | undefined
  /** In whose name the user acts (RFC 4616); PLAIN only. */
  readonly identity: string
}

const encoded = (text: string) => Buffer.from(text).toString('base64')

/**
 * Logs in by the first way that the server offers and for which there is something to log in with: CRAM-MD5 (RFC 2195) with
 * a secret, PLAIN (RFC 4616) or LOGIN with a password.
 */
export async function logIn(credentials: SmtpCredentials, server: SMTPConnectionCustomAuthContext): Promise<void> {
  const { user, password, secret, identity } = credentials
  const say = async (line: string, expected: number) => {
    const { status = 0, text } = await server.sendCommand(line)
    if (status !== expected) throw new Error('the login was refused')
    return text
  }
  for (const way of server.authMethods) {
    if (way === 'CRAM-MD5' && secret !== undefined) {
      const challenge = Buffer.from(await say('AUTH CRAM-MD5', 334), 'base64')
      const digest = createHmac('md5', secret).update(challenge).digest('hex')
      await say(encoded(`${user} ${digest}`), 235)
      return
    }
    if (way === 'PLAIN' && password !== undefined) {
      await say(`AUTH PLAIN ${encoded(`${identity}\0${user}\0${password}`)}`, 235)
      return
    }
    if (way === 'LOGIN' && password !== undefined) {
      await say('AUTH LOGIN', 334)
      await say(encoded(user), 334)
      await say(encoded(password), 235)
      return
    }
  }
  const needed = password === undefined ? 'auth_secret is for CRAM-MD5' : 'auth_password is for PLAIN and LOGIN'
  throw new Error(`the mail server offers ${server.authMethods.join(', ') || 'no known way'} to log in; ${needed}`)
}
