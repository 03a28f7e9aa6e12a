import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { alertmanagerAt, readPrometheusAlerting } from './prometheus-alerting.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-alerting-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
  delete process.env.GIROK_TEST_SITE
})

function read(text: string) {
  const path = join(folder, 'prometheus.yml')
  writeFileSync(path, text)
  return readPrometheusAlerting(path)
}

test('static targets with scheme, prefix, time and credentials', () => {
  writeFileSync(join(folder, 'password'), 'from file\n')
  const { alertmanagers, unused } = read(`alerting:
  alertmanagers:
    - static_configs: [{targets: ['a:9093', 'b:9093']}, {targets: ['c:9093']}]
    - scheme: https
      path_prefix: /am/
      timeout: 3s
      basic_auth: {username: u, password_file: password}
      static_configs: [{targets: ['d:9093']}]
    - authorization: {credentials: token}
      static_configs: [{targets: ['e:9093']}]
`)
  const plain = { authorization: undefined, timeoutMs: 10_000 }
  expect(alertmanagers).toEqual([
    { url: 'http://a:9093/api/v2/alerts', ...plain },
    { url: 'http://b:9093/api/v2/alerts', ...plain },
    { url: 'http://c:9093/api/v2/alerts', ...plain },
    {
      url: 'https://d:9093/am/api/v2/alerts',
      authorization: `Basic ${Buffer.from('u:from file').toString('base64')}`,
      timeoutMs: 3_000,
    },
    { url: 'http://e:9093/api/v2/alerts', authorization: 'Bearer token', timeoutMs: 10_000 },
  ])
  expect(unused).toEqual([])
})

test('external labels with variables of the environment', () => {
  process.env.GIROK_TEST_SITE = 'east'
  const { externalLabels } = read(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as Prometheus writes it
    'global: {external_labels: {a: "$GIROK_TEST_SITE", b: "x-${GIROK_TEST_SITE}-y", c: "$$5", d: "${GIROK_NONE}", e: 7}}',
  )
  expect(Object.fromEntries(externalLabels)).toEqual({ a: 'east', b: 'x-east-y', c: '$5', d: '', e: '7' })
})

test('what has no effect is named', () => {
  const { alertmanagers, unused } = read(`alerting:
  alert_relabel_configs: [{action: labeldrop, regex: x}]
  alertmanagers: [{dns_sd_configs: [{names: [am]}]}]
`)
  expect(alertmanagers).toEqual([])
  expect(unused).toEqual(['alerting.alert_relabel_configs', 'alerting.alertmanagers.dns_sd_configs'])
})

test('a file without any of it, and one that cannot be read', () => {
  const nothing = { externalLabels: new Map(), alertmanagers: [], unused: [] }
  expect(read('scrape_configs: []')).toEqual(nothing)
  expect(read('alerting: [')).toEqual(nothing)
  expect(read('alerting: {alertmanagers: 5}')).toEqual(nothing)
})

test('credentials of an address never stay in it', () => {
  expect(alertmanagerAt('https://us%40er:p%3Aw@am.example:9093/base/')).toEqual({
    url: 'https://am.example:9093/base/api/v2/alerts',
    authorization: `Basic ${Buffer.from('us@er:p:w').toString('base64')}`,
    timeoutMs: 10_000,
  })
  expect(alertmanagerAt('http://am:9093')).toMatchObject({
    url: 'http://am:9093/api/v2/alerts',
    authorization: undefined,
  })
})
