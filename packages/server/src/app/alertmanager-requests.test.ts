import { expect, test } from 'vitest'
import { alertmanagerAt, alertmanagerOf, checkAlertmanagerRequests } from './alertmanager-requests.ts'

const found = { key: '0', url: 'http://a:9093/api/v2/alerts', timeoutMs: 3_000, relabel: () => undefined }
const requests = (fields: Readonly<Record<string, unknown>>) => ({ fields, folder: '/etc/prometheus' })

test('requests are made as Prometheus configures them, files from the folder of its configuration', () => {
  const http = requests({
    basic_auth: { username: 'u', password_file: 'secret' },
    tls_config: { ca_file: '/ca.pem', cert_file: 'cert.pem', key_file: 'key.pem', server_name: 'am' },
    proxy_url: 'http://proxy:3128',
    enable_http2: false,
    follow_redirects: null,
    http_headers: { 'X-Scope': { values: ['a'], files: ['scope'] } },
  })
  expect(checkAlertmanagerRequests(http)).toEqual([])
  const target = alertmanagerOf({ ...found, http })
  expect(target).toMatchObject({ key: '0', url: found.url, timeoutMs: 3_000, relabel: found.relabel })
  expect(target.http).toMatchObject({
    basic_auth: { username: 'u', password_file: '/etc/prometheus/secret' },
    tls_config: {
      ca_file: '/ca.pem',
      cert_file: '/etc/prometheus/cert.pem',
      key_file: '/etc/prometheus/key.pem',
      server_name: 'am',
      insecure_skip_verify: false,
    },
    proxy_url: 'http://proxy:3128',
    follow_redirects: true,
    http_headers: { 'X-Scope': { values: ['a'], secrets: [], files: ['/etc/prometheus/scope'] } },
  })
})

test.each([
  [{ basic_auth: { usernam: 'u' } }, ['basic_auth', 'usernam'], 'unknown key; is username meant?'],
  [{ tls_config: { insecure_skip_verify: 7 } }, ['tls_config', 'insecure_skip_verify'], 'must be true or false'],
  [{ basic_auth: {}, authorization: {} }, [], 'only one of basic_auth, authorization, oauth2 and bearer_token can be'],
  [{ oauth2: { client_id: 'x' } }, [], 'oauth2.token_url is missing'],
  [{ proxy_url: 'socks5://x' }, [], 'proxy_url must begin with http:// or https://'],
  [{ http_headers: { Host: { values: ['x'] } } }, [], 'http_headers cannot set Host'],
])('%j is told with its place', (fields, keys, message) => {
  expect(checkAlertmanagerRequests(requests(fields))).toEqual([{ keys, message: expect.stringContaining(message) }])
})

test('credentials of an address never stay in it', () => {
  const target = alertmanagerAt('https://us%40er:p%3Aw@am.example:9093/base/')
  expect(target.url).toBe('https://am.example:9093/base/api/v2/alerts')
  expect(target.http.basic_auth).toMatchObject({ username: 'us@er', password: 'p:w' })
  expect(target.timeoutMs).toBe(10_000)
  const plain = alertmanagerAt('http://am:9093')
  expect(plain.url).toBe('http://am:9093/api/v2/alerts')
  expect(plain.http.basic_auth).toBeUndefined()
})
