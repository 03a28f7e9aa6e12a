import { encodeGoJson } from '@girok/query'
import { z } from 'zod'
import { optionalText } from '../../model/options/kinds.ts'
import { cutCharacters } from '../cut-text.ts'
import { type ExpandOption, optionExpander } from '../expand-option.ts'
import { groupKeyHash } from '../group-key-hash.ts'
import type { Notification } from '../notification.ts'
import { defineNotifier, type NotifierContext } from '../notifier.ts'
import { type HttpOptions, httpConfig, secretFile, sendResolved, sendTimeout } from '../outgoing/http-options.ts'
import { failed, postJson } from '../outgoing/post-json.ts'
import { WEB_ADDRESS } from '../outgoing/web-address.ts'
import { secretText } from '../secret-text.ts'
import { optionalTemplated, templated, templatedSecret } from '../templated-text.ts'
import { expandValues } from '../templates/expand-values.ts'

/** The older API, for integrations with a service key. */
const V1_URL = 'https://events.pagerduty.com/generic/2010-04-15/create_event.json'
const V2_URL = 'https://events.pagerduty.com/v2/enqueue'

/** Limits of the service. */
const SUMMARY_CHARACTERS = 1024
const EVENT_BYTES = 512_000

const DETAILS = {
  firing: '{{ .Alerts.Firing | toJson }}',
  resolved: '{{ .Alerts.Resolved | toJson }}',
  num_firing: '{{ .Alerts.Firing | len }}',
  num_resolved: '{{ .Alerts.Resolved | len }}',
}

const image = z.strictObject({
  src: z.string().default(''),
  alt: z.string().default(''),
  href: z.string().default(''),
})
const link = z.strictObject({ href: z.string().default(''), text: z.string().default('') })

const options = z
  .strictObject({
    send_resolved: sendResolved(true),
    routing_key: templatedSecret().describe('Integration key of Events API v2.'),
    routing_key_file: secretFile('the integration key of Events API v2'),
    service_key: templatedSecret().describe('Integration key of the older "Prometheus" integration.'),
    service_key_file: secretFile('the integration key of the older integration'),
    url: optionalText(WEB_ADDRESS).describe(
      'Where events are sent. Without it: pagerduty_url of global, or PagerDuty.',
    ),
    description: templated('{{ template "pagerduty.default.description" .}}').describe(
      `Title of the incident; cut at ${SUMMARY_CHARACTERS} characters.`,
    ),
    severity: templated('error').describe('critical, error, warning or info.'),
    source: optionalTemplated().describe('What is affected. Without it: the client.'),
    class: optionalTemplated().describe('Kind of the event, such as "cpu load".'),
    component: optionalTemplated().describe('Part of the source that is affected.'),
    group: optionalTemplated().describe('Group of parts, such as "app-stack".'),
    client: templated('{{ template "pagerduty.default.client" . }}').describe('Who sends.'),
    client_url: templated('{{ template "pagerduty.default.clientURL" . }}').describe('Link back to who sends.'),
    details: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ kind: 'other', allowed: 'names with texts, numbers, lists or objects', template: true })
      .describe('Further details; texts with templates. firing, resolved and their numbers come on their own.'),
    images: z
      .array(image)
      .default([])
      .meta({ kind: 'other', allowed: 'a list of src, alt and href', template: true })
      .describe('Pictures for the incident; those without src are left out.'),
    links: z
      .array(link)
      .default([])
      .meta({ kind: 'other', allowed: 'a list of href and text', template: true })
      .describe('Links for the incident; those without href are left out.'),
    timeout: sendTimeout(),
    http_config: httpConfig(),
  })
  .superRefine((settings, context) => {
    const keys = ['routing_key', 'service_key'] as const
    const set = keys.flatMap((name) => [settings[name], settings[`${name}_file`]]).filter(Boolean)
    if (set.length === 0) context.addIssue({ code: 'custom', message: 'needs routing_key or service_key' })
    for (const name of keys) {
      if (settings[name] && settings[`${name}_file`]) {
        context.addIssue({ code: 'custom', message: `only one of ${name} and ${name}_file can be set` })
      }
    }
  })

type Options = z.output<typeof options>

