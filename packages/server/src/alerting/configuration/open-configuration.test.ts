import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNotificationTemplates } from '../../notify/templates/create-templates.ts'
import { readTemplateFiles } from '../../notify/templates/template-files.ts'
import type { DocumentStore } from '../../store/documents/document-store.ts'
import { memoryDocuments } from '../../store/testing/memory-documents.ts'
import type { AlertmanagerConfig } from '../alertmanager/config/alertmanager-config.ts'
import type { GivenIntegration } from './alerting-configuration.ts'
import { openKeptConfig } from './kept-config.ts'
import { openContactPoints } from './kept-contact-points.ts'
import { type OpenConfiguration, openConfiguration } from './open-configuration.ts'

const TENANT = 'default'
const hook = (url: string, settings: object = {}): GivenIntegration => ({
  type: 'webhook',
  settings: { url, ...settings },
})
const config = (receiver: string, rest = '') =>
  `route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: '${receiver}'}]}]\n${rest}`

let folder: string
let documents: DocumentStore
let logged: { readonly level: string; readonly message: string; readonly fault: unknown }[]
/** Put in force after the start, the newest last. */
let used: AlertmanagerConfig[]
let opened: OpenConfiguration[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-configuration-'))
  documents = memoryDocuments()
  logged = []
  used = []
  opened = []
})
afterEach(() => {
  for (const one of opened) one.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function open(file?: string): Promise<OpenConfiguration> {
  const configuration = await openConfiguration({
    file,
    documents,
    tenant: TENANT,
    opening:
      () =>
      (_, __, { templates }) => {
        createNotificationTemplates(readTemplateFiles(templates))
        return { sendResolved: true, send: async () => ({ sent: true }) }
      },
    pollMs: 10,
    log: (level, message, fields) => logged.push({ level, message, fault: fields?.fault }),
  })
  configuration.attach({
    use: (one) => used.push(one),
    test: async () => [],
    config: () => used.at(-1) ?? configuration.initial,
  })
  opened.push(configuration)
  return configuration
}

const keep = (yaml: string) => openKeptConfig(documents, TENANT).write(yaml, 0)
const keepPoint = (name: string, ...integrations: readonly GivenIntegration[]) =>
  openContactPoints(documents, TENANT).write(name, integrations, 0)
const pointsOf = (configuration: OpenConfiguration) =>
  configuration.contactPoints().map(({ name, origin, integrations }) => [name, origin, integrations.length])
const refusal = (code: string, message: RegExp | string) => ({
  code,
  message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('configurations of the store', () => {
  test('one that cannot be read any more: the default one is in force, which is told, until it is mended', async () => {
    await keep('route: {receiver: gone}\n')
    const configuration = await open()
    expect(configuration.initial.contactPoints.map(({ name }) => name)).toEqual(['default'])
    const state = configuration.current()
    expect(state).toMatchObject({ origin: 'stored', version: 1, yaml: 'route: {receiver: gone}\n' })
    expect(state.fault).toMatch(/^the configuration:1:\d+: route\.receiver: .*gone/)
    expect(logged).toEqual([
      {
        level: 'error',
        message: 'the configuration of alerting that is kept cannot be used; the default one is in force',
        fault: state.fault,
      },
    ])
    await configuration.replace(config('https://x/1'), 1)
    expect(configuration.current()).toMatchObject({ version: 2, fault: undefined })
    expect(used.map(({ route }) => route.receiver)).toEqual(['a'])
  })

  test('of two changes of one version the first is in force, and the other a conflict', async () => {
    const configuration = await open()
    const outcomes = await Promise.allSettled([
      configuration.replace(config('https://x/1', '# first\n'), 0),
      configuration.replace(config('https://x/2', '# second\n'), 0),
    ])
    expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'conflict' } }])
    expect(configuration.current().yaml).toContain('# first')
    expect(used).toHaveLength(1)
    expect((await open()).current().yaml).toContain('# first')
  })

  test('a refused one leaves what was in force and what is kept', async () => {
    const configuration = await open()
    await configuration.replace(config('https://x/1'), 0)
    const before = configuration.current()
    await expect(configuration.replace(config('https://x/1', 'nonsense: 1\n'), 1)).rejects.toMatchObject(
      refusal('bad_request', /^the configuration:3:1: nonsense: /),
    )
    expect(configuration.current()).toEqual(before)
    expect(used).toHaveLength(1)
  })

  test('secrets are kept where they are, and not for another address', async () => {
    const configuration = await open()
    const text = (url: string, password: string) =>
      `route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: '${url}', http_config: {basic_auth: {username: u, password: ${password}}}}]}]\n`
    await configuration.replace(text('https://x/1', 'hunter2'), 0)
    await configuration.replace(configuration.current().yaml.replace('username: u', 'username: v'), 1)
    expect((await openKeptConfig(documents, TENANT).read()).yaml).toContain('username: v, password: "hunter2"')
    const moved = configuration.replace(text('https://evil/', '<secret>'), 2)
    await expect(moved).rejects.toMatchObject(refusal('bad_request', 'http_config.basic_auth.password elsewhere'))
    await expect(moved).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') })
    await configuration.replace(text('https://y/', 'hunter3'), 2)
  })
})

