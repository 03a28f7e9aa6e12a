import { describe, expect, it } from 'vitest'
import { ConfigProblem } from '../../model/problem.ts'
import { readPrometheusConfig, readScrapeConfigs } from './prometheus-file.ts'

const at = '/etc/prometheus/prometheus.yml'
const read = (yaml: string, env = {}) => readPrometheusConfig(yaml, { at, env })

const FULL = `
global:
  scrape_interval: 15s
  evaluation_interval: 15s
  external_labels: {site: "\${SITE}-1", plain: "$$5", none: $UNSET}
  label_limit: 64
rule_files: ["alerts/*.yml"]
alerting: {alertmanagers: [{static_configs: [{targets: ["am:9093"]}]}]}
remote_write: [{url: "http://x/api/v1/write"}]
scrape_config_files: [more/*.yml, /abs/one.yml]
scrape_configs:
  - job_name: backend
    metrics_path: /metrics
    scrape_interval: 5s
    static_configs:
      - targets: ["localhost:8000"]
  - job_name: full
    scrape_interval: 1m
    scrape_timeout: 20s
    scheme: https
    params: {module: [http_2xx], "match[]": ['{job="a"}', b]}
    honor_labels: yes
    honor_timestamps: false
    body_size_limit: 10MB
    sample_limit: 1000
    target_limit: 5
    label_name_length_limit: 100
    scrape_protocols: [PrometheusProto, OpenMetricsText1.0.0]
    fallback_scrape_protocol: PrometheusText0.0.4
    convert_classic_histograms_to_nhcb: true
    authorization: {credentials_file: token}
    tls_config: {ca_file: ca.pem, server_name: x, insecure_skip_verify: true, min_version: TLS12}
    http_headers: {X-Scope: {values: [a, b]}}
    follow_redirects: false
    file_sd_configs: [{files: [targets/*.yml], refresh_interval: 30s}]
    http_sd_configs: [{url: "http://sd/targets", basic_auth: {username: u, password: p}}]
    relabel_configs: [{target_label: a, replacement: b}]
    metric_relabel_configs: [{action: labeldrop, regex: a}]
`

