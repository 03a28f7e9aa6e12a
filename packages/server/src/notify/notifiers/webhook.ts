import { z } from 'zod'
import { count, optionalText } from '../../model/options/kinds.ts'
import { optionExpander } from '../expand-option.ts'
import { firstAlerts } from '../first-alerts.ts'
import type { Notification } from '../notification.ts'
import { defineNotifier, type NotifierContext } from '../notifier.ts'
import { type HttpOptions, httpConfig, secretFile, sendResolved, sendTimeout } from '../outgoing/http-options.ts'
import { failed, postJson } from '../outgoing/post-json.ts'
import { WEB_ADDRESS } from '../outgoing/web-address.ts'
import { secretText } from '../secret-text.ts'
import { expandValues } from '../templates/expand-values.ts'
import { NotificationData } from '../templates/template-data.ts'

const options = z
  .strictObject({
    send_resolved: sendResolved(true),
    http_config: httpConfig(),
    url: optionalText({
      ...WEB_ADDRESS,
      pattern: new RegExp(`${WEB_ADDRESS.pattern.source}|\\{\\{`, 'iu'),
      secret: true,
    })
      .meta({ template: true })
      .describe('Address to post to; a text with templates.'),
    url_file: secretFile('that address'),
    max_alerts: count(0).describe(
      'Sends no more alerts than so many; truncatedAlerts says how many others there are. 0: all.',
    ),
    timeout: sendTimeout(),
    payload: z
      .unknown()
      .optional()
      .meta({ kind: 'other', allowed: 'any value', template: true })
      .describe('A body of your own in place of the usual one; each text in it is a template.'),
  })
  .superRefine(({ url, url_file: file }, context) => {
    if (url === undefined && file === undefined)
      context.addIssue({ code: 'custom', path: ['url'], message: 'is missing' })
    if (url !== undefined && file !== undefined) {
      context.addIssue({ code: 'custom', message: 'only one of url and url_file can be set' })
    }
  })

type Options = z.output<typeof options>

/** Any program that takes alerts as JSON: version 4 of Alertmanager's body. */
export const webhook = defineNotifier<Options>({
  name: 'webhook',
  configKey: 'webhook_configs',
  summary: 'JSON to any address',
  options,
  example: { url: '$URL/alerts', max_alerts: 100 },
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
          url = await addressOf(settings, notification, context)
          body = bodyOf(settings, notification, context)
        } catch (error) {
          return failed(false, (error as Error).message)
        }
        const { http_config: http, timeout: timeoutMs } = settings
        return postJson(context.outgoing, { url, body, http, signal, timeoutMs, secrets: [url] })
      },
    }
  },
})

async function addressOf(settings: Options, notification: Notification, context: NotifierContext): Promise<string> {
  const place = { option: 'url', text: settings.url, file: settings.url_file }
  const url = optionExpander(context, notification)('url', await secretText(place, context.trusted)).trim()
  if (!URL.canParse(url)) throw new Error('url does not come out as an address')
  return url
}

function bodyOf(settings: Options, whole: Notification, context: NotifierContext): unknown {
  const { notification, leftOut } = firstAlerts(whole, settings.max_alerts)
  if (settings.payload !== undefined && settings.payload !== null) {
    const expand = optionExpander(context, notification)
    return expandValues(settings.payload, (source) => expand('payload', source))
  }
  return {
    ...new NotificationData(notification).json(),
    version: '4',
    groupKey: notification.groupKey,
    truncatedAlerts: leftOut,
  }
}
