import { expect, test } from 'vitest'
import { hideSecrets, mergeSecrets } from './secrets-in-text.ts'
import { fakeNotifiers } from './testing/fake-notifiers.ts'

const TEXT = `# who is told
global:
  slack_api_url: 'https://hooks/one'   # the team's
  smtp_auth_password: |
    two
    lines
  opsgenie_api_key: ""
  http_config: {basic_auth: {username: u, password: three}}
route: {receiver: a}
receivers:
  - name: a
    slack_configs:
      - {api_url: &u https://hooks/four, channel: x}
      - {channel: y, api_url: *u}
  - name: b
    webhook_configs:
      - url: https://b/five
        http_config:
          http_headers: {X-Key: {secrets: [six, seven], values: [plain]}}
`

const HIDDEN = `# who is told
global:
  slack_api_url: <secret>   # the team's
  smtp_auth_password: <secret>
  opsgenie_api_key: ""
  http_config: {basic_auth: {username: u, password: <secret>}}
route: {receiver: a}
receivers:
  - name: a
    slack_configs:
      - {api_url: &u <secret>, channel: x}
      - {channel: y, api_url: *u}
  - name: b
    webhook_configs:
      - url: <secret>
        http_config:
          http_headers: {X-Key: {secrets: [<secret>, <secret>], values: [plain]}}
`

const hide = (text: string) => hideSecrets(text, fakeNotifiers)
const merge = (text: string, older: string) => mergeSecrets(text, older, fakeNotifiers)

test('secrets are hidden where they stand; everything else stays as it was written', () => {
  expect(hide(TEXT)).toBe(HIDDEN)
})

test('what was hidden comes back', () => {
  const back = merge(HIDDEN, TEXT)
  expect(back).toContain('slack_api_url: "https://hooks/one"   # the team')
  expect(back).toContain('smtp_auth_password: "two\\nlines\\n"')
  expect(back).toContain('secrets: ["six", "seven"]')
  expect(hide(back)).toBe(HIDDEN)
})

test('receivers are known by name, and integrations by what is not secret', () => {
  const older = `
receivers:
  - {name: a, slack_configs: [{api_url: https://x/1, channel: one}, {api_url: https://x/2, channel: two}]}
  - {name: b, slack_configs: [{api_url: https://x/3}]}
`
  const newer = `
receivers:
  - {name: b, slack_configs: [{api_url: <secret>, channel: other}]}
  - {name: a, slack_configs: [{api_url: <secret>, channel: two}]}
`
  expect(merge(newer, older)).toBe(`
receivers:
  - {name: b, slack_configs: [{api_url: "https://x/3", channel: other}]}
  - {name: a, slack_configs: [{api_url: "https://x/2", channel: two}]}
`)
})

test('what cannot be told stays, and so does what is no secret', () => {
  const newer = `
receivers:
  - {name: c, slack_configs: [{api_url: <secret>, channel: <secret>}]}
  - {name: a, slack_configs: [{api_url: <secret>, channel: new}, {api_url: <secret>, channel: newer}]}
`
  expect(merge(newer, TEXT.replace('      - {channel: y, api_url: *u}\n', ''))).toBe(newer)
  expect(merge('a: [', TEXT)).toBe('a: [')
  expect(merge('global: {slack_api_url: <secret>}', '')).toBe('global: {slack_api_url: <secret>}')
})
