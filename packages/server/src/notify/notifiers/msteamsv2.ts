import { z } from 'zod'
import { optionExpander } from '../expand-option.ts'
import type { Notification } from '../notification.ts'
import { defineNotifier, type NotifierContext } from '../notifier.ts'
import { type HttpOptions, httpConfig, sendResolved } from '../outgoing/http-options.ts'
import { failed } from '../outgoing/post-json.ts'
import { postToTeams } from '../teams-outcome.ts'
import { templated } from '../templated-text.ts'
import { checkWebhookUrl, webhookAddress, webhookUrlOptions } from '../webhook-address.ts'

const options = z
  .strictObject({
    send_resolved: sendResolved(true),
    http_config: httpConfig(),
    ...webhookUrlOptions,
    title: templated('{{ template "msteamsv2.default.title" . }}').describe('Title of the card.'),
    text: templated('{{ template "msteamsv2.default.text" . }}').describe('Text of the card, in Markdown.'),
  })
  .superRefine(checkWebhookUrl)

type Options = z.output<typeof options>

/** Microsoft Teams, by a workflow that takes adaptive cards (https://adaptivecards.io). */
export const msteamsv2 = defineNotifier<Options>({
  name: 'msteamsv2',
  configKey: 'msteamsv2_configs',
  summary: 'Cards to a channel of Microsoft Teams, by a workflow',
  options,
  example: { webhook_url: '$URL/workflows/1234/triggers/manual/paths/invoke?sig=5678' },
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
          body = messageOf(settings, notification, context)
        } catch (error) {
          return failed(false, (error as Error).message)
        }
        return postToTeams(context.outgoing, { url, body, http: settings.http_config, signal, secrets: [url] })
      },
    }
  },
})

function messageOf(settings: Options, notification: Notification, context: NotifierContext): unknown {
  const expand = optionExpander(context, notification)
  const title = {
    type: 'TextBlock',
    text: expand('title', settings.title),
    weight: 'Bolder',
    size: 'Medium',
    wrap: true,
    style: 'heading',
    color: notification.status === 'firing' ? 'Attention' : 'Good',
  }
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.2',
    body: [title, { type: 'TextBlock', text: expand('text', settings.text), wrap: true }],
    msteams: { width: 'full' },
  }
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  }
}
