import { z } from 'zod'
import { optionExpander } from '../expand-option.ts'
import { defineNotifier, type NotifierContext, type SendOutcome } from '../notifier.ts'
import type { HttpOptions } from '../outgoing/http-options.ts'
import { httpOptions } from '../outgoing/http-options.ts'
import type { OutgoingAnswer } from '../outgoing/outgoing.ts'
import { failed, requestJson } from '../outgoing/post-json.ts'
import { secretText } from '../secret-text.ts'
import { type SlackMessage, slackMessage } from '../slack/message.ts'
import { type SlackOptions, slackOptions } from '../slack/options.ts'
import { tolerantExpander } from '../slack/tolerant-expander.ts'

const APP_URL = 'https://slack.com/api/chat.postMessage'

/** Keys of what the notification log keeps of a message, as Alertmanager names them. */
const KEPT_TS = 'threadTs'
const KEPT_CHANNEL = 'channelId'

/** Errors of the API that may be over soon (https://api.slack.com/methods/chat.postMessage#errors). */
const PASSING = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
])

/** Slack, by an incoming webhook or as a bot. */
export const slack = defineNotifier<SlackOptions>({
  name: 'slack',
  configKey: 'slack_configs',
  summary: 'Messages to a channel of Slack',
  options: slackOptions,
  example: { api_url: '$URL/services/T000/B000/secret', channel: '#alerts', send_resolved: true },
  complete(given, global) {
    const word = (name: string) => global[name] as string | undefined
    const own = [given.api_url, given.api_url_file, given.app_token, given.app_token_file].some(
      (text) => text !== undefined,
    )
    const inherited = {
      api_url: word('slack_api_url'),
      api_url_file: word('slack_api_url_file'),
      app_token: word('slack_app_token'),
      app_token_file: word('slack_app_token_file'),
    }
    const isBot = (inherited.app_token ?? inherited.app_token_file) !== undefined
    const settings = {
      ...given,
      ...(own ? {} : isBot ? { ...inherited, api_url: undefined, api_url_file: undefined } : inherited),
      app_url: given.app_url ?? word('slack_app_url') ?? APP_URL,
      http_config: given.http_config ?? (global.http_config as HttpOptions | undefined),
    }
    checkComplete(settings)
    return settings
  },
  open(settings, context) {
    return {
      sendResolved: settings.send_resolved,
      async send(notification, { signal, kept }) {
        const earlier = settings.update_message ? earlierMessage(kept) : undefined
        let far: FarEnd
        try {
          far = await farEndOf(settings, context)
        } catch (error) {
          return failed(false, (error as Error).message)
        }
        const { expand, fault } = tolerantExpander(optionExpander(context, notification))
        const body = slackMessage(settings, expand, earlier)
        const { secrets, http, address } = far
        const url = earlier === undefined ? address : address.replace(/chat\.postMessage$/, 'chat.update')
        const result = await requestJson(context.outgoing, {
          url,
          body,
          http,
          signal,
          timeoutMs: settings.timeout,
          secrets,
        })
        if ('outcome' in result) return result.outcome
        const outcome = judged(result.answer, settings.update_message, result.excerptOf)
        const gap = fault()
        if (!outcome.sent || gap === undefined) return outcome
        return { ...outcome, warning: `sent without some of its texts: ${gap}` }
      },
    }
  },
})

function checkComplete(settings: SlackOptions): void {
  const { api_url, api_url_file, app_token, app_token_file } = settings
  const isBot = (app_token ?? app_token_file) !== undefined
  if (!isBot && (api_url ?? api_url_file) === undefined) {
    throw new Error('no Slack address: set api_url here or slack_api_url in global')
  }
  if (isBot && (settings.http_config?.authorization ?? settings.http_config?.basic_auth) !== undefined) {
    throw new Error('app_token and the credentials of http_config cannot be set together')
  }
  const address = isBot ? settings.app_url : api_url
  if (settings.update_message && address?.endsWith('/chat.postMessage') !== true) {
    throw new Error(`update_message needs a bot: set app_token, or api_url to ${APP_URL} with its token in http_config`)
  }
}

interface FarEnd {
  readonly address: string
  readonly http: HttpOptions | undefined
  readonly secrets: readonly string[]
}

async function farEndOf(settings: SlackOptions, { trusted }: NotifierContext): Promise<FarEnd> {
  const { app_token, app_token_file, api_url, api_url_file, http_config: http } = settings
  const token = await secretText({ option: 'app_token', text: app_token, file: app_token_file }, trusted)
  if (token === undefined) {
    const address = (await secretText({ option: 'api_url', text: api_url, file: api_url_file }, trusted)) ?? ''
    return { address, http, secrets: [address] }
  }
  const authorization = { type: 'Bearer', credentials: token, credentials_file: undefined }
  return {
    address: settings.app_url ?? APP_URL,
    http: { ...(http ?? httpOptions.parse({})), authorization },
    secrets: [token],
  }
}

function earlierMessage(kept: ReadonlyMap<string, string>): SlackMessage | undefined {
  const ts = kept.get(KEPT_TS)
  const channel = kept.get(KEPT_CHANNEL)
  return ts === undefined || channel === undefined ? undefined : { ts, channel }
}

const answerShape = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  channel: z.string().optional(),
  ts: z.string().optional(),
})

/** Webhooks answer `ok`, the API JSON that says whether it took the message. */
function judged({ headers, body }: OutgoingAnswer, keeps: boolean, excerptOf: (text: string) => string): SendOutcome {
  if (!headers['content-type']?.startsWith('application/json')) {
    return body.trim() === 'ok' ? { sent: true } : failed(false, `Slack answered: ${excerptOf(body)}`)
  }
  const answer = answerShape.safeParse(parsed(body))
  if (!answer.success) return failed(true, 'the far end answered with JSON, but not as Slack does')
  const { ok, error = '', ts, channel } = answer.data
  if (!ok) return failed(PASSING.has(error), `Slack answered: ${excerptOf(error)}`)
  if (!keeps || ts === undefined || channel === undefined) return { sent: true }
  return {
    sent: true,
    keep: new Map([
      [KEPT_TS, ts],
      [KEPT_CHANNEL, channel],
    ]),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
