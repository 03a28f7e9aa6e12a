import { z } from 'zod'
import { flag, optionalText } from '../../../model/options/kinds.ts'
import { httpOptions } from '../../../notify/outgoing/http-options.ts'
import { address, secret, secretAddress } from './global-section.ts'

/** A receiver of Alertmanager that is read and checked, and that Girok does not send to. */
export interface OtherReceiver {
  /** As its makers write it. */
  readonly title: string
  readonly options: z.ZodType
}

const texts = (names: string) => Object.fromEntries(names.split(' ').map((name) => [name, optionalText()]))
const flags = (names: string) => Object.fromEntries(names.split(' ').map((name) => [name, flag(false)]))
const secrets = (names: string) =>
  Object.fromEntries(names.split(' ').flatMap((name) => [[name, secret()] as const, [`${name}_file`, optionalText()]]))
const map = z.record(z.string(), z.string()).optional()
const list = (shape: z.ZodType) => z.array(shape).optional()
const whole = z.int().min(0).optional()
const shared = { send_resolved: z.boolean().optional(), http_config: httpOptions.optional() }

type Options = Readonly<Record<string, unknown>>

/** A map of these keys, whose faults as a whole a function tells. */
function keys(shape: Readonly<Record<string, z.ZodType>>, faults: (options: Options) => readonly (string | false)[]) {
  return z.strictObject({ ...shared, ...shape }).superRefine((options: Options, context) => {
    for (const message of faults(options)) if (message !== false) context.addIssue({ code: 'custom', message })
  })
}

const missing = (options: Options, ...names: readonly string[]): string | false =>
  names.every((name) => options[name] === undefined || options[name] === '') && `${names.join(' or ')} is missing`

const both = (options: Options, ...names: readonly string[]): string | false =>
  names.filter((name) => options[name] !== undefined && options[name] !== '').length > 1 &&
  `only one of ${names.join(' and ')} can be set`

const field = z.strictObject({ title: optionalText(), value: optionalText(), short: z.boolean().optional() })
const attachmentTexts =
  'fallback color pretext text author_name author_link author_icon title title_link thumb_url footer footer_icon image_url'
const jiraText = z.union([
  z.string(),
  z.strictObject({ template: z.string().optional(), enable_update: z.boolean().optional() }),
])

const incidentio = keys(
  {
    url: address(),
    url_file: optionalText(),
    ...secrets('alert_source_token'),
    max_alerts: whole,
    timeout: optionalText(),
  },
  (options) => [
    missing(options, 'url', 'url_file'),
    both(options, 'url', 'url_file'),
    both(options, 'alert_source_token', 'alert_source_token_file'),
  ],
)

const jira = keys(
  {
    ...texts('project priority issue_type reopen_transition resolve_transition wont_fix_resolution reopen_duration'),
    api_url: address(),
    api_type: z.enum(['auto', 'cloud', 'datacenter']).optional(),
    summary: jiraText.optional(),
    description: jiraText.optional(),
    labels: z.array(z.string()).optional(),
    fields: z.record(z.string(), z.unknown()).optional(),
  },
  (options) => [missing(options, 'project'), missing(options, 'issue_type')],
)

const wechat = keys(
  {
    ...secrets('api_secret'),
    ...texts('corp_id message to_user to_party to_tag agent_id'),
    api_url: address(),
    message_type: z.enum(['text', 'markdown']).optional(),
  },
  (options) => [both(options, 'api_secret', 'api_secret_file')],
)

const pushover = keys(
  {
    ...secrets('user_key token'),
    ...texts('title message url url_title device sound priority retry expire ttl'),
    ...flags('html monospace'),
  },
  (options) => [
    missing(options, 'user_key', 'user_key_file'),
    both(options, 'user_key', 'user_key_file'),
    missing(options, 'token', 'token_file'),
    both(options, 'token', 'token_file'),
    options.html === true && options.monospace === true && 'only one of html and monospace can be set',
  ],
)

const victorops = keys(
  {
    ...secrets('api_key'),
    ...texts('routing_key message_type state_message entity_display_name monitoring_tool'),
    api_url: address(),
    custom_fields: map,
  },
  (options) => [missing(options, 'routing_key'), both(options, 'api_key', 'api_key_file')],
)

const sigv4 = z.strictObject({
  ...texts('region access_key profile role_arn external_id service_name'),
  secret_key: secret(),
  use_fips_sts_endpoint: flag(false),
})

const sns = keys(
  {
    ...texts('api_url topic_arn phone_number target_arn subject message'),
    sigv4: sigv4.optional(),
    attributes: map,
    use_aws_http_client: z.boolean().optional(),
  },
  (options) => [
    missing(options, 'topic_arn', 'phone_number', 'target_arn'),
    both(options, 'topic_arn', 'phone_number', 'target_arn'),
  ],
)

const webex = keys({ api_url: address(), ...texts('message room_id') }, (options) => [
  missing(options, 'room_id'),
  (options.http_config as Options | undefined)?.authorization === undefined && 'http_config.authorization is missing',
])

const rocketchat = keys(
  {
    ...secrets('token_id token'),
    ...texts('channel color title title_link text emoji icon_url image_url thumb_url'),
    ...flags('short_fields link_names'),
    api_url: address(),
    fields: list(field),
    actions: list(z.strictObject(texts('type text url'))),
  },
  (options) => [both(options, 'token', 'token_file'), both(options, 'token_id', 'token_id_file')],
)

const mattermost = keys(
  {
    webhook_url: secretAddress(),
    ...texts(`webhook_url_file channel username icon_url icon_emoji type ${attachmentTexts}`),
    fields: list(field),
    attachments: list(z.strictObject({ ...texts(attachmentTexts), fields: list(field) })),
    props: z.strictObject(texts('card')).optional(),
    priority: z
      .strictObject({ priority: optionalText(), ...flags('requested_ack persistent_notifications') })
      .optional(),
  },
  (options) => [both(options, 'webhook_url', 'webhook_url_file')],
)

/** By their key in a receiver of alertmanager.yml, with the keys that Alertmanager 0.33 has. */
export const otherReceivers: Readonly<Record<string, OtherReceiver>> = {
  incidentio_configs: { title: 'incident.io', options: incidentio },
  jira_configs: { title: 'Jira', options: jira },
  mattermost_configs: { title: 'Mattermost', options: mattermost },
  pushover_configs: { title: 'Pushover', options: pushover },
  rocketchat_configs: { title: 'Rocket.Chat', options: rocketchat },
  sns_configs: { title: 'Amazon SNS', options: sns },
  victorops_configs: { title: 'VictorOps', options: victorops },
  webex_configs: { title: 'Webex', options: webex },
  wechat_configs: { title: 'WeChat', options: wechat },
}
