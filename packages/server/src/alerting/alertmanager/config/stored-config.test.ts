import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { DEFAULT_CONFIG } from './default-config.ts'
import type { OpenedFrom } from './receivers-section.ts'
import { openNothing } from './testing/fake-notifiers.ts'
import { configOf, good, read } from './testing/read-text.ts'

describe('configurations of the store', () => {
  test('may not name files', () => {
    const { problems } = read(
      `
global: {slack_api_url_file: /etc/passwd}
route: {receiver: a}
templates: [x]
receivers: [{name: a, webhook_configs: [{url_file: /etc/passwd, http_config: {tls_config: {ca_file: /x}}}]}]`,
      { file: undefined },
    )
    expect(problems.map((problem) => problem.split(': ')[1])).toEqual([
      'global.slack_api_url_file',
      'templates',
      'receivers[0].webhook_configs[0].url_file',
      'receivers[0].webhook_configs[0].http_config.tls_config.ca_file',
    ])
  })

  test('contact points of the store are there for routes', () => {
    const opened: OpenedFrom[] = []
    const stored = [
      {
        name: 'ops',
        integrations: [
          { type: 'webhook', settings: { url: 'https://x/hunter2' } },
          { type: 'webhook', settings: { url: 'https://x/hunter2' } },
        ],
      },
    ]
    const { contactPoints, shownYaml } = configOf(good('routes: [{receiver: ops}]'), {
      stored,
      open: (_, __, from) => {
        opened.push(from)
        return openNothing()
      },
    })
    expect(contactPoints[1]).toMatchObject({
      name: 'ops',
      origin: 'stored',
      integrations: [{ index: 0 }, { index: 1 }],
    })
    expect(opened[0]).toMatchObject({ origin: 'stored', trusted: false })
    expect(parse(shownYaml).receivers[1]).toMatchObject({ name: 'ops', webhook_configs: [{ url: '<secret>' }, {}] })
    expect(shownYaml).not.toContain('hunter2')
  })

  test('one called default takes the place of that of the default configuration', () => {
    const stored = [{ name: 'default', integrations: [{ type: 'webhook', settings: { url: 'https://x/' } }] }]
    expect(configOf(DEFAULT_CONFIG).contactPoints).toEqual([{ name: 'default', origin: 'file', integrations: [] }])
    expect(configOf(DEFAULT_CONFIG, { stored }).contactPoints).toMatchObject([
      { name: 'default', origin: 'stored', integrations: [{ type: 'webhook' }] },
    ])
  })

  test('one that is broken, or hidden by the file, is a warning', () => {
    const stored = [
      { name: 'team', integrations: [] },
      {
        name: 'ops',
        integrations: [
          { type: 'pigeon', settings: {} },
          { type: 'webhook', settings: { ulr: 'x', url_file: 'y' } },
        ],
      },
    ]
    const text = "route: {receiver: team}\nreceivers: [{name: team, webhook_configs: [{url: 'http://x/'}]}]"
    const { config, warnings } = read(text, { stored })
    expect(config?.contactPoints.map(({ name, integrations }) => [name, integrations.length])).toEqual([
      ['team', 1],
      ['ops', 0],
    ])
    expect(warnings).toEqual([
      'contact point "team": am.yml has a receiver of this name, which is used',
      'contact point "ops": integrations[0].type: no way to notify is called "pigeon"; known are webhook, slack',
      'contact point "ops": integrations[1].ulr: unknown key; is url meant?',
    ])
  })
})
