import { expect, test } from 'vitest'
import { ApiLogger } from './api-logger.ts'
import { fixture } from './testing/fixture.ts'

test('request and response are joined by request_id, field by field as the ML guide has it', async () => {
  const given = fixture()
  const api = new ApiLogger('fastapi_server', { ...given, directory: 'fastapi' })
  api.logRequest({ request_id: 'req_xyz789', method: 'POST', path: '/v1/chat/completions', request_size: 120 })
  api.logResponse({ request_id: 'req_xyz789', status_code: 200, duration_ms: 234.5, response_size: 9 })
  await api.close()
  expect(given.files()).toEqual(['fastapi/fastapi_server_20251220_120000.log'])
  const head = `{"timestamp":"${new Date(given.now()).toISOString()}","level":"INFO","logger":"api.fastapi_server","message":`
  expect(given.content().split('\n')).toEqual([
    `${head}"api_request","request_id":"req_xyz789","method":"POST","path":"/v1/chat/completions","request_size":120}`,
    `${head}"api_response","request_id":"req_xyz789","method":"POST","path":"/v1/chat/completions","status_code":200,"duration_ms":234.5,"response_size":9}`,
    '',
  ])
})

test('the duration is measured when it is not given; an unknown response is recorded with what it has', async () => {
  const given = fixture()
  const api = new ApiLogger('x', given)
  api.logRequest({ request_id: 'a', method: 'GET', path: '/' })
  given.now.pass(12)
  api.logResponse({ request_id: 'a', status_code: 204 })
  api.logResponse({ request_id: 'a', status_code: 500 })
  expect(given.files()).toEqual(['api/x_20251220_120000.log'])
  expect(given.seen().slice(1)).toEqual([
    [20, 'api_response', { request_id: 'a', method: 'GET', path: '/', status_code: 204, duration_ms: 12 }],
    [20, 'api_response', { request_id: 'a', status_code: 500 }],
  ])
  await api.close()
})

test('requests without a response are forgotten, the oldest first', async () => {
  const given = fixture()
  const api = new ApiLogger('x', { ...given, maxPending: 1000 })
  for (let i = 0; i < 5000; i++) api.logRequest({ request_id: `r${i}`, method: 'GET', path: `/${i}` })
  for (const i of [3999, 4000, 4999]) api.logResponse({ request_id: `r${i}`, status_code: 200 })
  const paths = given
    .seen()
    .slice(-3)
    .map(([, , fields]) => Object(fields).path)
  expect(paths).toEqual([undefined, '/4000', '/4999'])
  await api.close()
})
