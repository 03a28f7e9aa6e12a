import { z } from 'zod'
import { flag, optionalText } from '../../model/options/kinds.ts'
import { cutCharacters } from '../cut-text.ts'
import { type ExpandOption, optionExpander } from '../expand-option.ts'
import { groupKeyHash } from '../group-key-hash.ts'
import type { Notification } from '../notification.ts'
import { defineNotifier, type NotifierContext } from '../notifier.ts'
import { type HttpOptions, httpConfig, secretFile, sendResolved } from '../outgoing/http-options.ts'
import { failed, postJson } from '../outgoing/post-json.ts'
import { WEB_ADDRESS } from '../outgoing/web-address.ts'
import { secretText } from '../secret-text.ts'
import { optionalTemplated, templated, templatedSecret } from '../templated-text.ts'

const API_URL = 'https://api.opsgenie.com/'

/** Limit of the service. */
const MESSAGE_CHARACTERS = 130

const TYPES = ['team', 'teams', 'user', 'escalation', 'schedule']

const responder = z
  .strictObject({
    id: z.string().default(''),
    name: z.string().default(''),
    username: z.string().default(''),
    type: z.string().default(''),
  })
  .superRefine(({ id, name, username, type }, context) => {
    if (id === '' && name === '' && username === '') {
      context.addIssue({ code: 'custom', message: 'needs id, name or username' })
    }
    if (!type.includes('{{') && !TYPES.includes(type.toLowerCase())) {
      context.addIssue({ code: 'custom', path: ['type'], message: `must be one of ${TYPES.join(', ')}` })
    }
  })

const options = z
  .strictObject({
    send_resolved: sendResolved(true),
    api_key: templatedSecret().describe('Key of the API. Without it: opsgenie_api_key of global.'),
    api_key_file: secretFile('the key of the API'),
    api_url: optionalText(WEB_ADDRESS).describe(
      'Address of the API. Without it: opsgenie_api_url of global, or Opsgenie.',
    ),
    message: templated('{{ template "opsgenie.default.message" . }}').describe(
      `Title of the alert; cut at ${MESSAGE_CHARACTERS} characters.`,
    ),
    description: templated('{{ template "opsgenie.default.description" . }}').describe('Text of the alert.'),
    source: templated('{{ template "opsgenie.default.source" . }}').describe('Link back to who sends.'),
    details: z
      .record(z.string(), z.string())
      .default({})
      .meta({ kind: 'other', allowed: 'names with texts', template: true })
      .describe('Further details beside the common labels; texts with templates.'),
    entity: optionalTemplated().describe('What the alert is about, such as a host.'),
    responders: z
      .array(responder)
      .default([])
      .meta({ kind: 'other', allowed: 'a list of id, name or username, with a type', template: true })
      .describe(`Who is to answer. Types: ${TYPES.join(', ')}; teams names several with commas in between.`),
    tags: optionalTemplated().describe('Tags, with commas in between.'),
    note: optionalTemplated().describe('Note on the alert.'),
    priority: optionalTemplated().describe('P1 to P5.'),
    actions: optionalTemplated().describe('Names of actions, with commas in between.'),
    update_alerts: flag(false).describe('Also changes message and description of an alert that is there already.'),
    http_config: httpConfig(),
  })
  .superRefine(({ api_key, api_key_file }, context) => {
    if (api_key !== undefined && api_key_file !== undefined) {
      context.addIssue({ code: 'custom', message: 'only one of api_key and api_key_file can be set' })
    }
  })

type Options = z.output<typeof options>