/** PagerDuty, by Events API v2 (https://developer.pagerduty.com/docs/send-alert-event) or the older one. */
export const pagerduty = defineNotifier<Options>({
  name: 'pagerduty',
  configKey: 'pagerduty_configs',
  summary: 'Incidents at PagerDuty',
  options,
  example: { routing_key: 'R0123456789ABCDEF', url: '$URL/v2/enqueue', severity: 'critical' },
  complete: (given, global) => ({
    ...given,
    url: given.url ?? (global.pagerduty_url as string | undefined) ?? V2_URL,
    http_config: given.http_config ?? (global.http_config as HttpOptions | undefined),
  }),
  open(settings, context) {
    const older = Boolean(settings.service_key ?? settings.service_key_file)
    return {
      sendResolved: settings.send_resolved,
      async send(notification, { signal }) {
        const expand = optionExpander(context, notification)
        let event: Readonly<Record<string, unknown>>
        let key: string
        try {
          key = await keyOf(settings, older ? 'service_key' : 'routing_key', expand, context)
          event = (older ? eventV1 : eventV2)(settings, key, notification, expand)
        } catch (error) {
          return failed(false, (error as Error).message)
        }
        return postJson(context.outgoing, {
          url: older ? V1_URL : (settings.url ?? V2_URL),
          body: fitting(event, older),
          http: settings.http_config,
          signal,
          timeoutMs: settings.timeout,
          secrets: [key],
          // The older API says 403 where there were too many.
          retriable: (status) => status === (older ? 403 : 429) || status >= 500,
        })
      },
    }
  },
})

async function keyOf(
  settings: Options,
  option: 'routing_key' | 'service_key',
  expand: ExpandOption,
  { trusted }: NotifierContext,
): Promise<string> {
  const place = { option, text: settings[option], file: settings[`${option}_file`] }
  const key = expand(option, await secretText(place, trusted))
  if (key === '') throw new Error(`${option} is empty for these alerts`)
  return key
}

function eventV2(settings: Options, key: string, { groupKey, status }: Notification, expand: ExpandOption) {
  const text = (option: 'class' | 'component' | 'group' | 'client' | 'client_url') => expand(option, settings[option])
  const images = settings.images.map((one) => expandedFields('images', one, expand)).filter(({ src }) => src !== '')
  const links = settings.links.map((one) => expandedFields('links', one, expand)).filter(({ href }) => href !== '')
  return {
    routing_key: key,
    dedup_key: groupKeyHash(groupKey),
    event_action: status === 'firing' ? 'trigger' : 'resolve',
    payload: {
      summary: summaryOf(settings, expand),
      source: settings.source ? expand('source', settings.source) : text('client'),
      severity: expand('severity', settings.severity === '' ? 'error' : settings.severity),
      ...filled({ class: text('class'), component: text('component'), group: text('group') }),
      custom_details: detailsOf(settings, expand),
    },
    ...filled({ client: text('client'), client_url: text('client_url') }),
    ...(images.length > 0 && { images }),
    ...(links.length > 0 && { links }),
  }
}

function eventV1(settings: Options, key: string, { groupKey, status }: Notification, expand: ExpandOption) {
  const firing = status === 'firing'
  return {
    service_key: key,
    incident_key: groupKeyHash(groupKey),
    event_type: firing ? 'trigger' : 'resolve',
    description: summaryOf(settings, expand),
    ...(firing &&
      filled({ client: expand('client', settings.client), client_url: expand('client_url', settings.client_url) })),
    details: detailsOf(settings, expand),
  }
}

function summaryOf({ description }: Options, expand: ExpandOption): string {
  return cutCharacters(expand('description', description), SUMMARY_CHARACTERS)
}

function detailsOf({ details }: Options, expand: ExpandOption): unknown {
  return expandValues({ ...DETAILS, ...details }, (source) => expand('details', source))
}

function expandedFields<T extends Readonly<Record<string, string>>>(
  option: string,
  fields: T,
  expand: ExpandOption,
): T {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, expand(option, value)])) as T
}

/** An event that the service takes: where it is too large, the details make way. */
function fitting(event: Readonly<Record<string, unknown>>, older: boolean): Readonly<Record<string, unknown>> {
  if (Buffer.byteLength(encodeGoJson(event)) < EVENT_BYTES) return event
  const details = {
    error: 'Custom details have been removed because the original event exceeds the maximum size of 512KB',
  }
  return older
    ? { ...event, details }
    : { ...event, payload: { ...(event.payload as object), custom_details: details } }
}

/** Without what is empty. */
function filled(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}
