import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { NotifierContext, SendOutcome } from '../notifier.ts'
import { createAddressGuard } from '../outgoing/address-guard.ts'
import { createOutgoing } from '../outgoing/create-outgoing.ts'
import { CERTIFICATE, KEY } from '../testing/certificate.ts'
import { type MailSink, openMailSink } from '../testing/mail-sink.ts'
import { openForTest, trustedContext } from '../testing/open-for-test.ts'
import { diskFull } from '../testing/recorded-cases.ts'
import { notifiers } from './index.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function mailSink(options?: Parameters<typeof openMailSink>[0]): Promise<MailSink> {
  const sink = await openMailSink(options)
  ends.push(() => sink.close())
  return sink
}

const TLS = { disabledCommands: [], key: KEY, cert: CERTIFICATE }

interface Sending {
  readonly notification?: ReturnType<typeof diskFull>
  readonly context?: NotifierContext
  readonly signal?: AbortSignal
}

function send(
  port: number,
  options: Readonly<Record<string, unknown>> = {},
  sending: Sending = {},
): Promise<SendOutcome> {
  const { notification = diskFull('mail'), context = trustedContext(), signal = AbortSignal.timeout(5000) } = sending
  const email = notifiers.email
  if (email === undefined) throw new Error('no email')
  const settings = {
    to: 'oncall@shop.example',
    from: 'Girok <alerts@shop.example>',
    smarthost: `127.0.0.1:${port}`,
    require_tls: false,
    ...options,
  }
  return openForTest(email, settings, 'http://127.0.0.1:9', context).send(notification, { signal, kept: new Map() })
}

test('a mail with the default texts, as HTML and as plain text, to several', async () => {
  const { port, mails } = await mailSink()
  const to = 'A <a@shop.example>, 이영희 <b@shop.example>'
  expect(await send(port, { to, hello: 'girok.example' })).toEqual({ sent: true })
  const [mail] = mails
  expect(mails).toHaveLength(1)
  expect(mail?.from).toBe('alerts@shop.example')
  expect(mail?.to).toEqual(['a@shop.example', 'b@shop.example'])
  expect(mail?.hello).toBe('girok.example')
  expect(mail?.headers.get('subject')).toBe('[FIRING:2] DiskFull mail (critical storage)')
  expect(mail?.headers.get('from')).toBe('Girok <alerts@shop.example>')
  expect(mail?.headers.get('to')).toBe('A <a@shop.example>, 이영희 <b@shop.example>')
  expect(mail?.headers.get('message-id')).toMatch(/^<[0-9a-f-]{36}@shop\.example>$/)
  expect(mail?.headers.get('date')).toBe('Fri, 02 Jan 2026 04:00:00 +0000')
  expect(mail?.headers.has('references')).toBe(false)
  const text = mail?.parts.get('text/plain')?.replaceAll('\r\n', '\n')
  expect(text).toContain('2 firing\n\n* 디스크 <b>95%</b> & "more"\n  since 2026-01-02 03:04:05 UTC\n')
  expect(text).toContain('  host = db-2\n')
  const html = mail?.parts.get('text/html')
  expect(html).toContain('ディスク 97%')
  expect(html).toContain('디스크 &lt;b&gt;95%&lt;/b&gt;')
  expect(html).not.toContain('<b>95%')
  expect(html).toContain('https://alerts.example/am/alerts/silences?new=1&amp;m=alertname%3D%22DiskFull%22&amp;m=')
  expect([...(mail?.parts.keys() ?? [])]).toEqual(['text/plain', 'text/html'])
})

test('own subject, headers and texts with templates, in Korean and Japanese', async () => {
  const { port, mails } = await mailSink()
  const outcome = await send(port, {
    to: '{{ .CommonLabels.team }}@shop.example',
    headers: {
      subject:
        '[{{ .Status }}] 디스크가 가득 찼습니다 — ディスクがいっぱいです {{ .GroupLabels.alertname }} 그리고 더 긴 제목',
      'x-team': '{{ .CommonLabels.team }}',
      'reply-to': '당번 <ops@shop.example>',
    },
    text: 'T {{ .Status }}',
    html: '<p>{{ .CommonAnnotations.runbook }}</p>',
  })
  expect(outcome).toEqual({ sent: true })
  const [mail] = mails
  expect(mail?.to).toEqual(['storage@shop.example'])
  expect(mail?.headers.get('subject')).toBe(
    '[firing] 디스크가 가득 찼습니다 — ディスクがいっぱいです DiskFull 그리고 더 긴 제목',
  )
  expect(mail?.headers.get('x-team')).toBe('storage')
  expect(mail?.headers.get('reply-to')).toBe('당번 <ops@shop.example>')
  expect(mail?.parts.get('text/plain')).toBe('T firing')
  expect(mail?.parts.get('text/html')).toBe('<p>https://run.example/disk?a=1&amp;b=2</p>')
})

