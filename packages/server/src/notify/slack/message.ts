import { cutCharacters } from '../cut-text.ts'
import type { ExpandOption } from '../expand-option.ts'
import type { SlackOptions } from './options.ts'

const TITLE = 1024
const MARKUP_IN = ['fallback', 'pretext', 'text']

/** Message of an earlier delivery that this one takes the place of. */
export interface SlackMessage {
  readonly channel: string
  readonly ts: string
}

/**
 * The body of an incoming webhook and of chat.postMessage, in the order of Alertmanager's. Templates are expanded in its
 * order too: those after one that fails may come out empty.
 */
export function slackMessage(options: SlackOptions, expand: ExpandOption, earlier: SlackMessage | undefined): unknown {
  const text = (option: keyof SlackOptions & string) => expand(option, options[option] as string | undefined)
  const title = cutCharacters(text('title'), TITLE)
  const title_link = text('title_link')
  const pretext = text('pretext')
  const body = { text: text('text'), fallback: text('fallback'), callback_id: text('callback_id') }
  const image_url = text('image_url')
  const thumb_url = text('thumb_url')
  const footer = text('footer')
  const color = text('color')
  const attachment = {
    ...filled({ title, title_link, pretext }),
    ...body,
    ...(options.fields.length > 0 && { fields: fieldsOf(options, expand) }),
    ...(options.actions.length > 0 && { actions: actionsOf(options, expand) }),
    ...filled({ image_url, thumb_url }),
    footer,
    ...filled({ color }),
    mrkdwn_in: options.mrkdwn_in.length > 0 ? options.mrkdwn_in : MARKUP_IN,
  }
  return {
    ...filled({
      channel: earlier?.channel ?? text('channel'),
      ts: earlier?.ts ?? '',
      username: text('username'),
      icon_emoji: text('icon_emoji'),
      icon_url: text('icon_url'),
    }),
    ...(options.link_names && { link_names: true }),
    ...filled({ text: text('message_text') }),
    attachments: [attachment],
  }
}

function fieldsOf({ fields, short_fields }: SlackOptions, expand: ExpandOption): unknown[] {
  return fields.map(({ title, value, short }, at) => ({
    ...filled({ title: expand(`fields[${at}].title`, title), value: expand(`fields[${at}].value`, value) }),
    short: short ?? short_fields,
  }))
}

/** A link needs no name, value and question; an action for a program has no link. */
function actionsOf({ actions }: SlackOptions, expand: ExpandOption): unknown[] {
  return actions.map((action, at) => {
    const isLink = action.url !== ''
    const text = (name: 'type' | 'text' | 'url' | 'style' | 'name' | 'value') =>
      expand(`actions[${at}].${name}`, action[name])
    const question = (name: 'text' | 'title' | 'ok_text' | 'dismiss_text') =>
      expand(`actions[${at}].confirm.${name}`, action.confirm?.[name])
    return {
      ...filled({
        type: text('type'),
        text: text('text'),
        url: text('url'),
        style: text('style'),
        name: isLink ? '' : text('name'),
        value: isLink ? '' : text('value'),
      }),
      ...(action.confirm !== undefined &&
        !isLink && {
          confirm: filled({
            text: question('text'),
            title: question('title'),
            ok_text: question('ok_text'),
            dismiss_text: question('dismiss_text'),
          }),
        }),
    }
  })
}

/** Without what is empty. */
function filled(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''))
}
