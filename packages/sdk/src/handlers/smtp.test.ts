import type { AddressInfo } from 'node:net'
import nodemailer from 'nodemailer'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions } from 'smtp-server'
import { afterEach, expect, test, vi } from 'vitest'
import { createHierarchy } from '../hierarchy.ts'
import { type MailEntry, mailOf } from './smtp/mail.ts'
import type { Mail, MailTransport } from './smtp/transport.ts'
import { type SmtpOptions, smtpHandler } from './smtp.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const FROM = 'Ad System <ads@shop.example>'

/** A real SMTP server, which takes everything unless its options say otherwise. */
async function mailServer(options: SMTPServerOptions = {}) {
  const mails: { raw: string; recipients: string[] }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream: SMTPServerDataStream, session, done) {
      let raw = ''
      stream.on('data', (chunk) => {
        raw += chunk
      })
      stream.on('end', () => {
        mails.push({ raw, recipients: session.envelope.rcptTo.map(({ address }) => address) })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  ends.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { port: (server.server.address() as AddressInfo).port, mails }
}

function logTo(options: Partial<SmtpOptions>) {
  const complaints: string[] = []
  const handler = smtpHandler({
    host: '127.0.0.1',
    from: FROM,
    to: ['oncall@shop.example'],
    digestIntervalMs: 5,
    firstRetryMs: 1,
    longestRetryMs: 5,
    closeTimeoutMs: 3000,
    complain: (text) => void complaints.push(text),
    ...options,
  })
  ends.push(() => handler.close())
  const { root, getLogger } = createHierarchy({ now: () => Date.UTC(2026, 0, 31, 8, 5, 7, 42) })
  root.setLevel('DEBUG').addHandler(handler)
  return { root, getLogger, handler, complaints }
}

const header = (raw: string, name: string) => new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'm').exec(raw)?.[1]

/** The text of a mail of one part. */
function body(raw: string): string {
  const text = raw.slice(raw.indexOf('\r\n\r\n') + 4)
  const encoding = header(raw, 'Content-Transfer-Encoding')
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString()
  if (encoding !== 'quoted-printable') return text
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

test('one mail for what comes together: time, level, logger, message, fields, stack', async () => {
  const { port, mails } = await mailServer()
  const subject = '광고 시스템 심각한 오류 발생'
  const { getLogger, handler } = logTo({ port, subject, to: ['a@shop.example', 'b@shop.example'] })
  const log = getLogger('shop.payment')
  log.critical('카드 결제 실패', { order_id: 4711, error: new TypeError('no card') })
  log.critical('database lost')
  log.error('below the level')
  await handler.flush()
  expect(mails).toHaveLength(1)
  const { raw, recipients } = mails[0] as (typeof mails)[0]
  const subjectBytes = (header(raw, 'Subject') ?? '').replace(/\r\n /g, '')
  expect(subjectBytes.replace(/=\?UTF-8\?B\?(.*?)\?=/g, (_, text) => Buffer.from(text, 'base64').toString())).toBe(
    subject,
  )
  expect(header(raw, 'From')).toBe(FROM)
  expect(header(raw, 'Message-ID')).toMatch(/^<[0-9a-f]{32}@shop\.example>$/)
  expect(header(raw, 'Auto-Submitted')).toBe('auto-generated')
  expect(header(raw, 'Date')).toBe('Sat, 31 Jan 2026 08:05:07 +0000')
  expect(recipients).toEqual(['a@shop.example', 'b@shop.example'])
  const text = body(raw).replaceAll('\r\n', '\n')
  expect(text).toMatch(/^2 records: 2 CRITICAL\n\n/)
  expect(text).toMatch(/\n2026-01-31 \d\d:05:07,042 - shop\.payment - CRITICAL - 카드 결제 실패 order_id=4711 /)
  expect(text).toMatch(/TypeError: no card\n\s+at /)
  expect(text).toContain('CRITICAL - database lost')
  expect(handler.stats).toMatchObject({ sent: 2, waiting: 0 })
})

test('one mail each, if so wished', async () => {
  const { port, mails } = await mailServer()
  const { root, handler } = logTo({ port, batchCount: 1, subject: '{level} {logger} ({count}): {message}' })
  for (const name of ['a', 'b', 'c']) root.critical(name)
  await handler.flush()
  expect(mails.map(({ raw }) => header(raw, 'Subject'))).toEqual(['a', 'b', 'c'].map((m) => `CRITICAL root (1): ${m}`))
  expect(new Set(mails.map(({ raw }) => header(raw, 'Message-ID'))).size).toBe(3)
})

test('no message or name makes a header or a recipient', async () => {
  const { port, mails } = await mailServer()
  const { getLogger, handler } = logTo({ port, subject: '{logger}: {message}' })
  const nasty = 'x\r\nBcc: thief@evil.example\r\n\r\n.\r\nMAIL FROM:<a@b>\u2028\u0000y'
  getLogger(`bad\r\nX-Bad: 1`).critical(nasty, { [nasty]: nasty })
  await handler.flush()
  expect(mails).toHaveLength(1)
  const { raw, recipients } = mails[0] as (typeof mails)[0]
  const heads = raw.slice(0, raw.indexOf('\r\n\r\n'))
  expect(heads).not.toMatch(/^(Bcc|X-Bad):/im)
  expect(header(raw, 'Subject')?.replace(/\r\n /g, ' ')).toContain('bad X-Bad: 1: x Bcc: thief@evil.example')
  expect(recipients).toEqual(['oncall@shop.example'])
})

test('an answer that is lost: the mail comes again with its Message-ID', async () => {
  let calls = 0
  const seen: string[] = []
  const { port } = await mailServer({
    onData(stream, _session, done) {
      let raw = ''
      stream.on('data', (chunk) => {
        raw += chunk
      })
      stream.on('end', () => {
        seen.push(raw)
        if (++calls > 1) return done()
        // Taken, but the client does not hear of it.
        hangUp()
      })
    },
  })
  const { createServer, connect } = await import('node:net')
  const between = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    client.pipe(upstream).pipe(client)
    client.on('error', () => {})
    upstream.on('error', () => {})
    hangUp = () => {
      client.destroy()
      upstream.destroy()
    }
  })
  let hangUp = () => {}
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', () => resolve()))
  ends.push(() => between.close())
  const { root, handler, complaints } = logTo({ port: (between.address() as AddressInfo).port })
  root.critical('once')
  await handler.flush()
  expect(seen.map((raw) => header(raw, 'Message-ID'))).toEqual([
    expect.any(String),
    header(seen[0] ?? '', 'Message-ID'),
  ])
  expect(handler.stats).toMatchObject({ sent: 1, waiting: 0, retries: 1 })
  expect(complaints).toHaveLength(1)
})

