import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ConfigProblem } from '../model/problem.ts'
import { readPromtail } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'girok-promtail-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'promtail.yaml')

const read = (text: string, env: Record<string, string> = {}) => readPromtail(text, { file, env })
const CLIENT = 'clients: [{url: http://girok:4100/loki/api/v1/push}]\n'
const inputsOf = (scrape: string, env?: Record<string, string>) =>
  read(`${CLIENT}scrape_configs:\n${scrape}`, env).agentConfig.inputs

test('a whole configuration', () => {
  const { agentConfig, warnings } = read(`
server:
  http_listen_port: 9080
  grpc_listen_port: 0
  log_level: warn
positions:
  filename: /var/lib/promtail/positions.yaml
clients:
  - url: http://loki:3100/loki/api/v1/push
    tenant_id: team-a
    batchwait: 1s
    batchsize: 102400
    timeout: 10s
    external_labels: {cluster: eu}
    basic_auth: {username: u, password_file: /run/secrets/p}
    tls_config: {ca_file: /ca.pem, insecure_skip_verify: true}
    backoff_config: {min_period: 500ms}
limits_config:
  readline_rate_enabled: true
  readline_rate: 500
  readline_burst: 1000
scrape_configs:
  - job_name: system
    pipeline_stages:
      - json:
          expressions: {level: level}
      - labels: {level: }
      - match:
          selector: '{job="varlogs"} |= "x"'
          stages:
            - metrics:
                hits: {type: Counter, source: level, config: {action: inc}}
    static_configs:
      - targets: [localhost]
        labels: {job: varlogs, __path__: /var/log/*log, __path_exclude__: /var/log/*.gz}
      - targets: [localhost]
        labels: {job: nginx, __path__: '/var/log/nginx/**/*.log'}
  - job_name: journal
    journal:
      max_age: 12h
      path: /var/log/journal
      matches: _TRANSPORT=kernel PRIORITY=4
      labels: {job: systemd-journal}
    relabel_configs:
      - source_labels: [__journal__systemd_unit]
        target_label: unit
`)
  const processors = [
    { rateLimit: { rate: 500, burst: 1000, drop: true } },
    { json: { expressions: { level: 'level' } } },
    { labels: { level: null } },
    {
      match: {
        selector: '{job="varlogs"} |= "x"',
        stages: [
          {
            metrics: {
              hits: { prefix: 'promtail_custom_', type: 'Counter', source: 'level', config: { action: 'inc' } },
            },
          },
        ],
      },
    },
  ]
  expect(agentConfig).toEqual({
    dataDir: '/var/lib/promtail/girok-agent-data',
    labels: { cluster: 'eu' },
    destinations: [
      {
        type: 'loki',
        url: 'http://loki:3100',
        tenant: 'team-a',
        timeout: '10000ms',
        basic: { username: 'u', passwordFile: '/run/secrets/p' },
        tls: { ca: '/ca.pem', insecureSkipVerify: true },
      },
    ],
    batch: { maxWait: '1000ms', maxBytes: 102_400 },
    status: { port: 9080 },
    log: { level: 'WARNING' },
    inputs: [
      {
        type: 'file',
        name: 'system[0]',
        include: ['/var/log/*log'],
        exclude: ['/var/log/*.gz'],
        labels: { job: 'varlogs' },
        startAt: 'beginning',
        processors,
      },
      {
        type: 'file',
        name: 'system[1]',
        include: ['/var/log/nginx/**/*.log'],
        labels: { job: 'nginx' },
        startAt: 'beginning',
        processors,
      },
      {
        type: 'journald',
        name: 'journal',
        labels: { job: 'systemd-journal' },
        job: 'systemd-journal',
        maxAge: '43200000ms',
        directory: '/var/log/journal',
        matches: ['_TRANSPORT=kernel', 'PRIORITY=4'],
        relabel: [{ source_labels: ['__journal__systemd_unit'], target_label: 'unit' }],
        processors: processors.slice(0, 1),
      },
    ],
  })
  expect(warnings).toEqual([
    expect.stringMatching(/^clients\[0\]\.backoff_config is ignored/),
    'limits_config.readline_rate holds for each file by itself, not for all together',
    expect.stringMatching(/^server\.grpc_listen_port is ignored/),
  ])
})

