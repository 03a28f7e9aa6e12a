import { expect, test } from 'vitest'
import { notifiers } from '../../../notify/notifiers/index.ts'
import type { ConfigSource } from './read-config.ts'
import { movedSecrets } from './secret-destinations.ts'
import { mergeSecrets, writtenSecrets } from './secrets-in-text.ts'
import { openNothing } from './testing/fake-notifiers.ts'
import { read } from './testing/read-text.ts'

const stored = (...points: NonNullable<ConfigSource['stored']>): NonNullable<ConfigSource['stored']> => points
const SOURCE: Partial<ConfigSource> = { notifiers, open: openNothing, file: undefined }

/** What is wrong with writing `newer` in the place of `older`. */
function changed(older: string, newer: string, points = stored()): readonly string[] {
  const rest = '\nroute: {receiver: a}\n'
  const before = read(older + rest, { ...SOURCE, stored: points })
  const after = read(mergeSecrets(newer, older) + rest, { ...SOURCE, stored: points })
  expect([...before.problems, ...after.problems]).toEqual([])
  return movedSecrets(before.sending, after.sending, writtenSecrets(newer))
}

const hook = (settings: string) => `receivers: [{name: a, webhook_configs: [{${settings}}]}]`
const genie = (global: string, settings: string) =>
  `global: {${global}}\nreceivers: [{name: a, opsgenie_configs: [{${settings}}]}]`
const mail = (global: string, settings: string) =>
  `global: {${global}}\nreceivers: [{name: a, email_configs: [{to: a@b.c, from: g@b.c, ${settings}}]}]`

test('what stays where it is can be kept, and the rest be changed', () => {
  const before = hook('url: https://x/1, http_config: {basic_auth: {username: u, password: p}}')
  const after = hook('url: <secret>, max_alerts: 3, http_config: {basic_auth: {username: v, password: <secret>}}')
  expect(changed(before, after)).toEqual([])
  expect(changed(before, hook('url: https://y/2'))).toEqual([])
})

test('the address beside a secret', () => {
  const before = hook('url: https://x/1, http_config: {basic_auth: {username: u, password: hunter2}}')
  const after = hook('url: https://evil/, http_config: {basic_auth: {username: u, password: <secret>}}')
  expect(changed(before, after)).toEqual([
    '"a" would send webhook_configs[0].http_config.basic_auth.password elsewhere than before: write the secret anew, here or in global, or leave the address, the proxy and TLS as they are',
  ])
  expect(changed(before, after.replace('<secret>', 'hunter3'))).toEqual([])
})

test.each([
  'proxy_url: http://evil/',
  'tls_config: {insecure_skip_verify: true}',
  'proxy_from_environment: true',
  'oauth2: {client_id: c, client_secret: s, token_url: https://evil/}',
])('what lets others read along: %s', (settings) => {
  const [fault] = changed(hook('url: https://x/1'), hook(`url: <secret>, http_config: {${settings}}`))
  expect(fault).toContain('webhook_configs[0].url elsewhere')
})

test('the address in global, the secret in a receiver, and the other way around', () => {
  const global = 'opsgenie_api_url: https://genie/'
  const evil = 'opsgenie_api_url: https://evil/'
  expect(changed(genie(global, 'api_key: k'), genie(evil, 'api_key: <secret>'))).toHaveLength(1)
  expect(
    changed(genie(`${global}, opsgenie_api_key: k`, ''), genie(`${evil}, opsgenie_api_key: <secret>`, '')),
  ).toHaveLength(1)
  const own = genie(`${global}, opsgenie_api_key: <secret>`, 'api_url: https://evil/')
  expect(changed(genie(`${global}, opsgenie_api_key: k`, ''), own)).toHaveLength(1)
  // To say what is so already moves nothing.
  const same = genie(`${global}, opsgenie_api_key: <secret>`, 'api_url: https://genie/')
  expect(changed(genie(`${global}, opsgenie_api_key: k`, ''), same)).toEqual([])
})

test('a secret of global that nobody used goes where global says, and nowhere else', () => {
  const before = 'global: {opsgenie_api_key: k, opsgenie_api_url: https://genie/}\nreceivers: [{name: a}]'
  const global = 'opsgenie_api_key: <secret>, opsgenie_api_url: '
  expect(changed(before, genie(`${global}https://genie/`, 'priority: P1'))).toEqual([])
  expect(changed(before, genie(`${global}https://evil/`, ''))).toHaveLength(1)
  expect(changed(before, genie(`${global}https://genie/`, 'api_url: https://evil/'))).toHaveLength(1)
})

test('a password of mail beside its server, and without TLS', () => {
  const global = (host: string, password: string, more = '') =>
    `smtp_smarthost: '${host}', smtp_auth_username: u, smtp_auth_password: ${password}${more}`
  const before = mail(global('smtp:25', 'hunter2'), '')
  expect(changed(before, mail(global('smtp:25', '<secret>'), "headers: {x: 'y'}"))).toEqual([])
  expect(changed(before, mail(global('smtp:25', '<secret>', ', smtp_require_tls: true'), ''))).toEqual([])
  expect(changed(before, mail(global('evil:25', '<secret>'), ''))).toHaveLength(1)
  expect(changed(before, mail(global('smtp:25', '<secret>', ', smtp_require_tls: false'), ''))).toHaveLength(1)
  expect(changed(before, mail(global('smtp:25', '<secret>'), "smarthost: 'evil:25'"))).toHaveLength(1)
  const insecure = mail(global('smtp:25', '<secret>', ', smtp_tls_config: {insecure_skip_verify: true}'), '')
  expect(changed(before, insecure)).toHaveLength(1)
})

test('an address that is a secret of global may be kept, and be replaced; its proxy not', () => {
  const slack = (global: string) => `global: {${global}}\nreceivers: [{name: a, slack_configs: [{channel: c}]}]`
  const before = slack('slack_api_url: https://hooks/T/1')
  expect(changed(before, slack('slack_api_url: <secret>'))).toEqual([])
  expect(changed(before, slack('slack_api_url: https://hooks/T/2'))).toEqual([])
  expect(changed(before, slack('slack_api_url: <secret>, http_config: {proxy_url: http://evil/}'))).toHaveLength(1)
})

test('a secret of a contact point beside the address in global', () => {
  const points = stored({ name: 'ops', integrations: [{ type: 'opsgenie', settings: { api_key: 'hunter2' } }] })
  const text = (global: string) => `global: {${global}}\nreceivers: [{name: a}]`
  const moved = changed(text(''), text('opsgenie_api_url: https://evil/'), points)
  expect(moved).toHaveLength(1)
  expect(moved[0]).toMatch(/^"ops" would send opsgenie_configs\[0\]\.api_key elsewhere/)
  expect(moved[0]).not.toContain('hunter2')
  expect(changed(text(''), text('smtp_hello: me'), points)).toEqual([])
})

test('secrets keep what they know of one another in any order of receivers', () => {
  const one = "{name: a, webhook_configs: [{url: 'https://x/1'}]}"
  const two = "{name: b, webhook_configs: [{url: 'https://x/2', max_alerts: 1}]}"
  const hidden = (text: string) => text.replace(/'https:[^']+'/g, '<secret>')
  expect(changed(`receivers: [${one}, ${two}]`, `receivers: [${hidden(two)}, ${hidden(one)}]`)).toEqual([])
})