describe('contact points', () => {
  test('one behind a receiver of the file is told, and shows again when the receiver is gone', async () => {
    await keepPoint('a', hook('https://x/mine'))
    await keepPoint('b', { type: 'pigeon', settings: {} }, hook('https://x/b'))
    const path = file('am.yml', config('https://x/theirs'))
    const configuration = await open(path)
    expect(logged.map(({ level, message }) => [level, message])).toEqual([
      ['warning', expect.stringMatching(/^contact point "a": .*am\.yml has a receiver of this name, which is used$/)],
      ['warning', expect.stringMatching(/^contact point "b": integrations\[0\]\.type: .*pigeon/)],
    ])
    expect(pointsOf(configuration)).toEqual([
      ['a', 'file', 1],
      ['b', 'stored', 2],
    ])
    await expect(configuration.createContactPoint('a', [hook('https://x/')])).rejects.toMatchObject({
      code: 'conflict',
    })
    writeFileSync(path, 'route: {receiver: b}\nreceivers: []\n')
    await configuration.reload()
    expect(pointsOf(configuration)).toContainEqual(['a', 'stored', 1])
  })

  test('those of the file cannot be changed, those that routes name not be removed', async () => {
    const configuration = await open(file('am.yml', config('https://x/', '')))
    await expect(configuration.replaceContactPoint('a', [hook('https://y/')], 0)).rejects.toMatchObject(
      refusal('forbidden', 'am.yml: change it there'),
    )
    await expect(configuration.removeContactPoint('none', 0)).rejects.toMatchObject({ code: 'not_found' })
    await expect(configuration.replace(config('https://y/'), 0)).rejects.toMatchObject({ code: 'forbidden' })
    documents = memoryDocuments()
    const other = await open()
    await other.createContactPoint('default', [hook('https://x/')])
    await other.createContactPoint('b', [hook('https://x/b')])
    await other.replace('route: {receiver: b}\nreceivers: []\n', 0)
    await expect(other.removeContactPoint('b', 1)).rejects.toMatchObject(refusal('conflict', 'routes use "b"'))
    await other.removeContactPoint('default', 1)
    expect(pointsOf(other)).toEqual([['b', 'stored', 1]])
  })

  test('faults of one are told, and nothing is kept', async () => {
    const configuration = await open()
    const create = (...integrations: readonly GivenIntegration[]) => configuration.createContactPoint('x', integrations)
    await expect(create()).rejects.toMatchObject(refusal('bad_request', 'at least one integration'))
    await expect(create(hook('https://x/', { ulr: 1 }))).rejects.toMatchObject(
      refusal('bad_request', 'integrations[0].ulr: unknown key; is url meant?'),
    )
    await expect(configuration.createContactPoint('..', [hook('https://x/')])).rejects.toMatchObject(
      refusal('bad_request', 'a contact point cannot be called ".."'),
    )
    await expect(create(hook('https://x/', { url_file: '/etc/passwd' }))).rejects.toMatchObject({ code: 'bad_request' })
    expect(await openContactPoints(documents, TENANT).list()).toEqual([])
    expect(used).toEqual([])
  })

  test('a secret of the file goes to no address that somebody else names', async () => {
    const path = file(
      'am.yml',
      "global: {smtp_smarthost: 'mail:587', smtp_auth_username: u, smtp_auth_password: hunter2}\nroute: {receiver: a}\nreceivers: [{name: a}]\n",
    )
    const configuration = await open(path)
    const mail = (settings: object): GivenIntegration => ({
      type: 'email',
      settings: { to: 'a@b.c', from: 'g@b.c', ...settings },
    })
    const moved = configuration.createContactPoint('b', [mail({ smarthost: 'evil:587' })])
    await expect(moved).rejects.toMatchObject(
      refusal('bad_request', '"b" would send email_configs[0].auth_password elsewhere'),
    )
    await configuration.createContactPoint('b', [mail({ smarthost: 'mail:587' })])
    await configuration.createContactPoint('c', [mail({ smarthost: 'mine:587', auth_password: 'own' })])
    expect(pointsOf(configuration)).toHaveLength(3)
  })
})

