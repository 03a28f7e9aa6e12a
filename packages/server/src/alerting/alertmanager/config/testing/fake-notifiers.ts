import { z } from 'zod'
import { choice, duration, flag, optionalText, text } from '../../../../model/options/kinds.ts'
import { defineNotifier, type Notifier, type OpenNotifier } from '../../../../notify/notifier.ts'
import { httpConfig, secretUrl, sendResolved } from '../../../../notify/outgoing/http-options.ts'

const SILENT: OpenNotifier = {
  sendResolved: true,
  send: async () => ({ sent: true }),
}

const hook = defineNotifier({
  name: 'webhook',
  configKey: 'webhook_configs',
  summary: 'Posts to an address.',
  options: z
    .strictObject({
      send_resolved: sendResolved(true),
      http_config: httpConfig(),
      url: secretUrl('Where to.'),
      url_file: optionalText(),
      max_alerts: z.int().min(0).default(0),
      timeout: duration('0'),
    })
    .superRefine(({ url, url_file: file }, context) => {
      if (url === undefined && file === undefined) context.addIssue({ code: 'custom', message: 'url is missing' })
    }),
  example: { url: '$URL' },
  complete: (options, global) => ({
    ...options,
    http_config: options.http_config ?? (global.http_config as typeof options.http_config),
  }),
  open: () => SILENT,
})

const chat = defineNotifier({
  name: 'slack',
  configKey: 'slack_configs',
  summary: 'Writes into a channel.',
  options: z.strictObject({
    send_resolved: sendResolved(false),
    api_url: secretUrl('Where to.'),
    channel: text(''),
    title: text('{{ template "slack.default.title" . }}'),
    short_fields: flag(false),
    color: choice(['good', 'danger'], 'danger'),
    fields: z.array(z.strictObject({ title: z.string(), value: z.string() })).default([]),
    details: z.record(z.string(), z.string()).default({}),
  }),
  example: { api_url: '$URL' },
  complete(options, global) {
    const url = options.api_url ?? (global.slack_api_url as string | undefined)
    if (url === undefined) throw new Error('no Slack address: set api_url here or slack_api_url in global')
    return { ...options, api_url: url }
  },
  open: () => SILENT,
})

/** Two ways to notify, declared as the real ones are, that send nothing. */
export const fakeNotifiers: Readonly<Record<string, Notifier>> = {
  webhook: hook as Notifier,
  slack: chat as Notifier,
}

export function openNothing(): OpenNotifier {
  return SILENT
}
