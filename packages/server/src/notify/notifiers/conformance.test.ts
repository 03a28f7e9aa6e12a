/** What every way to tell people of alerts must hold to. Whoever adds one to the table is tried by it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Notifier } from '../notifier.ts'
import { allOptions, notifierOptions, substituted } from '../option-list.ts'
import { type FarEnd, openFarEnd } from '../testing/far-end-of.ts'
import { openForTest, trustedContext } from '../testing/open-for-test.ts'
import { diskFull } from '../testing/recorded-cases.ts'
import { notifiers } from './index.ts'

const ENDED_MS = Date.parse('2026-01-02T03:59:00Z')
const KINDS = ['text', 'count', 'flag', 'choice', 'list', 'bytes', 'duration', 'other']

/** Options that only count together with others. */
const BESIDE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'email.auth_password_file': { auth_username: 'girok' },
  'email.auth_secret_file': { auth_username: 'girok' },
  'telegram.chat_id_file': { chat_id: undefined },
}

/** How a template is written where not any text will do. `MARK` stands for it. */
const WRITTEN: Readonly<Record<string, unknown>> = {
  'email.to': 'MARK@shop.example',
  'email.from': 'MARK@shop.example',
  'email.headers': { 'X-Mark': 'MARK' },
  'opsgenie.details': { mark: 'MARK' },
  'opsgenie.responders': [{ name: 'MARK', type: 'team' }],
  'pagerduty.details': { mark: ['MARK'] },
  'pagerduty.images': [{ src: 'MARK' }],
  'pagerduty.links': [{ href: 'MARK' }],
  'slack.fields': [{ title: 'MARK', value: 'x' }],
  'slack.actions': [{ type: 'button', text: 'MARK', url: 'https://x.example' }],
  'webhook.payload': { mark: 'MARK' },
  'webhook.url': '$URL/MARK',
}

/** Sent to a service whose address cannot be changed. */
const NOWHERE_ELSE = new Set(['pagerduty.service_key'])

