import { expect, it } from 'vitest'
import { httpOptions } from './http-options.ts'

it.each([
  [{ basic_auth: {}, bearer_token: 'x' }, 'only one of basic_auth'],
  [{ bearer_token: 'x', bearer_token_file: '/x' }, 'only one of bearer_token'],
  [{ basic_auth: { password: 'x', password_file: '/x' } }, 'basic_auth.password'],
  [{ authorization: { type: 'Basic', credentials: 'x' } }, 'use basic_auth'],
  [{ oauth2: { token_url: 'http://x' } }, 'client_id is missing'],
  [{ oauth2: { client_id: 'x' } }, 'token_url is missing'],
  [{ tls_config: { cert: 'x' } }, 'without its key'],
  [{ tls_config: { key_file: 'x' } }, 'without its certificate'],
  [{ tls_config: { ca: 'x', ca_file: 'y' } }, 'tls_config.ca'],
  [{ tls_config: { min_version: 'TLS13', max_version: 'TLS12' } }, 'above max_version'],
  [{ tls_config: { min_version: 'SSL3' } }, ''],
  [{ proxy_url: 'socks5://x' }, 'proxy_url must begin'],
  [{ no_proxy: 'x' }, 'of no use without'],
  [{ proxy_from_environment: true, proxy_url: 'http://x' }, 'together'],
  [{ proxy_connect_header: { a: ['b'] } }, 'of no use without'],
  [{ http_headers: { Host: { values: ['x'] } } }, 'cannot set Host'],
  [{ http_headers: { 'a b': { values: ['x'] } } }, 'name of a header'],
  [{ follow_redirect: true }, 'follow_redirect'],
])('does not take %j', (options, message) => {
  const { error } = httpOptions.safeParse(options)
  expect(error?.issues.map((issue) => issue.message).join()).toContain(message)
})

it('takes an empty proxy_url for none', () => {
  expect(httpOptions.safeParse({ proxy_url: '', proxy_from_environment: true }).success).toBe(true)
})

it('gives what it would take again', () => {
  const options = {
    basic_auth: { username: 'a', password_file: '/p' },
    tls_config: { ca_file: '/ca', min_version: 'TLS12' },
    http_headers: { 'X-One': { values: ['1'] } },
    proxy_url: 'http://proxy',
    no_proxy: 'a,b',
  }
  const read = httpOptions.parse(options)
  expect(read).toMatchObject({ follow_redirects: true, enable_http2: true, ...options })
  expect(httpOptions.parse(read)).toEqual(read)
})
