import { z } from 'zod'
import { optionExpander } from '../expand-option.ts'
import type { Notification } from '../notification.ts'
import { defineNotifier, type NotifierContext } from '../notifier.ts'
import { type HttpOptions, httpConfig, sendResolved } from '../outgoing/http-options.ts'
import { failed } from '../outgoing/post-json.ts'
import { postToTeams } from '../teams-outcome.ts'
import { templated } from '../templated-text.ts'
import { checkWebhookUrl, webhookAddress, webhookUrlOptions } from '../webhook-address.ts'

const RED = '8C1A1A'
const GREEN = '2DC72D'

const options = z
  .strictObject({
    send_resolved: sendResolved(true),
    http_config: httpConfig(),
    ...webhookUrlOptions,
    title: templated('{{ template "msteams.default.title" . }}').describe('Title of the card.'),
    summary: templated('{{ template "msteams.default.summary" . }}').describe('What lists of messages show.'),
    text: templated('{{ template "msteams.default.text" . }}').describe('Text of the card, in Markdown.'),
  })
  .superRefine(checkWebhookUrl)

type Options = z.output<typeof options>

/** Microsoft Teams, by its older connectors with message cards. */
export const msteams = defineNotifier<Options>({
  name: 'msteams',
  configKey: 'msteams_configs',
  summary: 'Cards to a channel of Microsoft Teams, by its older connectors',
  options,
  example: { webhook_url: '$URL/webhookb2/1234' },
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
          body = cardOf(settings, notification, context)
        } catch (error) {
          return failed(false, (error as Error).message)
        }
        return postToTeams(context.outgoing, { url, body, http: settings.http_config, signal, secrets: [url] })
      },
    }
  },
})

function cardOf(settings: Options, notification: Notification, context: NotifierContext): unknown {
  const expand = optionExpander(context, notification)
  return {
    '@context': 'http://schema.org/extensions',
    type: 'MessageCard',
    title: expand('title', settings.title),
    summary: expand('summary', settings.summary),
    text: expand('text', settings.text),
    themeColor: notification.status === 'firing' ? RED : GREEN,
  }
}
