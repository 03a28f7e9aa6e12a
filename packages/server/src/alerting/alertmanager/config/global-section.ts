import { z } from 'zod'
import { flag, optionalText, text } from '../../../model/options/kinds.ts'
import { httpOptions } from '../../../notify/outgoing/http-options.ts'
import { WEB_ADDRESS } from '../../../notify/outgoing/web-address.ts'
import { prometheusDuration } from './durations.ts'

export const DEFAULT_RESOLVE_TIMEOUT_MS = 300_000

const SLACK_APP_URL = 'https://slack.com/api/chat.postMessage'
const ROCKETCHAT_URL = 'https://open.rocket.chat/'

/**
 * Values that are there by themselves, of keys that amtool of Debian 12 has not met. It refuses what it does not know, so
 * they are not shown.
 */
export const YOUNG_DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['slack_app_url', SLACK_APP_URL],
  ['app_url', SLACK_APP_URL],
  ['rocketchat_api_url', ROCKETCHAT_URL],
])

/** An address that may be shown. */
export const address = (fallback?: string) => {
  return fallback === undefined ? optionalText(WEB_ADDRESS) : text(fallback, WEB_ADDRESS)
}
export const secret = () => optionalText({ secret: true })
export const secretAddress = () => optionalText({ ...WEB_ADDRESS, secret: true })
const file = () => optionalText({ allowed: 'a file path' })

/** Pairs of a secret and the file that it may come from instead. */
const EITHER = [
  'smtp_auth_password',
  'smtp_auth_secret',
  'slack_api_url',
  'slack_app_token',
  'opsgenie_api_key',
  'victorops_api_key',
  'telegram_bot_token',
  'wechat_api_secret',
  'mattermost_webhook_url',
  'rocketchat_token',
  'rocketchat_token_id',
] as const

/** `global:` of alertmanager.yml, as of Alertmanager 0.33. */
export const globalSection = z
  .strictObject({
    resolve_timeout: prometheusDuration(),
    http_config: httpOptions.optional(),
    smtp_from: optionalText(),
    smtp_hello: text('localhost'),
    smtp_smarthost: optionalText({ allowed: 'HOST:PORT', pattern: /^(?:\[[^\]]*\]|[^:]*):[^:]+$/ }),
    smtp_auth_username: optionalText(),
    smtp_auth_password: secret(),
    smtp_auth_password_file: file(),
    smtp_auth_secret: secret(),
    smtp_auth_secret_file: file(),
    smtp_auth_identity: optionalText(),
    smtp_require_tls: flag(true),
    smtp_force_implicit_tls: z.boolean().optional(),
    smtp_tls_config: httpOptions.shape.tls_config,
    slack_api_url: secretAddress(),
    slack_api_url_file: file(),
    slack_app_token: secret(),
    slack_app_token_file: file(),
    slack_app_url: address(SLACK_APP_URL),
    pagerduty_url: address('https://events.pagerduty.com/v2/enqueue'),
    opsgenie_api_url: address('https://api.opsgenie.com/'),
    opsgenie_api_key: secret(),
    opsgenie_api_key_file: file(),
    victorops_api_url: address('https://alert.victorops.com/integrations/generic/20131114/alert/'),
    victorops_api_key: secret(),
    victorops_api_key_file: file(),
    telegram_api_url: address('https://api.telegram.org'),
    telegram_bot_token: secret(),
    telegram_bot_token_file: file(),
    wechat_api_url: address('https://qyapi.weixin.qq.com/cgi-bin/'),
    wechat_api_secret: secret(),
    wechat_api_secret_file: file(),
    wechat_api_corp_id: optionalText(),
    webex_api_url: address('https://webexapis.com/v1/messages'),
    jira_api_url: address(),
    mattermost_webhook_url: secretAddress(),
    mattermost_webhook_url_file: file(),
    rocketchat_api_url: address(ROCKETCHAT_URL),
    rocketchat_token: secret(),
    rocketchat_token_file: file(),
    rocketchat_token_id: secret(),
    rocketchat_token_id_file: file(),
  })
  .superRefine((options, context) => {
    for (const key of EITHER) {
      if (options[key] === undefined || options[`${key}_file`] === undefined) continue
      context.addIssue({
        code: 'custom',
        path: [`${key}_file`],
        message: `only one of ${key} and ${key}_file can be set`,
      })
    }
  })

export type GlobalSection = z.output<typeof globalSection>