describe('prometheus.yml', () => {
  it('is read as a whole', () => {
    const { jobs, notes, moreFiles } = read(FULL, { SITE: 'seoul' })
    const [backend, full] = jobs
    expect(backend).toMatchObject({
      name: 'backend',
      intervalMs: 5000,
      timeoutMs: 5000,
      scheme: 'http',
      metricsPath: '/metrics',
      honorLabels: false,
      honorTimestamps: true,
      limits: { bodyBytes: 0, samples: 0, labels: 64 },
      http: { followRedirects: true, tls: { insecureSkipVerify: false } },
    })
    expect(backend?.discovery.groups).toEqual([{ targets: ['localhost:8000'], labels: new Map() }])
    expect(Object.fromEntries(backend?.external ?? [])).toEqual({ site: 'seoul-1', plain: '$5', none: '' })
    expect(full).toMatchObject({
      intervalMs: 60_000,
      timeoutMs: 20_000,
      scheme: 'https',
      honorLabels: true,
      honorTimestamps: false,
      protocols: ['OpenMetricsText1.0.0'],
      fallback: 'text',
      targetLimit: 5,
      limits: { bodyBytes: 10 * 2 ** 20, samples: 1000, labels: 64, labelNameBytes: 100 },
      http: {
        authorization: { type: 'Bearer', credentialsFile: '/etc/prometheus/token' },
        tls: { caFile: '/etc/prometheus/ca.pem', serverName: 'x', insecureSkipVerify: true, minVersion: 'TLSv1.2' },
        followRedirects: false,
        headers: [{ name: 'X-Scope', values: ['a', 'b'], files: [] }],
      },
      discovery: {
        files: [{ patterns: ['/etc/prometheus/targets/*.yml'], refreshMs: 30_000 }],
        http: [{ url: 'http://sd/targets', refreshMs: 60_000, http: { basic: { username: 'u', password: 'p' } } }],
      },
    })
    expect(full?.params.get('match[]')).toEqual(['{job="a"}', 'b'])
    expect(moreFiles).toEqual(['/etc/prometheus/more/*.yml', '/abs/one.yml'])
    expect(notes).toEqual([
      'global.evaluation_interval: has no effect here',
      'scrape_configs[1].convert_classic_histograms_to_nhcb: has no effect here',
      'rule_files: not scraped with; ignored here',
      'alerting: not scraped with; ignored here',
      'remote_write: not scraped with; ignored here',
    ])
  })

  it('takes what its rules make addresses of', () => {
    const probe = `
scrape_configs:
  - job_name: probe
    metrics_path: /probe
    static_configs: [{targets: ['https://girok.example/ready']}]
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {target_label: __address__, replacement: 'blackbox:9115'}
`
    expect(read(probe).jobs[0]?.discovery.groups[0]?.targets).toEqual(['https://girok.example/ready'])
  })

  it('ends with its first document', () => {
    expect(read('scrape_configs: [{job_name: a}]\n---\nscrape_configs: 5\n').jobs).toHaveLength(1)
  })

  it('may be empty', () => {
    for (const empty of ['', '# nothing\n', 'global:\nscrape_configs:\n']) expect(read(empty).jobs).toEqual([])
  })

  it('tells jobs that are configured alike', () => {
    const one = read(FULL).jobs[0]?.fingerprint
    expect(read(`# more\n${FULL}`).jobs[0]?.fingerprint).toBe(one)
    expect(read(FULL.replace('scrape_interval: 5s', 'scrape_interval: 6s')).jobs[0]?.fingerprint).not.toBe(one)
    expect(read(FULL.replace('-1"', '-2"')).jobs[0]?.fingerprint).not.toBe(one)
  })

  const job = (rest: string) => `scrape_configs:\n  - job_name: a\n${rest.replace(/^/gm, '    ')}`

  it.each([
    ['globl: {}', 'line 1: globl: no such key; did you mean global?'],
    ['global:\n  scrape_intervall: 5s', 'line 2: global.scrape_intervall: no such key; did you mean scrape_interval'],
    ['global: {scrape_interval: 5}', 'global.scrape_interval: without a unit: write for example 100ms'],
    ['global: []', 'line 1: global: expected keys with values'],
    ['scrape_configs: {}', 'line 1: scrape_configs: expected a list'],
    ['scrape_configs:\n  - metrics_path: /x', 'line 2: scrape_configs[0].job_name: every job needs a name'],
    ['a: [', 'line 1: not YAML'],
    ['a: *none', 'not YAML'],
    ['scrape_configs: [{job_name: a}, {job_name: a}]', 'line 1: there are two jobs named "a"'],
    [
      job('scrape_interval: 5s\nscrape_timeout: 10s'),
      'line 4: scrape_configs[0].scrape_timeout: is longer than the scrape',
    ],
    [job('scrape_interval: 0s'), 'line 3: scrape_configs[0].scrape_interval: has to be longer than 0'],
    [job('scheme: ftp'), 'line 3: scrape_configs[0].scheme: expected one of http, https'],
    [
      job('kubernetes_sd_configs:\n  - role: pod'),
      'line 3: scrape_configs[0].kubernetes_sd_configs: this discovery is not',
    ],
    [job('kubernetes_sd_configs:\n  - role: pod'), 'file_sd_configs'],
    [job('proxy_url: http://p'), 'line 3: scrape_configs[0].proxy_url: proxies are not supported'],
    [job('oauth2: {client_id: x}'), 'line 3: scrape_configs[0].oauth2: OAuth 2 is not supported'],
    [job('basic_auth: {username: a}\nbearer_token: x'), 'scrape_configs[0].basic_auth: at most one of basic_auth'],
    [job('authorization: {type: Basic}'), 'authorization.type: use basic_auth'],
    [job('tls_config:\n  ca_fil: x'), 'line 4: scrape_configs[0].tls_config.ca_fil: no such key; did you mean'],
    [job('tls_config: {cert_file: x}'), 'tls_config.key_file: a certificate needs its key'],
    [job('static_configs:\n  - targets: ["http://x:1"]'), '[0].targets: "http://x:1" is no address; write host:port'],
    [job('static_configs:\n  - targets: [""]'), 'static_configs[0].targets: an empty text is no address'],
    ['global: {external_labels: {"": x}}', 'line 1: global.external_labels: a label needs a name'],
    [job('file_sd_configs: [{files: [x.txt]}]'), 'has to end in .json, .yml or .yaml'],
    [job('http_sd_configs: [{url: x}]'), 'http_sd_configs[0].url: expected a URL'],
    [
      job('relabel_configs:\n  - action: keep\n    regex: "("'),
      'line 5: scrape_configs[0].relabel_configs[0].regex: error',
    ],
    [job('scrape_protocols: [Text]'), 'scrape_protocols: "Text" is none of OpenMetricsText1.0.0'],
    [job('scrape_protocols: [PrometheusProto]'), 'protobuf is not supported'],
    [job('sample_limit: -1'), 'sample_limit: expected a whole number from 0'],
    [job('honor_labels: maybe'), 'honor_labels: expected true or false'],
    [job('params: {a: b}'), 'params.a: expected a list'],
  ])('refuses %j', (yaml, message) => {
    expect(() => read(yaml)).toThrow(ConfigProblem)
    expect(() => read(yaml)).toThrow(message)
    expect(() => read(yaml)).toThrow(at)
  })

  it('takes jobs out of another configuration', () => {
    const { jobs } = readScrapeConfigs([{ job_name: 'a', static_configs: [{ targets: ['h:1'] }] }], '/', {
      intervalMs: 5000,
    })
    expect(jobs[0]).toMatchObject({ name: 'a', intervalMs: 5000, timeoutMs: 5000 })
    expect(() => readScrapeConfigs([{ job: 'a' }], '/')).toThrow('scrape_configs[0].job_name')
  })
})
