import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface SunkMail {
  readonly from: string
  readonly to: readonly string[]
  /** By name, in lower case; unfolded and decoded. */
  readonly headers: ReadonlyMap<string, string>
  /** Bodies by content type, decoded. */
  readonly parts: ReadonlyMap<string, string>
  /** TLS was on. */
  readonly secure: boolean
  readonly user: string | undefined
  /** Name that the client greeted with. */
  readonly hello: string
}

/** A real SMTP server. It takes everything unless its options say otherwise. */
export interface MailSink {
  readonly port: number
  readonly mails: readonly SunkMail[]
  close(): Promise<void>
}

export async function openMailSink(options: SMTPServerOptions = {}): Promise<MailSink> {
  const mails: SunkMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 1,
    onData(stream, { envelope, secure, user, clientHostname, hostNameAppearsAs }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = envelope
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          ...readMail(Buffer.concat(chunks).toString('latin1')),
          secure,
          user: user === undefined ? undefined : String(user),
          hello: hostNameAppearsAs || clientHostname,
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function readMail(raw: string): Pick<SunkMail, 'headers' | 'parts'> {
  const { headers, body } = split(raw)
  const type = headers.get('content-type') ?? ''
  const [, boundary] = /boundary="?([^";]+)/.exec(type) ?? []
  const parts = new Map<string, string>()
  const pieces = boundary === undefined ? [raw] : body.split(`--${boundary}`).slice(1, -1)
  for (const piece of pieces) {
    const part = split(piece.replace(/^\r\n/, ''))
    const name = (part.headers.get('content-type') ?? '').split(';')[0] as string
    parts.set(name, decoded(part.body, part.headers.get('content-transfer-encoding') ?? ''))
  }
  return { headers, parts }
}

function split(text: string): { readonly headers: ReadonlyMap<string, string>; readonly body: string } {
  const end = text.indexOf('\r\n\r\n')
  const lines = text
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = lines.map((line) => {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/s.exec(line) ?? []
    return [name.toLowerCase(), decodedWords(value)] as const
  })
  return { headers: new Map(headers), body: text.slice(end + 4) }
}

/** RFC 2047; white space between two encoded words is no part of the text. */
function decodedWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/((?:=\?utf-8\?[bq]\?[^?]*\?=)+)/gi, (run: string) =>
      Buffer.concat(
        [...run.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi)].map(([, way = '', word = '']) =>
          way.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : quotedBytes(word.replaceAll('_', ' ')),
        ),
      ).toString(),
    )
}

function decoded(body: string, encoding: string): string {
  const text = body.replace(/\r\n$/, '')
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString()
  if (encoding === 'quoted-printable') return quotedBytes(text.replace(/=\r\n/g, '')).toString()
  return text
}

function quotedBytes(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}
