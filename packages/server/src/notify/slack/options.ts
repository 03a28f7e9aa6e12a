import { z } from 'zod'
import { flag, list, optionalText } from '../../model/options/kinds.ts'
import { httpConfig, secretFile, secretUrl, sendResolved, sendTimeout } from '../outgoing/http-options.ts'
import { WEB_ADDRESS } from '../outgoing/web-address.ts'
import { optionalTemplated, templated } from '../templated-text.ts'

const confirmation = z.strictObject({
  text: z.string().min(1).describe('The question; a text with templates.'),
  title: z.string().optional().describe('Title of the question; a text with templates.'),
  ok_text: z.string().optional().describe('Words for yes; a text with templates.'),
  dismiss_text: z.string().optional().describe('Words for no; a text with templates.'),
})

const action = z
  .strictObject({
    type: z.string().min(1).describe('Mostly button.'),
    text: z.string().min(1).describe('What the button says; a text with templates.'),
    url: z.string().default('').describe('Where it leads to; a text with templates.'),
    style: z.string().default('').describe('Empty, primary or danger.'),
    name: z.string().default('').describe('Name of the action for a program that takes it.'),
    value: z.string().default('').describe('Value for that program.'),
    confirm: confirmation.optional().describe('Asks before.'),
  })
  .superRefine(({ url, name }, context) => {
    if (url === '' && name === '') context.addIssue({ code: 'custom', message: 'needs url or name' })
  })

const field = z.strictObject({
  title: z.string().min(1).describe('Heading; a text with templates.'),
  value: z.string().min(1).describe('Text below; a text with templates.'),
  short: z.boolean().optional().describe('Whether others may stand beside. Without it: short_fields.'),
})

const many = (allowed: string) => ({ kind: 'other', allowed, template: true })
const texts = { allowed: 'texts', pattern: /^/ }

/** Options of `slack_configs`. */
export const slackOptions = z
  .strictObject({
    send_resolved: sendResolved(false),
    http_config: httpConfig(),
    api_url: secretUrl('Address of the incoming webhook, or of chat.postMessage. Without it: slack_api_url of global.'),
    api_url_file: secretFile('that address'),
    app_token: optionalText({ secret: true }).describe(
      'Token of a bot, in place of api_url. Without it: slack_app_token of global.',
    ),
    app_token_file: secretFile('the token of the bot'),
    app_url: optionalText(WEB_ADDRESS).describe('Where bots post to. Without it: slack_app_url of global, or Slack.'),
    channel: optionalTemplated().describe('Channel such as #ops, in place of the webhook’s own.'),
    username: templated('{{ template "slack.default.username" . }}').describe('Name to write under.'),
    color: templated('{{ template "slack.default.color" . }}').describe(
      'good, warning, danger or a color such as #439fe0.',
    ),
    title: templated('{{ template "slack.default.title" . }}').describe('Title; cut at 1024 characters.'),
    title_link: templated('{{ template "slack.default.titlelink" . }}').describe('Where the title leads to.'),
    pretext: templated('{{ template "slack.default.pretext" . }}').describe('Text before the box.'),
    text: templated('{{ template "slack.default.text" . }}').describe('Text in the box.'),
    message_text: optionalTemplated().describe('Text of the message itself, which notices on screens show.'),
    fields: z.array(field).default([]).meta(many('a list of title and value')).describe('Fields in the box.'),
    short_fields: flag(false).describe('Whether fields stand beside one another.'),
    footer: templated('{{ template "slack.default.footer" . }}').describe('Text below.'),
    fallback: templated('{{ template "slack.default.fallback" . }}').describe('For programs that show no boxes.'),
    callback_id: templated('{{ template "slack.default.callbackid" . }}').describe(
      'Name of the message for a program that takes actions.',
    ),
    icon_emoji: templated('{{ template "slack.default.iconemoji" . }}').describe(
      'Emoji to write under, such as :fire:.',
    ),
    icon_url: templated('{{ template "slack.default.iconurl" . }}').describe('Picture to write under.'),
    image_url: optionalTemplated().describe('Picture in the box.'),
    thumb_url: optionalTemplated().describe('Small picture beside the text.'),
    link_names: flag(false).describe('Makes links of #channels and @names.'),
    mrkdwn_in: list(texts, []).describe('Which texts have Slack’s markup; none named: fallback, pretext and text.'),
    actions: z.array(action).default([]).meta(many('a list of type, text and url or name')).describe('Buttons.'),
    update_message: flag(false).describe(
      'Changes the message of the group instead of sending another. Needs a bot: app_token, or api_url of chat.postMessage.',
    ),
    timeout: sendTimeout(),
  })
  .superRefine((options, context) => {
    const fault = (message: string) => context.addIssue({ code: 'custom', message })
    const { api_url, api_url_file, app_token, app_token_file } = options
    if (api_url !== undefined && api_url_file !== undefined) fault('only one of api_url and api_url_file can be set')
    if (app_token !== undefined && app_token_file !== undefined)
      fault('only one of app_token and app_token_file can be set')
    if ((api_url ?? api_url_file) !== undefined && (app_token ?? app_token_file) !== undefined) {
      fault('only one of api_url and app_token can be set')
    }
  })

export type SlackOptions = z.output<typeof slackOptions>