/** Refuses the first sender with this answer. */
const refuseOnce = (responseCode: number): SMTPServerOptions => {
  let left = 1
  return {
    onMailFrom(_address, _session, done) {
      if (left-- > 0) done(Object.assign(new Error('not now'), { responseCode }))
      else done()
    },
  }
}

test('4xx is tried again, 5xx is not and is counted', async () => {
  const busy = await mailServer(refuseOnce(451))
  const patient = logTo({ port: busy.port })
  patient.root.critical('a')
  await patient.handler.flush()
  expect(busy.mails).toHaveLength(1)
  expect(patient.handler.stats).toMatchObject({ sent: 1, retries: 1, dropped: { refused: 0 } })

  const strict = await mailServer(refuseOnce(550))
  const refused = logTo({ port: strict.port })
  refused.root.critical('a')
  await refused.handler.flush()
  refused.root.critical('b')
  await refused.handler.flush()
  expect(strict.mails).toHaveLength(1)
  expect(refused.handler.stats).toMatchObject({ sent: 1, retries: 0, dropped: { refused: 1 } })
  expect(refused.complaints[0]).toMatch(/^smtp 127\.0\.0\.1:\d+ refused 1 records: .*550/)
})

test('a recipient that is refused is told of; the others get the mail', async () => {
  const { port, mails } = await mailServer({
    onRcptTo({ address }, _session, done) {
      if (address.startsWith('gone')) done(Object.assign(new Error('no such user'), { responseCode: 550 }))
      else done()
    },
  })
  const { root, handler, complaints } = logTo({ port, to: ['here@shop.example', 'gone@shop.example'] })
  root.critical('a')
  await handler.flush()
  expect(mails).toHaveLength(1)
  expect(complaints).toEqual([expect.stringMatching(/refused the recipients gone@shop\.example$/)])
  expect(handler.stats).toMatchObject({ sent: 1, dropped: { refused: 0 } })
})