describe('targets', () => {
  test('relabelling is done on the labels of targets', () => {
    const found = inputsOf(`
- job_name: x
  static_configs:
    - labels: {app: web, __path__: /a/*.log}
    - labels: {app: db, __path__: /b/*.log}
  relabel_configs:
    - {source_labels: [app], regex: db, action: drop}
    - {source_labels: [app], regex: '(.*)', target_label: service, replacement: 'svc-$1'}
    - {regex: app, action: labeldrop}
    - {source_labels: [__path__], regex: '/(.*)', target_label: __path__, replacement: '/logs/\${1}'}
`)
    expect(found).toMatchObject([{ name: 'x', include: ['/logs/a/*.log'], labels: { service: 'svc-web' } }])
  })

  test('files of targets', () => {
    writeFileSync(join(folder, 'a.yml'), '- targets: [localhost]\n  labels: {job: a, __path__: /a.log}\n')
    writeFileSync(join(folder, 'b.json'), '[{"targets":["localhost"],"labels":{"job":"b","__path__":"/b.log"}}]')
    const { agentConfig, warnings } = read(`${CLIENT}
scrape_configs:
- job_name: sd
  file_sd_configs: [{files: ['*.yml', ${folder}/*.json, none.yaml], refresh_interval: 5m}]
`)
    expect(agentConfig.inputs).toMatchObject([
      { name: 'sd[0]', include: ['/a.log'], labels: { job: 'a' } },
      { name: 'sd[1]', include: ['/b.log'], labels: { job: 'b' } },
    ])
    expect(warnings.join()).toMatch(/there is no file .*none\.yaml.*refresh_interval is ignored/)
    writeFileSync(join(folder, 'bad.yml'), '- labels: 7')
    expect(() => inputsOf('- {job_name: x, file_sd_configs: [{files: [bad.yml]}]}')).toThrow(
      /promtail\.yaml:3: .*bad\.yml: groups\[0\]\.labels: expected keys/,
    )
    rmSync(join(folder, 'bad.yml'))
  })

  test('those of other hosts are left out', () => {
    const found = inputsOf(`
- job_name: x
  static_configs:
    - labels: {__host__: elsewhere.invalid, __path__: /a.log}
    - labels: {__host__: ${hostname()}, __path__: /b.log}
`)
    expect(found).toMatchObject([{ include: ['/b.log'], labels: {} }])
  })

  test('jobs of one name are told apart', () => {
    const job = '- {job_name: x, static_configs: [{labels: {__path__: /a.log}}]}\n'
    expect(inputsOf(job + job)).toMatchObject([{ name: 'x' }, { name: 'x#2' }])
  })
})

test('variables of the environment', () => {
  const scrape = `
- job_name: \${JOB:none}
  static_configs: [{labels: {__path__: '\${DIR:-/var/log}/*.log', env: \${ENV}, n: '\${N:007}'}}]
  relabel_configs: [{source_labels: [env], regex: '(?P<e>.*)', target_label: e, replacement: '\${e}$1'}]
`
  expect(inputsOf(scrape, { ENV: 'prod', DIR: '/logs' })).toMatchObject([
    { name: 'none', include: ['/logs/*.log'], labels: { env: 'prod', n: '007' } },
  ])
  expect(() => inputsOf(scrape)).toThrow(
    /:5: this is no YAML: .* \(perhaps because the environment has no variable ENV\)/,
  )
  const quoted = scrape.replace(/(env: )([^,]+)/, '$1"$2"')
  expect(() => inputsOf(quoted)).toThrow(
    `${file}:5: the environment has no variable ENV: set it, or write \${ENV:default}`,
  )
  const limits = read(
    `${CLIENT}limits_config: {readline_rate_enabled: \${ON}, readline_rate: \${RATE}}\nscrape_configs: []`,
    { ON: 'true', RATE: '5' },
  )
  expect(limits.warnings.length).toBe(1)
})

test('several clients, and addresses with names', () => {
  const { agentConfig } = read(`
clients:
  - {url: 'https://bob:p%40ss@a.example/base/loki/api/v1/push', name: one}
  - {url: http://b:3100/api/prom/push, bearer_token_file: /t, headers: {X-A: b}}
`)
  expect(agentConfig.destinations).toEqual([
    { type: 'loki', name: 'one', url: 'https://a.example/base', basic: { username: 'bob', password: 'p@ss' } },
    { type: 'loki', url: 'http://b:3100', tokenFile: '/t', headers: { 'X-A': 'b' } },
  ])
})

test('positions are handed on', () => {
  writeFileSync(
    join(folder, 'positions.yaml'),
    'positions:\n  /var/log/a.log: "120"\n  /b: 7\n  cursor-journal: "s=1;i=2"\n',
  )
  const { positions, agentConfig } = read(`${CLIENT}positions: {filename: positions.yaml}\n`)
  expect([...positions.files]).toEqual([
    ['/var/log/a.log', 120],
    ['/b', 7],
  ])
  expect([...positions.cursors]).toEqual([['journal', 's=1;i=2']])
  expect(agentConfig.dataDir).toBe(join(folder, 'girok-agent-data'))
  writeFileSync(join(folder, 'positions.yaml'), 'positions: {/a: x}')
  expect(() => read(`${CLIENT}positions: {filename: positions.yaml}`)).toThrow('positions./a: "x" is no offset')
})

const job = (rest: string) =>
  `${CLIENT}scrape_configs:\n- job_name: x\n  static_configs: [{labels: {__path__: /a}}]\n  ${rest}\n`