/** Opsgenie, by its Alert API (https://docs.opsgenie.com/docs/alert-api). */
export const opsgenie = defineNotifier<Options>({
  name: 'opsgenie',
  configKey: 'opsgenie_configs',
  summary: 'Alerts at Opsgenie',
  options,
  example: { api_key: 'a1b2c3d4-0000-4000-8000-e5f6a7b8c9d0', api_url: '$URL/', priority: 'P2' },
  complete(given, global) {
    const own = given.api_key !== undefined || given.api_key_file !== undefined
    const settings = {
      ...given,
      api_key: own ? given.api_key : (global.opsgenie_api_key as string | undefined),
      api_key_file: own ? given.api_key_file : (global.opsgenie_api_key_file as string | undefined),
      api_url: given.api_url ?? (global.opsgenie_api_url as string | undefined) ?? API_URL,
      http_config: given.http_config ?? (global.http_config as HttpOptions | undefined),
    }
    if (settings.api_key === undefined && settings.api_key_file === undefined) {
      throw new Error('no key of Opsgenie: set api_key here or opsgenie_api_key in global')
    }
    return settings
  },
  open(settings, context) {
    return {
      sendResolved: settings.send_resolved,
      async send(notification, { signal }) {
        let requests: readonly OpsgenieRequest[]
        let key: string
        try {
          const expand = optionExpander(context, notification)
          key = await keyOf(settings, expand, context)
          requests = requestsFor(settings, notification, expand)
        } catch (error) {
          return failed(false, (error as Error).message)
        }
        const base = settings.api_url ?? API_URL
        for (const { method, path, body } of requests) {
          const outcome = await postJson(context.outgoing, {
            method,
            url: addressOf(base, path),
            body,
            headers: { Authorization: `GenieKey ${key}` },
            http: settings.http_config,
            signal,
            secrets: [key],
          })
          if (!outcome.sent) return outcome
        }
        return { sent: true }
      },
    }
  },
})

async function keyOf(settings: Options, expand: ExpandOption, { trusted }: NotifierContext): Promise<string> {
  const place = { option: 'api_key', text: settings.api_key, file: settings.api_key_file }
  return expand('api_key', await secretText(place, trusted)).trim()
}

interface OpsgenieRequest {
  readonly method: 'POST' | 'PUT'
  /** Below the address of the API, with its query. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

function requestsFor(settings: Options, notification: Notification, expand: ExpandOption): OpsgenieRequest[] {
  const alias = groupKeyHash(notification.groupKey)
  const ofAlias = (what: string) => `v2/alerts/${alias}/${what}?identifierType=alias`
  const source = expand('source', settings.source)
  if (notification.status === 'resolved') return [{ method: 'POST', path: ofAlias('close'), body: { source } }]
  const message = cutCharacters(expand('message', settings.message), MESSAGE_CHARACTERS)
  const description = expand('description', settings.description)
  const details = new Map(notification.commonLabels)
  for (const [name, value] of Object.entries(settings.details)) details.set(name, expand('details', value))
  const create: OpsgenieRequest = {
    method: 'POST',
    path: 'v2/alerts',
    body: {
      alias,
      message,
      ...filled({ description }),
      details,
      source,
      ...filled({
        responders: respondersOf(settings, expand),
        tags: listed(expand('tags', settings.tags)),
        note: expand('note', settings.note),
        priority: expand('priority', settings.priority),
        entity: expand('entity', settings.entity),
        actions: listed(expand('actions', settings.actions)),
      }),
    },
  }
  if (!settings.update_alerts) return [create]
  return [
    create,
    { method: 'PUT', path: ofAlias('message'), body: filled({ message }) },
    { method: 'PUT', path: ofAlias('description'), body: filled({ description }) },
  ]
}

/** Those that are empty for these alerts are left out; `teams` are taken apart. */
function respondersOf(settings: Options, expand: ExpandOption): Record<string, unknown>[] {
  const text = (source: string) => expand('responders', source)
  return settings.responders.flatMap(({ id, name, username, type }) => {
    const one = filled({ id: text(id), name: text(name), username: text(username), type: text(type) })
    if (Object.keys(one).length === 0) return []
    if (one.type !== 'teams') return [{ ...one, type: one.type ?? '' }]
    return listed(one.name ?? '').map((team) => ({ name: team, type: 'team' }))
  })
}

function listed(text: string): string[] {
  return text
    .trim()
    .split(',')
    .filter((one) => one !== '')
}

/** Without empty texts and lists. */
function filled<T extends string | readonly unknown[]>(fields: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value.length > 0))
}

function addressOf(base: string, path: string): string {
  const at = new URL(base)
  if (!at.pathname.endsWith('/')) at.pathname += '/'
  const [below = '', query = ''] = path.split('?')
  at.pathname += below
  for (const [name, value] of new URLSearchParams(query)) at.searchParams.set(name, value)
  return at.href
}