test('own HTML alone makes a mail of HTML alone', async () => {
  const { port, mails } = await mailSink()
  await send(port, { html: '<p>x</p>' })
  expect([...(mails[0]?.parts ?? [])]).toEqual([['text/html', '<p>x</p>']])
})

test('nothing of an alert makes a header or a recipient', async () => {
  const { port, mails } = await mailSink()
  const nasty = 'x\r\nBcc: thief@evil.example\r\nX-Bad: 1\r\n\r\nbody'
  const given = diskFull('mail')
  const notification = { ...given, commonLabels: new Map([['team', nasty]]) }
  const headers = { Subject: '{{ .CommonLabels.team }}', 'X-Team': '{{ .CommonLabels.team }}' }
  await send(port, { headers }, { notification })
  expect(mails[0]?.headers.has('bcc')).toBe(false)
  expect(mails[0]?.headers.has('x-bad')).toBe(false)
  expect(mails[0]?.to).toEqual(['oncall@shop.example'])
  const outcome = await send(port, { to: 'a@shop.example, {{ .CommonLabels.team }}' }, { notification })
  expect(outcome).toMatchObject({ sent: false, retry: false })
  expect(mails).toHaveLength(1)
})

test.each([
  ['none', '<alert-b28b77dda1c5d133-@alertmanager>'],
  ['daily', '<alert-b28b77dda1c5d133-2026-01-02@alertmanager>'],
])('mails of a group answer one that never was, as Alertmanager names it: %s', async (by, root) => {
  const { port, mails } = await mailSink()
  const notification = diskFull('email-full')
  await send(port, { threading: { enabled: true, thread_by_date: by } }, { notification })
  await send(port, { threading: { enabled: true, thread_by_date: by } }, { notification })
  expect(mails.map(({ headers }) => headers.get('references'))).toEqual([root, root])
  expect(mails.map(({ headers }) => headers.get('in-reply-to'))).toEqual([root, root])
  expect(new Set(mails.map(({ headers }) => headers.get('message-id'))).size).toBe(2)
})

test('STARTTLS is required by default; a server without it gets nothing', async () => {
  const { port, mails } = await mailSink()
  expect(await send(port, { require_tls: undefined })).toMatchObject({ sent: false })
  expect(mails).toHaveLength(0)
})

test('by STARTTLS, when the certificate is trusted', async () => {
  const { port, mails } = await mailSink(TLS)
  const trusting = { require_tls: true, tls_config: { ca: CERTIFICATE } }
  expect(await send(port, trusting)).toEqual({ sent: true })
  expect(mails[0]?.secure).toBe(true)
  const outcome = await send(port, { require_tls: true })
  expect(outcome).toMatchObject({ sent: false, retry: true, reason: expect.stringMatching(/certificate/i) })
  expect(await send(port, { require_tls: true, tls_config: { insecure_skip_verify: true } })).toEqual({ sent: true })
  expect(mails).toHaveLength(2)
})

test('by TLS from the first byte on', async () => {
  const { port, mails } = await mailSink({ ...TLS, secure: true })
  expect(await send(port, { force_implicit_tls: true, tls_config: { ca: CERTIFICATE } })).toEqual({ sent: true })
  expect(mails[0]?.secure).toBe(true)
})

const LOGIN = { auth_username: 'girok', auth_password: 'open sesame' }

function asks(methods: string[]): Parameters<typeof openMailSink>[0] {
  return {
    authOptional: false,
    authMethods: methods,
    allowInsecureAuth: true,
    onAuth({ username, password, validatePassword }, _, done) {
      const knows = password === undefined ? validatePassword('s3cret') : password === 'open sesame'
      if (username === 'girok' && knows) done(null, { user: username })
      else done(new Error('go away'))
    },
  }
}

test.each(['PLAIN', 'LOGIN'])('logs in by %s', async (method) => {
  const { port, mails } = await mailSink(asks([method]))
  expect(await send(port, LOGIN)).toEqual({ sent: true })
  expect(mails[0]?.user).toBe('girok')
})

test('logs in by CRAM-MD5 with the secret, also beside a password', async () => {
  const { port, mails } = await mailSink(asks(['CRAM-MD5']))
  expect(await send(port, { auth_username: 'girok', auth_secret: 's3cret' })).toEqual({ sent: true })
  expect(await send(port, { ...LOGIN, auth_secret: 's3cret' })).toEqual({ sent: true })
  expect(mails).toHaveLength(2)
  expect(await send(port, LOGIN)).toMatchObject({ sent: false, reason: expect.stringContaining('CRAM-MD5') })
})

test('a wrong password is not tried again', async () => {
  const { port, mails } = await mailSink(asks(['PLAIN']))
  const outcome = await send(port, { ...LOGIN, auth_password: 'wrong' })
  expect(outcome).toMatchObject({ sent: false, retry: false, reason: expect.stringContaining('535') })
  expect(JSON.stringify(outcome)).not.toContain('wrong')
  expect(mails).toHaveLength(0)
})

