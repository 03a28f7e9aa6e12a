import { describe, expect, it } from 'vitest'
import { ConfigProblem } from '../../model/problem.ts'
import type { RequestSettings } from './alerting.ts'
import { readPrometheusConfig } from './prometheus-file.ts'

const at = '/etc/prometheus/prometheus.yml'
const asked: RequestSettings[] = []
const checkRequests = (settings: RequestSettings) => {
  asked.push(settings)
  return 'oauth2' in settings.fields ? [{ keys: ['oauth2', 'scopes'], message: 'must be a list' }] : []
}
const read = (yaml: string, env = {}) => readPrometheusConfig(yaml, { at, env, checkRequests })

const FULL = `
global:
  evaluation_interval: 15s
  rule_query_offset: 2s
  external_labels: {site: "\${SITE}-1", replica: a}
  query_log_file: x.log
rule_files: ["alerts/*.yml", /abs/one.yml]
alerting:
  alert_relabel_configs:
    - {action: labeldrop, regex: replica}
  alertmanagers:
    - static_configs: [{targets: ['am:9093'], labels: {zone: a}}]
      scheme: https
      path_prefix: //am/
      timeout: 3s
      api_version: v2
      basic_auth: {username: u, password_file: secret}
      enable_http2: false
      relabel_configs: [{action: drop, source_labels: [zone], regex: b}]
      alert_relabel_configs: [{target_label: to, replacement: am}]
      file_sd_configs: [{files: [ams.yml]}]
    - dns_sd_configs: [{names: [am]}]
      sigv4: {}
remote_write: [{url: "http://x/api/v1/write"}]
scrape_configs: [{job_name: a, static_configs: [{targets: ['h:1']}]}]
`

describe('a prometheus.yml of a program that sends alerts', () => {
  it('is read as a whole', () => {
    const { alerts, jobs, notes } = read(FULL, { SITE: 'seoul' })
    expect(alerts).toMatchObject({
      ruleFiles: ['/etc/prometheus/alerts/*.yml', '/abs/one.yml'],
      evaluationIntervalMs: 15_000,
      queryOffsetMs: 2_000,
      unused: ['alerting.alertmanagers[1].dns_sd_configs', 'alerting.alertmanagers[1].sigv4'],
    })
    expect(Object.fromEntries(alerts?.externalLabels ?? [])).toEqual({ site: 'seoul-1', replica: 'a' })
    expect(alerts?.relabel(new Map([['replica', 'a']]))).toEqual(new Map())
    const [first, second] = alerts?.alertmanagers ?? []
    expect(first).toMatchObject({
      scheme: 'https',
      path: '/am/api/v2/alerts',
      timeoutMs: 3_000,
      discovery: {
        groups: [{ targets: ['am:9093'], labels: new Map([['zone', 'a']]) }],
        files: [{ patterns: ['/etc/prometheus/ams.yml'] }],
      },
      http: {
        folder: '/etc/prometheus',
        fields: { basic_auth: { username: 'u', password_file: 'secret' }, enable_http2: false },
      },
    })
    expect(first?.relabel(new Map([['zone', 'b']]))).toBeUndefined()
    expect(first?.relabelAlerts(new Map())).toEqual(new Map([['to', 'am']]))
    expect(second).toMatchObject({ scheme: 'http', path: '/api/v2/alerts', timeoutMs: 10_000 })
    expect(asked.map(({ fields }) => Object.keys(fields))).toEqual([['basic_auth', 'enable_http2'], []])
    // What it scrapes is stored as Prometheus stores it.
    expect(jobs[0]?.external).toEqual(new Map())
    expect(notes).toEqual(['global.query_log_file: has no effect here', 'remote_write: not scraped with; ignored here'])
  })

  it('may say nothing of alerts', () => {
    const { alerts } = read('')
    expect(alerts).toMatchObject({ ruleFiles: [], evaluationIntervalMs: undefined, alertmanagers: [], unused: [] })
    expect(alerts?.relabel(new Map([['a', 'b']]))).toEqual(new Map([['a', 'b']]))
    expect(read('global: {evaluation_interval: 0s}').alerts?.evaluationIntervalMs).toBeUndefined()
  })

  it('fills in variables of the environment as Prometheus does', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as Prometheus writes it
    const labels = '{a: $SITE, b: "x-${SITE}-y", c: "$$5", d: "${NONE}", e: 7, f: "a$1b", g: "${}"}'
    const { alerts } = read(`global: {external_labels: ${labels}}`, { SITE: 'east' })
    expect(Object.fromEntries(alerts?.externalLabels ?? [])).toEqual({
      a: 'east',
      b: 'x-east-y',
      c: '$5',
      d: '',
      e: '7',
      f: 'ab',
      g: '',
    })
  })

  const entry = (rest: string) => `alerting:\n  alertmanagers:\n    - ${rest.replaceAll('\n', '\n      ')}`

  it.each([
    ['alerting: []', 'line 1: alerting: expected keys with values'],
    ['alerting:\n  alertmanager: []', 'line 2: alerting.alertmanager: no such key; did you mean alertmanagers?'],
    ['alerting: {alertmanagers: 5}', 'line 1: alerting.alertmanagers: expected a list'],
    [
      entry('static_config: []'),
      'line 3: alerting.alertmanagers[0].static_config: no such key; did you mean static_con',
    ],
    [entry('timeout: 3s\nmy_sd_configs: []'), 'line 4: alerting.alertmanagers[0].my_sd_configs: this discovery is not'],
    [entry('timeout: 3'), 'alerting.alertmanagers[0].timeout: without a unit'],
    [entry('scheme: ftp'), 'alerting.alertmanagers[0].scheme: expected one of http, https'],
    [entry('api_version: v1'), 'alerting.alertmanagers[0].api_version: expected v2, not v1'],
    [entry('relabel_configs: [{action: x}]'), 'alertmanagers[0].relabel_configs[0].action: "x" is no action'],
    [entry('alert_relabel_configs:\n  - regex: "("'), 'line 4: alerting.alertmanagers[0].alert_relabel_configs[0]'],
    ['alerting: {alert_relabel_configs: [{action: keep, regexp: x}]}', 'alert_relabel_configs[0].regexp: no such key'],
    [entry('oauth2:\n  scopes: x'), 'line 4: alerting.alertmanagers[0].oauth2.scopes: must be a list'],
    [entry('static_configs: [{targets: ["http://x:1"]}]'), '"http://x:1" is no address; write host:port'],
    ['rule_files: x.yml', 'line 1: rule_files: expected a list'],
    ['rule_files: ["*/x.yml"]', 'rule_files: "*/x.yml": * may stand only in the last part of a path'],
    ['global: {evaluation_interval: often}', 'global.evaluation_interval: '],
    ['global: {rule_query_offset: -1s}', 'global.rule_query_offset: '],
  ])('refuses %j', (yaml, message) => {
    expect(() => read(yaml)).toThrow(ConfigProblem)
    expect(() => read(yaml)).toThrow(message)
  })
})
