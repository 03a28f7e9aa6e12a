import { z } from 'zod'
import { choice, flag, optionalText } from '../../model/options/kinds.ts'
import { cutUnits } from '../cut-text.ts'
import { optionExpander } from '../expand-option.ts'
import type { Notification } from '../notification.ts'
import { defineNotifier, type NotifierContext, type SendOutcome } from '../notifier.ts'
import { type HttpOptions, httpConfig, secretFile, sendResolved, sendTimeout } from '../outgoing/http-options.ts'
import { failed, requestJson } from '../outgoing/post-json.ts'
import { WEB_ADDRESS } from '../outgoing/web-address.ts'
import { secretText } from '../secret-text.ts'
import { templated } from '../templated-text.ts'

const API_URL = 'https://api.telegram.org'

/** Limits of the service: of what people see, and of what is sent. */
const MESSAGE_UNITS = 4096
const MESSAGE_BYTES = 32_768

const whole = (allowed: string) => z.int().optional().meta({ kind: 'count', allowed })

const options = z
  .strictObject({
    send_resolved: sendResolved(true),
    api_url: optionalText(WEB_ADDRESS).describe(
      'Address of the Bot API. Without it: telegram_api_url of global, or Telegram.',
    ),
    bot_token: optionalText({ secret: true }).describe('Token of the bot. Without it: telegram_bot_token of global.'),
    bot_token_file: secretFile('the token of the bot'),
    chat_id: whole('a whole number').describe('Chat to write to; groups and channels are below zero.'),
    chat_id_file: secretFile('the number of the chat'),
    message_thread_id: whole('a whole number').describe('Topic of the group to write to.'),
    message: templated('{{ template "telegram.default.message" . }}').describe(
      `The message; cut at ${MESSAGE_UNITS} characters. What comes from alerts is escaped with parse_mode HTML.`,
    ),
    disable_notifications: flag(false).describe('Sends without a sound.'),
    parse_mode: choice(['HTML', 'Markdown', 'MarkdownV2', ''], 'HTML').describe(
      'How the message is read: HTML, Markdown, MarkdownV2, or empty for plain text.',
    ),
    timeout: sendTimeout(),
    http_config: httpConfig(),
  })
  .superRefine((settings, context) => {
    const chat = Boolean(settings.chat_id)
    const chatFile = settings.chat_id_file !== undefined
    if (!chat && !chatFile) context.addIssue({ code: 'custom', path: ['chat_id'], message: 'is missing' })
    if (chat && chatFile) {
      context.addIssue({ code: 'custom', message: 'only one of chat_id and chat_id_file can be set' })
    }
    if (settings.bot_token !== undefined && settings.bot_token_file !== undefined) {
      context.addIssue({ code: 'custom', message: 'only one of bot_token and bot_token_file can be set' })
    }
  })

type Options = z.output<typeof options>

/** Telegram, by its Bot API (https://core.telegram.org/bots/api#sendmessage). */
export const telegram = defineNotifier<Options>({
  name: 'telegram',
  configKey: 'telegram_configs',
  summary: 'Messages by a bot of Telegram',
  options,
  example: { bot_token: '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11', chat_id: -1001234567890, api_url: '$URL' },
  complete(given, global) {
    const own = given.bot_token !== undefined || given.bot_token_file !== undefined
    const settings = {
      ...given,
      bot_token: own ? given.bot_token : (global.telegram_bot_token as string | undefined),
      bot_token_file: own ? given.bot_token_file : (global.telegram_bot_token_file as string | undefined),
      api_url: given.api_url ?? (global.telegram_api_url as string | undefined) ?? API_URL,
      http_config: given.http_config ?? (global.http_config as HttpOptions | undefined),
    }
    if (settings.bot_token === undefined && settings.bot_token_file === undefined) {
      throw new Error('no bot of Telegram: set bot_token here or telegram_bot_token in global')
    }
    return settings
  },
  open(settings, context) {
    return {
      sendResolved: settings.send_resolved,
      async send(notification, { signal }) {
        let token: string
        let body: Readonly<Record<string, string>>
        try {
          token = await tokenOf(settings, context)
          body = {
            chat_id: await chatOf(settings, context),
            ...(settings.disable_notifications && { disable_notification: 'true' }),
            disable_web_page_preview: 'true',
            ...(settings.message_thread_id && { message_thread_id: String(settings.message_thread_id) }),
            ...messageOf(settings, notification, context),
          }
        } catch (error) {
          return failed(false, (error as Error).message)
        }
        const result = await requestJson(context.outgoing, {
          url: `${(settings.api_url ?? API_URL).replace(/\/+$/, '')}/bot${token}/sendMessage`,
          body,
          http: settings.http_config,
          signal,
          timeoutMs: settings.timeout,
          secrets: [token],
        })
        return 'outcome' in result ? result.outcome : judged(result.answer.body, result.excerptOf)
      },
    }
  },
})

async function tokenOf(settings: Options, { trusted }: NotifierContext): Promise<string> {
  const place = { option: 'bot_token', text: settings.bot_token, file: settings.bot_token_file }
  return (await secretText(place, trusted)) ?? ''
}

async function chatOf(settings: Options, { trusted }: NotifierContext): Promise<string> {
  const file = settings.chat_id_file
  const chat = await secretText({ option: 'chat_id', text: String(settings.chat_id), file }, trusted)
  if (!/^-?\d+$/.test(chat ?? '')) throw new Error('chat_id_file does not hold a whole number')
  return chat as string
}

/** HTML cannot be cut anywhere: what is too long is sent as the text that it shows. */
function messageOf(settings: Options, notification: Notification, context: NotifierContext) {
  const expand = (html: boolean) => optionExpander(context, notification, html)('message', settings.message)
  const mode = settings.parse_mode
  if (mode === 'HTML') {
    const html = expand(true)
    const shown = shownText(html)
    if (shown.length <= MESSAGE_UNITS && Buffer.byteLength(html) <= MESSAGE_BYTES)
      return { parse_mode: mode, text: html }
    return { text: cutUnits(shown, MESSAGE_UNITS) }
  }
  const text = cutUnits(expand(false), MESSAGE_UNITS)
  return mode === '' ? { text } : { parse_mode: mode, text }
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }

/** What people see of a message in HTML: without tags, the entities that Telegram knows as characters. */
function shownText(html: string): string {
  return html
    .replace(/<[^<>]*>/g, '')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot));/gi, (all, ten, hex, name) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all
      const code = ten === undefined ? Number.parseInt(hex, 16) : Number(ten)
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all
    })
}

const answerShape = z.object({
  ok: z.boolean(),
  description: z.string().optional(),
  error_code: z.number().optional(),
})

/** The API says within the body too whether it took the message. */
function judged(body: string, excerptOf: (text: string) => string): SendOutcome {
  const answer = answerShape.safeParse(parsed(body))
  if (!answer.success) return failed(true, 'the far end answered with status 200, but not as Telegram does')
  if (answer.data.ok) return { sent: true }
  const { error_code: code = 400, description = '' } = answer.data
  return failed(code === 429 || code >= 500, `Telegram answered with code ${code}: ${excerptOf(description)}`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
