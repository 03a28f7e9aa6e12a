import { expect, test } from 'vitest'
import { readPromtail } from '../promtail/index.ts'
import { loadPlain } from './load.ts'

test('what comes out is a configuration of the agent', async () => {
  const { agentConfig } = readPromtail(
    `
server: {http_listen_port: 9080, http_listen_address: 127.0.0.1, log_level: debug, log_format: json}
clients:
  - url: http://loki:3100/loki/api/v1/push
    tenant_id: a
    bearer_token_file: /token
    batchwait: 2s
    batchsize: 500KB
    headers: {X-A: b}
    tls_config: {ca_file: /ca, cert_file: /cert, key_file: /key, server_name: x, insecure_skip_verify: true}
  - {url: http://b:3100/loki/api/v1/push, basic_auth: {username: u, password: p}, timeout: 3s}
limits_config: {max_line_size: 256KB, readline_rate_enabled: true}
scrape_configs:
  - {job_name: f, encoding: UTF-8, static_configs: [{labels: {__path__: /a/*.log, __path_exclude__: /a/b.log, job: x}}]}
  - {job_name: j, journal: {json: true, path: /j, max_age: 1h, matches: _COMM=sshd, labels: {job: y}}}
`,
    { file: '/etc/promtail.yaml', env: {} },
  )
  const loaded = await loadPlain(agentConfig, '/etc/promtail.yaml', '/etc')
  expect(loaded.inputs.map(({ name, kind, stages }) => [name, kind.name, ...stages.names])).toEqual([
    ['f', 'file', 'drop', 'rateLimit'],
    ['j', 'journald', 'drop', 'rateLimit'],
  ])
  expect(loaded.destinations.length).toBe(2)
})