test('one of several recipients is refused: the others get the mail, and the log a warning', async () => {
  const { port, mails } = await mailSink({
    onRcptTo({ address }, _, done) {
      done(address.startsWith('gone') ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null)
    },
  })
  const outcome = await send(port, { to: 'gone@shop.example, b@shop.example' })
  expect(outcome).toMatchObject({ sent: true, warning: 'the mail server refused 1 of 2 recipients: gone@shop.example' })
  expect(mails[0]?.to).toEqual(['b@shop.example'])
  expect(await send(port, { to: 'gone@shop.example' })).toMatchObject({ sent: false, retry: false })
})

test.each([
  [451, true],
  [421, true],
  [550, false],
  [554, false],
])('an answer of %i to the mail: tried again: %s', async (responseCode, retry) => {
  const { port } = await mailSink({
    onData(stream, _, done) {
      stream.resume()
      stream.on('end', () => done(Object.assign(new Error('not now'), { responseCode })))
    },
  })
  const outcome = await send(port)
  expect(outcome).toMatchObject({ sent: false, retry })
  expect((outcome as { reason: string }).reason).toContain(`${responseCode} not now`)
})

/** A server that is no mail server. */
async function oddServer(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

test('a server that closes at once, in the middle, or speaks something else: tried again', async () => {
  const closing = await oddServer((socket) => socket.end())
  expect(await send(closing)).toMatchObject({ sent: false, retry: true })
  const breaking = await oddServer((socket) => {
    socket.write('220 hello\r\n')
    socket.once('data', () => socket.destroy())
  })
  expect(await send(breaking)).toMatchObject({ sent: false, retry: true })
  const web = await oddServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  expect(await send(web)).toMatchObject({ sent: false })
})

test('nobody listens: tried again', async () => {
  const port = await oddServer(() => {})
  await ends.pop()?.()
  expect(await send(port)).toMatchObject({ sent: false, retry: true })
})

test('a server that hangs ends with the attempt, and its connection too', async () => {
  const attempt = new AbortController()
  let isClosed = () => {}
  const closed = new Promise<void>((resolve) => {
    isClosed = resolve
  })
  const port = await oddServer((socket) => {
    socket.once('close', isClosed)
    attempt.abort(new Error('time is up'))
  })
  await expect(send(port, {}, { signal: attempt.signal })).rejects.toThrow('time is up')
  await closed
})

test('contact points from the API cannot reach this machine', async () => {
  const { port, mails } = await mailSink()
  const now = () => 0
  const outgoing = createOutgoing({ guard: createAddressGuard([]), now })
  const outcome = await send(port, {}, { context: { ...trustedContext(), outgoing, trusted: false } })
  expect(outcome).toMatchObject({ sent: false, retry: false, reason: expect.stringContaining('not allowed') })
  expect(mails).toHaveLength(0)
  const file = await send(
    port,
    { auth_username: 'x', auth_password_file: '/etc/hostname' },
    { context: { ...trustedContext(), trusted: false } },
  )
  expect(file).toMatchObject({ sent: false, reason: expect.stringContaining('auth_password_file') })
})

test('what global says counts where the contact point says nothing', () => {
  const { email } = notifiers
  if (email === undefined) throw new Error('no email')
  const read = (options: object) => email.options.parse({ to: 'a@b.example', ...options }) as never
  const global = {
    smtp_smarthost: 'mail.example:587',
    smtp_from: 'g@b.example',
    smtp_hello: 'g',
    smtp_auth_username: 'u',
    smtp_auth_password: 'p',
    smtp_require_tls: false,
  }
  expect(email.complete(read({}), global)).toMatchObject({
    smarthost: 'mail.example:587',
    from: 'g@b.example',
    hello: 'g',
    auth_username: 'u',
    auth_password: 'p',
    require_tls: false,
  })
  expect(email.complete(read({ auth_password_file: '/f', require_tls: true }), global)).toMatchObject({
    auth_password: undefined,
    auth_password_file: '/f',
    require_tls: true,
  })
  expect(() => email.complete(read({}), {})).toThrow('set smarthost here or smtp_smarthost in global')
  expect(() => email.complete(read({ smarthost: 'a:1' }), {})).toThrow('set from here or smtp_from in global')
})

test.each<[object, string]>([
  [{}, 'to'],
  [{ to: 'a@b.example', smarthost: 'mail.example' }, 'smarthost'],
  [{ to: 'a@b.example', headers: { subject: 'a', Subject: 'b' } }, 'Subject is there twice'],
  [{ to: 'a@b.example', headers: { 'a b': 'x' } }, 'cannot be the name of a header'],
  [{ to: 'a@b.example', headers: { 'Content-Type': 'x' } }, 'Content-Type cannot be set'],
  [{ to: 'a@b.example', threading: { enabled: true } }, 'thread_by_date'],
  [
    { to: 'a@b.example', threading: { enabled: true, thread_by_date: 'none' }, headers: { references: 'x' } },
    'References cannot be set together with threading',
  ],
])('%j is refused', (options, fault) => {
  const read = notifiers.email?.options.safeParse(options)
  expect(JSON.stringify(read?.error?.issues)).toContain(fault)
})