test('user and password are given, and told to nobody', async () => {
  const asked: unknown[] = []
  const { port, mails } = await mailServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      asked.push([username, password])
      if (password === 'right') done(null, { user: 'u' })
      else done(Object.assign(new Error('bad credentials'), { responseCode: 535 }))
    },
  })
  const right = logTo({ port, auth: { user: 'ads', pass: 'right' } })
  right.root.critical('a')
  await right.handler.flush()
  expect(mails).toHaveLength(1)
  const wrong = logTo({ port, auth: { user: 'ads', pass: 'very-secret' } })
  wrong.root.critical('a')
  await wrong.handler.flush()
  expect(asked).toEqual([
    ['ads', 'right'],
    ['ads', 'very-secret'],
  ])
  expect(wrong.handler.stats.dropped).toMatchObject({ refused: 1 })
  expect([wrong.handler.name, ...wrong.complaints].join()).not.toContain('very-secret')
})

test('more mails than an hour allows: what comes then waits, and shares the next mails', async () => {
  let now = 0
  const sent: Mail[] = []
  const transport: MailTransport = {
    async sendMail(mail) {
      sent.push(mail)
      return {}
    },
  }
  const { root, handler, complaints } = logTo({ transport, maxPerHour: 2, now: () => now, digestIntervalMs: 1 })
  for (const name of ['a', 'b']) {
    root.critical(name)
    await handler.flush()
  }
  root.critical('c')
  now = 3_599_990
  await vi.waitFor(() => expect(complaints.length).toBeGreaterThan(0), 5000)
  expect(complaints[0]).toBe('smtp transport: 2 mails were sent within an hour; 1 records are being retried')
  expect(sent).toHaveLength(2)
  for (let i = 0; i < 50; i++) root.critical(`d${i}`)
  now = 3_600_000
  await handler.flush()
  expect(sent.map(({ text }) => text.match(/ - CRITICAL - /g)?.length)).toEqual([1, 1, 1, 50])
  expect(sent[2]?.text).toMatch(/^Held back for 1 s, because the most mails/)
  expect(handler.stats).toMatchObject({ sent: 53, dropped: { overflow: 0, refused: 0 } })
})

test('a transport of nodemailer works, and a long subject is cut between characters', async () => {
  const { port, mails } = await mailServer()
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true })
  const { root, handler } = logTo({ transport })
  root.critical('😀'.repeat(300))
  await handler.flush()
  expect(mails).toHaveLength(1)
  const entry: MailEntry = { level: 50, logger: 'l', message: '😀'.repeat(300), text: 't', timeMs: 0 }
  for (const start of ['', 'x']) {
    const { subject } = mailOf([entry], 'k', { from: FROM, to: [], subject: `${start}{message}` }, 0)
    expect(subject.length).toBeLessThanOrEqual(200)
    expect(subject).toMatch(/^\P{Surrogate}*…$/u)
  }
})

test('a server that never answers: the attempt ends in time', async () => {
  const { createServer } = await import('node:net')
  const mute = createServer((socket) => void socket.on('error', () => {}))
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', () => resolve()))
  ends.push(() => mute.close())
  const { root, complaints, handler } = logTo({
    port: (mute.address() as AddressInfo).port,
    timeoutMs: 50,
    closeTimeoutMs: 50,
  })
  root.critical('a')
  await vi.waitFor(() => expect(complaints.length).toBeGreaterThan(1), 5000)
  expect(complaints[0]).toMatch(/1 records are being retried$/)
  expect(handler.stats).toMatchObject({ waiting: 1, sent: 0 })
})

test('without the package the complaint says what to install', async () => {
  vi.doMock('nodemailer', () => {
    throw new Error('not installed')
  })
  try {
    const { root, complaints } = logTo({ closeTimeoutMs: 10 })
    root.critical('m')
    await vi.waitFor(
      () => expect(complaints[0]).toMatch(/needs the package nodemailer \(npm install nodemailer\)/),
      5000,
    )
  } finally {
    vi.doUnmock('nodemailer')
  }
})

test('options that cannot be right say so', () => {
  const good = { from: 'a@b.example', to: ['c@d.example'] }
  expect(() => smtpHandler({ ...good, from: 'a@b\r\nBcc: x@y' })).toThrow(/from is ".*": use an address/)
  expect(() => smtpHandler({ ...good, from: 'nobody' })).toThrow(/from is "nobody"/)
  expect(() => smtpHandler({ ...good, to: [] })).toThrow(/at least one address/)
  expect(() => smtpHandler({ ...good, to: ['x@y.example', 'x y'] })).toThrow(/to\[1\] is "x y"/)
  expect(() => smtpHandler({ ...good, to: 'a@b.example' as never })).toThrow(/at least one address/)
  expect(() => smtpHandler({ ...good, maxPerHour: 0 })).toThrow(/maxPerHour is 0/)
})
