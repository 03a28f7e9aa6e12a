/** Secrets of contact points do not come out by what fails: not in reasons, not in errors, not in settings that are shown. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { allOptions, showSettings, substituted } from '../option-list.ts'
import { type HttpSink, openHttpSink } from '../testing/http-sink.ts'
import { type MailSink, openMailSink } from '../testing/mail-sink.ts'
import { openForTest } from '../testing/open-for-test.ts'
import { diskFull } from '../testing/recorded-cases.ts'
import { notifiers } from './index.ts'

/** Stands in every secret, and in nothing else. */
const PLANTED = 'pl4nted-s3cret'

/** Options that make a request fail of themselves, or that exclude one another, are planted one at a time. */
function plantings(name: string): [string, Record<string, unknown>][] {
  const notifier = notifiers[name]
  if (notifier === undefined) throw new Error(`no notifier ${name}`)
  return allOptions(notifier)
    .filter((option) => option.secret)
    .map((option) => [option.name, planted(notifier.example, option.name, option.kind)])
}

/** The example with one secret more. */
function planted(example: Readonly<Record<string, unknown>>, option: string, kind: string): Record<string, unknown> {
  const path = option.split('.')
  const beside = BESIDE[option] ?? {}
  const isAddress = /url$/.test(option)
  const text = isAddress ? `$URL/${PLANTED}/path?token=${PLANTED}` : PLANTED
  const value = option.endsWith('proxy_url')
    ? `http://user:${PLANTED}@127.0.0.1:9`
    : option.endsWith('proxy_connect_header')
      ? { 'X-Proxy': [PLANTED] }
      : kind === 'list'
        ? [PLANTED]
        : text
  const whole: Record<string, unknown> = { ...structuredClone(example), ...structuredClone(beside) }
  let at = whole
  for (const step of path.slice(0, -1)) {
    at[step] ??= {}
    at = at[step] as Record<string, unknown>
  }
  at[path.at(-1) as string] = value
  return Object.fromEntries(Object.entries(whole).filter(([, one]) => one !== undefined))
}

/** What else must be said, or not be said, for an option to count. */
const BESIDE: Readonly<Record<string, Record<string, unknown>>> = {
  auth_password: { auth_username: 'girok' },
  auth_secret: { auth_username: 'girok' },
  app_token: { api_url: undefined, app_url: '$URL/api/chat.postMessage' },
  'http_config.basic_auth.password': { http_config: { basic_auth: { username: 'girok' } } },
  'http_config.oauth2.client_secret': { http_config: { oauth2: { client_id: 'girok', token_url: '$URL/token' } } },
  'http_config.oauth2.tls_config.key': {
    http_config: { oauth2: { client_id: 'girok', token_url: '$URL/token', tls_config: { cert: 'none' } } },
  },
  'http_config.oauth2.proxy_url': { http_config: { oauth2: { client_id: 'girok', token_url: '$URL/token' } } },
  'http_config.oauth2.proxy_connect_header': {
    http_config: { oauth2: { client_id: 'girok', token_url: '$URL/token', proxy_url: 'http://127.0.0.1:9' } },
  },
  'http_config.proxy_connect_header': { http_config: { proxy_url: 'http://127.0.0.1:9' } },
  'http_config.tls_config.key': { http_config: { tls_config: { cert: 'none' } } },
  'tls_config.key': { tls_config: { cert: 'none' }, require_tls: true },
  service_key: { routing_key: undefined },
}

/** Every way to write a secret that far ends see of it. */
const FORMS = [PLANTED, Buffer.from(PLANTED).toString('base64'), encodeURIComponent(PLANTED)]

function expectNoSecret(text: string): void {
  for (const form of FORMS) expect(text).not.toContain(form)
  // Within the base64 of more than itself.
  for (const [word] of text.matchAll(/[A-Za-z0-9+/]{8,}={0,2}/g)) {
    for (const shift of [0, 1, 2, 3]) {
      expect(Buffer.from(word.slice(shift), 'base64').toString('latin1')).not.toContain(PLANTED)
    }
  }
}

const byHttp = Object.keys(notifiers).filter((name) => name !== 'email')