describe('configurations of a file', () => {
  test('files that are not there, broken or name broken templates end the start', async () => {
    await expect(open(join(folder, 'none.yml'))).rejects.toMatchObject(
      refusal('bad_request', 'none.yml (alerting.configFile) cannot be read: there is no such file'),
    )
    await expect(open(file('bad.yml', 'route: {}\nx: 1\n'))).rejects.toMatchObject(
      refusal('bad_request', /bad\.yml:1:\d+: [^\n]+\n[^\n]*bad\.yml:2:1: x: /),
    )
    file('broken.tmpl', '{{ define "t" }}{{ if }}{{ end }}')
    const named = file('named.yml', config('https://x/', 'templates: [broken.tmpl]\n'))
    await expect(open(named)).rejects.toMatchObject(refusal('bad_request', /named\.yml: .*broken\.tmpl/))
  })

  test('a change is taken up; a broken one is told once, and what was in force stays', async () => {
    const path = file('am.yml', config('https://x/1'))
    file('good.tmpl', '{{ define "t" }}good{{ end }}')
    const configuration = await open(path)
    writeFileSync(path, config('https://x/1', 'templates: [good.tmpl]\n'))
    await vi.waitFor(() => expect(used).toHaveLength(1))
    file('good.tmpl', '{{ define "t" }}{{ end }')
    writeFileSync(path, config('https://x/2', 'templates: [good.tmpl]\n'))
    await vi.waitFor(() => expect(configuration.current().fault).toContain('good.tmpl'))
    rmSync(path)
    await vi.waitFor(() => expect(configuration.current().fault).toContain('there is no such file'))
    // Looked at a few more times.
    await new Promise((done) => setTimeout(done, 60))
    expect(logged.filter(({ level }) => level === 'error').map(({ fault }) => fault)).toEqual([
      expect.stringContaining('good.tmpl'),
      expect.stringContaining('there is no such file'),
    ])
    await expect(configuration.reload()).rejects.toMatchObject({ code: 'bad_request' })
    expect(used).toHaveLength(1)
    writeFileSync(path, config('https://x/3'))
    await vi.waitFor(() => expect(used).toHaveLength(2))
    expect(configuration.current().fault).toBeUndefined()
  })
})

test('a configuration that takes too long to read is refused before it is read, with what to do', async () => {
  const configuration = await open()
  const long = `${config('https://hooks.example.com/a')}# ${'x'.repeat(2 ** 19)}`
  await expect(configuration.replace(long, 0)).rejects.toMatchObject({
    code: 'limit_exceeded',
    message: expect.stringContaining('keep it in a file that alerting.configFile names'),
  })
  expect(configuration.current().origin).toBe('default')
})

test('a contact point is read again only when its version changes', async () => {
  const points = openContactPoints(documents, TENANT)
  for (const name of ['a', 'b']) await points.write(name, [hook('https://hooks.example.com/a')], 0)
  const before = await points.list()
  const read = vi.spyOn(documents, 'read')
  await points.write('b', [hook('https://hooks.example.com/b')], 1)
  const after = await points.list()
  expect(read.mock.calls.map(([, , id]) => id)).toEqual(['b'])
  expect(after[0]).toBe(before[0])
  expect(after[1]).toMatchObject({ name: 'b', version: 2 })
})