describe('what is not supported is named with its line', () => {
  test.each<[string, string]>([
    ['scrape_configs: []', ':1: clients: is missing'],
    ['a: [', ':1: this is no YAML'],
    ['a: *x', 'this is no YAML'],
    ['', 'the file is empty'],
    [`${CLIENT}servr: {}`, ':2: servr: no such key; did you mean server?'],
    ['clients: [{url: nope}]', 'clients[0].url: "nope" is no http:// or https:// URL'],
    ['clients: [{url: http://a/x}]', 'must end in /loki/api/v1/push'],
    [`clients:\n- url: http://a/loki/api/v1/push\n  oauth2: {}`, ':3: clients[0].oauth2: is not supported'],
    [
      'clients: [{url: http://a/loki/api/v1/push, external_labels: {a: b}}, {url: http://a/loki/api/v1/push}]',
      'must be the same for all clients',
    ],
    [
      job('kubernetes_sd_configs: []'),
      ':5: scrape_configs[0].kubernetes_sd_configs: pods are not looked up: read their files by __path__',
    ],
    [job('docker_sd_configs: []'), 'docker_sd_configs: containers are not looked up'],
    [job('ec2_sd_configs: []'), ':5: scrape_configs[0].ec2_sd_configs: this discovery is not supported'],
    [job('syslog: {}'), "send syslog to the server's receiver"],
    [job('kafka: {}'), 'Kafka is not read'],
    [job('pipline_stages: []'), ':5: scrape_configs[0].pipline_stages: no such key; did you mean pipeline_stages?'],
    [
      job('pipeline_stages:\n  - json: {}\n  - regex:\n      expresion: a'),
      ':8: scrape_configs[0].pipeline_stages[1].regex.expresion: is not an option (did you mean expression?)',
    ],
    [job('pipeline_stages: [{pack: {}}]'), 'pipeline_stages[0].pack: lines are not packed'],
    [job('relabel_configs:\n  - action: nope'), ':6: scrape_configs[0].relabel_configs[0].action'],
    [job('decompression: {enabled: true, format: bz2}'), 'bz2 is not read'],
    [`${CLIENT}scrape_configs: [{job_name: x}]`, ':2: scrape_configs[0]: says not what to read'],
    [`${CLIENT}scrape_configs: [{static_configs: []}]`, 'scrape_configs[0].job_name: is missing'],
    [`${CLIENT}scrape_configs: [{job_name: x, static_configs: [{labels: {a: b}}]}]`, 'a target has no label __path__'],
    [
      `${CLIENT}limits_config: {max_line_size_truncate: true}`,
      ':2: limits_config.max_line_size_truncate: is not supported',
    ],
    [`${CLIENT}server: {http_listen_port: high}`, 'expected a port'],
  ])('%j', (text, message) => {
    expect(() => read(text)).toThrow(ConfigProblem)
    expect(() => read(text)).toThrow(message)
    expect(() => read(text)).toThrow(file)
  })
})

test('a configuration of Alloy is refused with the forms to use', () => {
  const alloy = `
logging { level = "info" }
local.file_match "logs" { path_targets = [{"__path__" = "/var/log/*.log"}] }
loki.source.file "logs" {
  targets    = local.file_match.logs.targets
  forward_to = [loki.process.p.receiver]
}
loki.process "p" {
  stage.json { expressions = { level = "" } }
  forward_to = [loki.write.w.receiver]
}
loki.write "w" { endpoint { url = "http://loki:3100/loki/api/v1/push" } }
beyla.ebpf "x" { }
`
  const message = (() => {
    try {
      read(alloy)
      return ''
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigProblem)
      return (error as Error).message
    }
  })()
  expect(message).toContain(`${file} is a configuration of Grafana Alloy, which is not read`)
  for (const part of [
    'loki.source.file\n',
    'pipeline_stages: [{json:',
    'clients: [{url:',
    'inputs: [{type: file',
    'beyla.ebpf: there is nothing like it here',
  ]) {
    expect(message).toContain(part)
  }
  expect(() => read('logging {\n  level = "debug"\n}\n')).toThrow('Grafana Alloy')
})

test('damaged configurations are refused with a problem', () => {
  const whole = job('pipeline_stages: [{json: {expressions: {a: b}}}, {timestamp: {source: a, format: RFC3339}}]')
  const lines = whole.split('\n')
  const tokens = [
    ': ',
    '[',
    ']',
    '{',
    '}',
    '- ',
    '\n',
    '"',
    "'",
    '&a ',
    '*a ',
    '! ',
    '7',
    'null',
    '  ',
    '#',
    '$'.concat('{X}'),
  ]
  for (let seed = 0; seed < 600; seed++) {
    const line = (seed * 7) % lines.length
    const at = (seed * 13) % ((lines[line] as string).length + 1)
    const token = tokens[seed % tokens.length] as string
    const damaged = lines
      .map((text, i) => (i === line ? text.slice(0, at) + token + text.slice(at + (seed % 5)) : text))
      .join('\n')
    try {
      read(damaged)
    } catch (error) {
      if (!(error instanceof ConfigProblem)) throw new Error(`${damaged}\n${String(error)}`, { cause: error })
    }
  }
})