describe.each(byHttp)('%s', (name) => {
  let sink: HttpSink
  beforeEach(async () => {
    sink = await openHttpSink()
  })
  afterEach(() => sink.close())

  const told = async (options: Readonly<Record<string, unknown>>, url = sink.url): Promise<string> => {
    const notifier = notifiers[name]
    if (notifier === undefined) throw new Error(`no notifier ${name}`)
    const attempt = { signal: AbortSignal.timeout(5000), kept: new Map<string, string>() }
    try {
      const outcome = await openForTest(notifier, options, url).send(diskFull('group'), attempt)
      return JSON.stringify(outcome)
    } catch (error) {
      const { message, stack, cause } = error as Error
      return [message, stack, String(cause)].join('\n')
    }
  }

  test.each(plantings(name))('%s stays secret', async (option, options) => {
    // The far end sends back all that it was sent.
    for (const status of [200, 400, 404, 429, 500]) {
      sink.answer = ({ path, headers, body }, response) => {
        const said = `${path}\n${Object.values(headers).join('\n')}\n${body}`
        response.writeHead(status, { 'content-type': 'text/plain' }).end(said)
      }
      expectNoSecret(await told(options))
    }
    sink.answer = ({ path, headers }, response) => {
      const description = `${path} ${headers.authorization ?? ''}`
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ok: false, error: description, description, error_code: 400 }))
    }
    expectNoSecret(await told(options))
    sink.answer = ({ path }, response) => void response.writeHead(302, { location: `ftp://x/${path}` }).end()
    expectNoSecret(await told(options))
    sink.answer = (_, response) => void response.destroy()
    expectNoSecret(await told(options))
    // Nobody is there, and there is no such host.
    expectNoSecret(await told(options, 'http://127.0.0.1:9'))
    expectNoSecret(await told(options, 'http://nowhere.invalid:9'))
    const notifier = notifiers[name]
    const shown = JSON.stringify(notifier && showSettings(notifier, substituted(options, sink.url)))
    expectNoSecret(shown)
    expect(shown, option).toContain('<secret>')
  })

  test.each(plantings(name).filter(([option]) => !option.includes('.')))(
    '%s stays secret where it is no template, or no value at all',
    async (option, options) => {
      const notifier = notifiers[name]
      for (const value of [
        `{{ ${PLANTED}`,
        `${PLANTED}{{ end }}`,
        `{{ .No.${PLANTED} }}`,
        17,
        [PLANTED],
        { a: PLANTED },
      ]) {
        expectNoSecret(await told({ ...options, [option]: value }))
        const read = notifier?.options.safeParse({ ...options, [option]: value })
        const messages = read?.error?.issues.map(({ message, path }) => `${path.join('.')}: ${message}`).join('\n')
        expectNoSecret(messages ?? '')
      }
    },
  )
})

describe('email', () => {
  let sink: MailSink | undefined
  afterEach(() => sink?.close())

  test.each(plantings('email'))('%s stays secret', async (_, options) => {
    const { email } = notifiers
    if (email === undefined) throw new Error('no email')
    const attempt = { signal: AbortSignal.timeout(5000), kept: new Map<string, string>() }
    for (const method of ['PLAIN', 'LOGIN', 'CRAM-MD5']) {
      sink = await openMailSink({
        authOptional: false,
        authMethods: [method],
        allowInsecureAuth: true,
        onAuth({ username, password: told }, _session, done) {
          const password = told ?? ''
          const line = Buffer.from(`\0${username}\0${password}`).toString('base64')
          const said = `${username} with ${password} by ${line} and ${Buffer.from(password).toString('base64')} is wrong`
          done(Object.assign(new Error(said), { responseCode: 535 }))
        },
      })
      const open = openForTest(email, options, `http://127.0.0.1:${sink.port}`)
      const outcome = await open.send(diskFull('group'), attempt)
      expect(outcome).toMatchObject({ sent: false })
      expectNoSecret(JSON.stringify(outcome))
      await sink.close()
      expectNoSecret(JSON.stringify(await open.send(diskFull('group'), attempt)))
    }
    expectNoSecret(JSON.stringify(showSettings(email, options)))
  })
})
