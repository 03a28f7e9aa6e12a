import type { SendOutcome } from '../notifier.ts'
import { OutgoingError } from '../outgoing/outgoing.ts'
import { excerpt } from '../outgoing/post-json.ts'

interface SmtpError {
  readonly message?: string
  readonly code?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
}

/**
 * What a failed delivery means. Answers from 500 on are for good (RFC 5321, 4.2.1) but 503, which speaks of the order of
 * commands; without an answer nobody knows, and it is tried again. Alertmanager tries again in both cases.
 */
export function mailFailure(error: unknown, secrets: readonly string[]): SendOutcome {
  if (error instanceof OutgoingError) return { sent: false, retry: error.retry, reason: error.message }
  const { message, code, command, response, responseCode } = error as SmtpError
  const said = excerpt(response ?? message ?? String(error), [...secrets, ...secrets.map(inBase64)])
  if (responseCode === undefined) {
    // Not a mail that any server could take.
    const retry = code !== 'EENVELOPE' && code !== 'EMESSAGE'
    return { sent: false, retry, reason: `no delivery to the mail server: ${said}` }
  }
  const to = command === undefined || command === 'API' ? '' : ` to ${command.replace(/^AUTH .*/, 'AUTH')}`
  const retry = responseCode < 500 || responseCode === 503
  return { sent: false, retry, reason: `the mail server answered${to}: ${said}` }
}

const inBase64 = (text: string) => Buffer.from(text).toString('base64')