describe.each(Object.entries(notifiers))('%s', (name, notifier) => {
  let far: FarEnd
  beforeEach(async () => {
    far = await openFarEnd(name)
  })
  afterEach(() => far.close())

  const send = (options: Readonly<Record<string, unknown>>, context = trustedContext(), given = diskFull('group')) =>
    openForTest(notifier, options, far.url, context).send(given, {
      signal: AbortSignal.timeout(5000),
      kept: new Map(),
    })

  test('has names and a line on what it is', () => {
    expect(notifier.name).toBe(name)
    expect(name).toMatch(/^[a-z][a-z0-9]*$/)
    expect(notifier.configKey).toBe(`${name}_configs`)
    expect(notifier.summary).toMatch(/^\S[^\n]*[^.\s]$/)
  })

  test('describes every option, and says of each what it holds', () => {
    const options = allOptions(notifier)
    expect(options.map((one) => one.name)).toContain('send_resolved')
    for (const option of options) {
      expect(option.name, option.name).toMatch(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/)
      expect(option.description, option.name).toMatch(/^[^\n]*\S\.$/)
      expect(KINDS, option.name).toContain(option.kind)
      if (option.kind === 'choice') expect(option.choices?.length, option.name).toBeGreaterThan(1)
      if (option.secret) expect(option.default, option.name).toBeOneOf([undefined, []])
    }
    expect(new Set(options.map((one) => one.name)).size).toBe(options.length)
  })

  test('refuses keys that it does not know, within keys too', () => {
    const example = substituted(notifier.example)
    expect(notifier.options.safeParse(example).error).toBeUndefined()
    expect(notifier.options.safeParse({ ...example, colour: 'red' }).success).toBe(false)
    if (notifierOptions(notifier).some((one) => one.name.startsWith('http_config.'))) {
      expect(notifier.options.safeParse({ ...example, http_config: { colour: 'red' } }).success).toBe(false)
    }
  })

  test('the example is whole by itself, and names all that is required', () => {
    const settings = notifier.options.parse(substituted(notifier.example))
    expect(() => notifier.complete(settings, {})).not.toThrow()
    const required = notifierOptions(notifier).filter((one) => one.required)
    expect(required.length).toBeGreaterThan(0)
    for (const option of required) expect(Object.keys(notifier.example)).toContain(option.name)
  })

  test('nothing is missing with what global can say; http_config of global counts', () => {
    const settings = notifier.options.parse(substituted(notifier.example)) as Readonly<Record<string, unknown>>
    if (!('http_config' in settings) && !allOptions(notifier).some((one) => one.name.startsWith('http_config.'))) return
    const http = { follow_redirects: false }
    expect(notifier.complete(settings, { http_config: http })).toMatchObject({ http_config: http })
  })

  test('tells of alerts that fire and of those that are over', async () => {
    expect(await send(notifier.example)).toEqual({ sent: true })
    const firing = far.received()
    expect(firing).not.toBe('')
    expect(await send(notifier.example, trustedContext(), diskFull('group', ENDED_MS))).toEqual({ sent: true })
    expect(far.received().length).toBeGreaterThan(firing.length)
  })

  test('tells of resolved alerts as send_resolved says', () => {
    for (const value of [true, false]) {
      const open = openForTest(notifier, { ...notifier.example, send_resolved: value }, far.url)
      expect(open.sendResolved).toBe(value)
    }
  })

  const templates = allOptions(notifier).filter((one) => one.template && !NOWHERE_ELSE.has(`${name}.${one.name}`))

  test.each(templates.map((one) => one.name))('expands templates in %s', async (option) => {
    const written = JSON.stringify(WRITTEN[`${name}.${option}`] ?? 'MARK').replaceAll('MARK', 'm-{{ .Status }}-m')
    const outcome = await send({ ...notifier.example, [option]: JSON.parse(written) as unknown })
    expect(outcome).toEqual({ sent: true })
    expect(far.received()).toContain('m-firing-m')
  })

  test.each(templates.map((one) => one.name))('says of a broken template that it is in %s', async (option) => {
    const written = JSON.stringify(WRITTEN[`${name}.${option}`] ?? 'MARK').replaceAll('MARK', '{{ .Status }')
    const outcome = await send({ ...notifier.example, [option]: JSON.parse(written) as unknown })
    // A message of Slack with gaps is better than none; Alertmanager sends it too.
    if (name === 'slack') {
      expect(outcome).toEqual({ sent: true, warning: expect.stringContaining(`texts: ${option}`) })
      return
    }
    expect(outcome).toMatchObject({ sent: false, retry: false, reason: expect.stringContaining(option) })
    expect(far.received()).toBe('')
  })

  const files = allOptions(notifier).filter((one) => /^[^.]*_file$/.test(one.name) && !NOWHERE_ELSE.has(one.name))

  test.each(files.map((one) => one.name))('takes %s from configuration files alone', async (option) => {
    const beside = BESIDE[`${name}.${option}`] ?? {}
    const example = Object.fromEntries(
      Object.entries({ ...notifier.example, ...beside }).filter(
        ([key, value]) => value !== undefined && `${key}_file` !== option && !alternatives(option).includes(key),
      ),
    )
    const given = { ...example, [option]: '/nowhere/secret' }
    const stored = await send(given, { ...trustedContext(), trusted: false })
    expect(stored).toMatchObject({ sent: false, retry: false, reason: expect.stringContaining(option) })
    const outcome = await send(given)
    expect(outcome).toMatchObject({ sent: false, retry: false, reason: expect.stringContaining('ENOENT') })
    expect(far.received()).toBe('')
  })

  test('ends with its attempt', async () => {
    const open = openForTest(notifier, notifier.example, far.url)
    const attempt = { signal: AbortSignal.abort(new Error('time is up')), kept: new Map<string, string>() }
    await expect(open.send(diskFull('group'), attempt)).rejects.toThrow('time is up')
  })
})

/** Options that cannot be set beside one. */
function alternatives(option: string): readonly string[] {
  return option === 'app_token_file' ? ['api_url'] : option === 'service_key_file' ? ['routing_key'] : []
}

test('the table has what Girok promises', () => {
  expect(Object.keys(notifiers)).toEqual([
    'discord',
    'email',
    'msteams',
    'msteamsv2',
    'opsgenie',
    'pagerduty',
    'slack',
    'telegram',
    'webhook',
  ])
  expect(Object.values(notifiers) satisfies Notifier[]).toHaveLength(9)
})
