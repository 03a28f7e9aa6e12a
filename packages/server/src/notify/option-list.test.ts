import { expect, test } from 'vitest'
import type { Notifier } from './notifier.ts'
import { email } from './notifiers/email.ts'
import { pagerduty } from './notifiers/pagerduty.ts'
import { telegram } from './notifiers/telegram.ts'
import { allOptions, keepSecrets, notifierOptions, showSettings } from './option-list.ts'

const optionsOf = (notifier: Notifier) => new Map(notifierOptions(notifier).map((one) => [one.name, one]))

test('an option is told as it is declared', () => {
  const options = optionsOf(telegram as Notifier)
  expect(options.get('bot_token')).toMatchObject({ kind: 'text', secret: true, required: true, template: false })
  expect(options.get('chat_id')).toMatchObject({ kind: 'count', secret: false, required: true })
  expect(options.get('message')).toMatchObject({
    kind: 'text',
    required: false,
    template: true,
    default: '{{ template "telegram.default.message" . }}',
  })
  expect(options.get('parse_mode')).toMatchObject({
    kind: 'choice',
    choices: ['HTML', 'Markdown', 'MarkdownV2', ''],
    default: 'HTML',
  })
  expect(options.get('timeout')).toMatchObject({ kind: 'duration', default: '0' })
  expect(options.get('send_resolved')).toMatchObject({ kind: 'flag', default: true })
})

test('keys within keys come by their path, and what a contact point cannot do without is required', () => {
  const options = optionsOf(email as Notifier)
  expect(options.get('tls_config.server_name')).toMatchObject({ kind: 'text', required: false })
  expect([...options.values()].filter(({ required }) => required).map(({ name }) => name)).toEqual([
    'to',
    'from',
    'smarthost',
  ])
  expect(optionsOf(pagerduty as Notifier).get('http_config.basic_auth.password')).toMatchObject({ secret: true })
})

test('options that name files are of configuration files alone', () => {
  expect(notifierOptions(telegram as Notifier).map(({ name }) => name)).not.toContain('bot_token_file')
  expect(allOptions(telegram as Notifier).map(({ name }) => name)).toContain('bot_token_file')
})

test('secrets are shown as set, within keys and lists too, and nothing else is changed', () => {
  const shown = showSettings(pagerduty as Notifier, {
    routing_key: 'abc',
    service_key: '',
    severity: 'critical',
    details: { a: ['b'] },
    http_config: {
      basic_auth: { username: 'me', password: 'pass' },
      http_headers: { 'X-Key': { secrets: ['one', 'two'], values: ['three'] } },
      proxy_connect_header: { 'Proxy-Authorization': ['Basic xyz'] },
    },
  })
  expect(shown).toEqual({
    routing_key: '<secret>',
    service_key: '',
    severity: 'critical',
    details: { a: ['b'] },
    http_config: {
      basic_auth: { username: 'me', password: '<secret>' },
      http_headers: { 'X-Key': { secrets: ['<secret>', '<secret>'], values: ['three'] } },
      proxy_connect_header: { 'Proxy-Authorization': ['<secret>'] },
    },
  })
})

test('a secret that is kept comes back, in lists by its place', () => {
  const before = { api_key: 'k', note: 'old', http_config: { http_headers: { a: { secrets: ['x', 'y'] } } } }
  const next = { api_key: '<secret>', http_config: { http_headers: { a: { secrets: ['new', '<secret>'] } } } }
  expect(keepSecrets(next, before)).toEqual({
    api_key: 'k',
    http_config: { http_headers: { a: { secrets: ['new', 'y'] } } },
  })
})

test('where there was no secret, none can be kept', () => {
  expect(() => keepSecrets({ api_key: '<secret>' }, {})).toThrow('api_key: there is no secret to keep')
  expect(() => keepSecrets({ constructor: '<secret>' }, {})).toThrow('no secret to keep')
})

test('a secret cannot be kept and sent elsewhere', () => {
  const before = { api_key: 'k', api_url: 'https://a.example' }
  expect(() => keepSecrets({ api_key: '<secret>', api_url: 'https://b.example' }, before)).toThrow(
    'api_url leads elsewhere than before: write api_key anew',
  )
  expect(() => keepSecrets({ api_key: '<secret>', http_config: { proxy_url: 'http://p' } }, before)).toThrow(
    'proxy_url leads elsewhere',
  )
  // Without an address of its own it would go to the one of `global`.
  expect(() => keepSecrets({ api_key: '<secret>' }, before)).toThrow('api_url leads elsewhere')
  const insecure = { ...before, api_key: '<secret>', http_config: { tls_config: { insecure_skip_verify: true } } }
  expect(() => keepSecrets(insecure, before)).toThrow('insecure_skip_verify leads elsewhere')
  expect(() => keepSecrets({ auth_password: '<secret>', require_tls: false }, { auth_password: 'p' })).toThrow(
    'require_tls leads elsewhere',
  )
  // What is so by itself may be said.
  expect(keepSecrets({ auth_password: '<secret>', require_tls: true }, { auth_password: 'p' })).toEqual({
    auth_password: 'p',
    require_tls: true,
  })
  expect(keepSecrets({ api_key: 'new', api_url: 'https://b.example' }, before)).toEqual({
    api_key: 'new',
    api_url: 'https://b.example',
  })
})
