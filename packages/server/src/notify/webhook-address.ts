import type { z } from 'zod'
import type { NotifierContext } from './notifier.ts'
import { secretFile, secretUrl } from './outgoing/http-options.ts'
import { secretText } from './secret-text.ts'

/** `webhook_url` and `webhook_url_file`: the address of an incoming webhook, which is a secret. */
export const webhookUrlOptions = {
  webhook_url: secretUrl('Address of the incoming webhook.'),
  webhook_url_file: secretFile('that address'),
}

interface WebhookUrl {
  readonly webhook_url?: string | undefined
  readonly webhook_url_file?: string | undefined
}

/** One of the two must be set. */
export function checkWebhookUrl(
  { webhook_url: url, webhook_url_file: file }: WebhookUrl,
  context: z.RefinementCtx,
): void {
  if (url === undefined && file === undefined)
    context.addIssue({ code: 'custom', path: ['webhook_url'], message: 'is missing' })
  if (url !== undefined && file !== undefined) {
    context.addIssue({ code: 'custom', message: 'only one of webhook_url and webhook_url_file can be set' })
  }
}

/** Throws an Error for users. */
export async function webhookAddress(settings: WebhookUrl, { trusted }: NotifierContext): Promise<string> {
  const { webhook_url: text, webhook_url_file: file } = settings
  return (await secretText({ option: 'webhook_url', text, file }, trusted)) ?? ''
}
