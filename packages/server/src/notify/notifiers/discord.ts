import { z } from 'zod'
import { optionalText } from '../../model/options/kinds.ts'
import { cutCharacters } from '../cut-text.ts'
import { optionExpander } from '../expand-option.ts'
import type { Notification } from '../notification.ts'
import { defineNotifier, type NotifierContext } from '../notifier.ts'
import { type HttpOptions, httpConfig, sendResolved } from '../outgoing/http-options.ts'
import { failed, postJson } from '../outgoing/post-json.ts'
import { optionalTemplated, templated } from '../templated-text.ts'
import { checkWebhookUrl, webhookAddress, webhookUrlOptions } from '../webhook-address.ts'

/** Limits of the service, in characters. */
const TITLE = 256
const DESCRIPTION = 4096
const CONTENT = 2000

const RED = 0x992d22
const GREEN = 0x2ecc71

const options = z
  .strictObject({
    send_resolved: sendResolved(true),
    http_config: httpConfig(),
    ...webhookUrlOptions,
    content: optionalTemplated().describe(
      `Text before the box, where people can be mentioned; cut at ${CONTENT} characters.`,
    ),
    title: templated('{{ template "discord.default.title" . }}').describe(
      `Title of the box; cut at ${TITLE} characters.`,
    ),
    message: templated('{{ template "discord.default.message" . }}').describe(
      `Text in the box; cut at ${DESCRIPTION} characters.`,
    ),
    username: optionalText().describe('Name to write under, in place of the webhook’s.'),
    avatar_url: optionalText({ allowed: 'an address' }).describe('Picture to write under, in place of the webhook’s.'),
  })
  .superRefine(checkWebhookUrl)

type Options = z.output<typeof options>

/** Discord, by an incoming webhook (https://discord.com/developers/docs/resources/webhook#execute-webhook). */
export const discord = defineNotifier<Options>({
  name: 'discord',
  configKey: 'discord_configs',
  summary: 'Messages to a channel of Discord',
  options,
  example: { webhook_url: '$URL/api/webhooks/1234/token', username: 'Alerts' },
  complete: (given, global) => ({
    ...given,
    http_config: given.http_config ?? (global.http_config as HttpOptions | undefined),
  }),
  open(settings, context) {
    return {
      sendResolved: settings.send_resolved,
      async send(notification, { signal }) {
        let url: string
        let body: unknown
        try {
          url = await webhookAddress(settings, context)
          body = bodyOf(settings, notification, context)
        } catch (error) {
          return failed(false, (error as Error).message)
        }
        return postJson(context.outgoing, { url, body, http: settings.http_config, signal, secrets: [url] })
      },
    }
  },
})

function bodyOf(settings: Options, notification: Notification, context: NotifierContext): unknown {
  const expand = optionExpander(context, notification)
  const { username = '', avatar_url: avatar = '' } = settings
  return {
    content: cutCharacters(expand('content', settings.content), CONTENT),
    embeds: [
      {
        title: cutCharacters(expand('title', settings.title), TITLE),
        description: cutCharacters(expand('message', settings.message), DESCRIPTION),
        color: notification.status === 'firing' ? RED : GREEN,
      },
    ],
    ...(username !== '' && { username }),
    ...(avatar !== '' && { avatar_url: avatar }),
  }
}
