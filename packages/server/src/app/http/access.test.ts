import { expect, test } from 'vitest'
import { identify, type TokenVerifier } from './access.ts'

const none: TokenVerifier = { required: () => false, verify: () => undefined }
const some: TokenVerifier = {
  required: () => true,
  verify: (token) => (token === 'girok_good' ? { tenant: 'team-a', scopes: ['query'] } : undefined),
}

test('without tokens the header names the tenant, and its absence means the default', () => {
  expect(identify({}, 'query', none, 'default').tenant).toBe('default')
  expect(identify({ 'x-scope-orgid': 'team-b' }, 'admin', none, 'default').tenant).toBe('team-b')
  expect(() => identify({ 'x-scope-orgid': 'a|b' }, 'query', none, 'default')).toThrow(/tenant id/)
})

test('with tokens nothing but open routes goes without one', () => {
  expect(() => identify({}, 'query', some, 'default')).toThrow(/needs a token/)
  expect(() => identify({ authorization: 'Bearer girok_bad' }, 'query', some, 'default')).toThrow(/not known/)
  expect(() => identify({ authorization: 'Digest x' }, 'query', some, 'default')).toThrow(/not known/)
  expect(identify({}, undefined, some, 'default').tenant).toBe('default')
})

test.each([
  { authorization: 'Bearer girok_good' },
  { authorization: 'bearer   girok_good' },
  { authorization: `Basic ${Buffer.from('anyone:girok_good').toString('base64')}` },
  { 'sec-websocket-protocol': `girok, girok.token.${Buffer.from('girok_good').toString('base64url')}` },
])('the token is found in %o', (headers) => {
  expect(identify(headers, 'query', some, 'default')).toEqual({ tenant: 'team-a', scopes: ['query'] })
})

test('a token has its scopes and its tenant, no others', () => {
  const authorization = 'Bearer girok_good'
  expect(() => identify({ authorization }, 'ingest', some, 'default')).toThrow(/lacks the scope ingest/)
  expect(() => identify({ authorization, 'x-scope-orgid': 'team-b' }, 'query', some, 'default')).toThrow(/bound to/)
  expect(identify({ authorization, 'x-scope-orgid': 'team-a' }, 'query', some, 'default').tenant).toBe('team-a')
})
