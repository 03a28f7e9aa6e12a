import { callSite } from '../source.ts'
import { checkedLimit, createAllowance } from './allowance.ts'
import type { Outcome } from './remote/destination.ts'
import { post } from './remote/http.ts'
import { createRecordIds } from './remote/keys.ts'
import type { RemoteHandler, RemoteOptions } from './remote/options.ts'
import { createRemoteHandler } from './remote/remote.ts'
import { digestPayload, type Notice, noticeOf, noticePayload, type SlackPayload } from './slack/payload.ts'

export interface SlackOptions extends RemoteOptions {
  /** An incoming webhook. Whoever knows it can write to the channel, so it stands in no message of ours. */
  readonly webhookUrl: string
  /** What the messages name as their place: `:warning: *ERROR* in {title}`. Default `application`. */
  readonly title?: string
  /** Default ERROR. */
  readonly level?: number | string
  /**
   * Messages a minute at most. Records that come faster share one message, which counts them; what cannot be told within
   * the minute waits for the next one. Default 20; Slack itself takes about one a second.
   */
  readonly maxPerMinute?: number
  /** Milliseconds; replaced in tests. */
  readonly now?: () => number
  /** Replaced in tests. */
  readonly fetch?: typeof globalThis.fetch
}

/**
 * Tells a Slack channel of records, one message each as long as they are few: level, message, place in the program, time.
 * Each is told at least once; one that is told again, after an answer that was lost, has the same id below it.
 * @throws TypeError, RangeError for options that cannot be right
 */
export function slackHandler(options: SlackOptions): RemoteHandler {
  const { webhookUrl, title = 'application', level = 'ERROR', maxPerMinute = 20, now = Date.now } = options
  const secret = checkedUrl(webhookUrl)
  const allowance = createAllowance(checkedLimit('slackHandler: maxPerMinute', maxPerMinute), 60_000, now)
  const nextId = createRecordIds()
  /** Records of a batch that were told before its time ran out. */
  let told = { key: '', ids: new Set<string>() }

  async function send(payload: SlackPayload, signal: AbortSignal): Promise<Outcome> {
    allowance.take()
    const headers = { 'content-type': 'application/json' }
    const request = { url: secret.href, body: JSON.stringify(payload), headers, signal, fetch: options.fetch }
    const { outcome, answer } = await post(request)
    if (outcome.kind === 'delivered') return outcome
    if (outcome.kind === 'retry') return { ...outcome, reason: withoutSecret(outcome.reason, secret) }
    // Slack answers with a word. Anything longer is of a proxy, and may well repeat the address.
    const word = /^[a-z_]{1,60}$/.exec(answer?.body ?? '')?.[0] ?? 'without a reason'
    return { kind: 'refused', reason: `${answer?.status} ${word}` }
  }

  return createRemoteHandler(
    {
      name: `slack ${secret.host}`,
      needsSource: callSite,
      entry: (record) => JSON.stringify(noticeOf(record, nextId())),
      async deliver({ key, entries }, signal) {
        if (told.key !== key) told = { key, ids: new Set() }
        let refused = 0
        let refusal = ''
        let waiting = entries.filter((entry) => !told.ids.has((JSON.parse(entry) as Notice).id))
        while (waiting.length > 0) {
          const left = allowance.left()
          const counted = refused === 0 ? {} : { refused: { count: refused, reason: refusal } }
          if (left === 0) {
            const reason = `${maxPerMinute} messages were sent within a minute`
            return { kind: 'retry', reason, afterMs: allowance.waitMs(), entries: waiting, ...counted }
          }
          // The last message that may be sent is for all that are left.
          const together = left === 1 ? waiting.length : 1
          const notices = waiting.slice(0, together).map((entry) => JSON.parse(entry) as Notice)
          const alone = notices.length === 1 ? notices[0] : undefined
          const payload = alone === undefined ? digestPayload(notices, title) : noticePayload(alone, title)
          const outcome = await send(payload, signal)
          if (outcome.kind === 'retry') return { ...outcome, entries: waiting, ...counted }
          if (outcome.kind === 'delivered') {
            for (const { id } of notices) told.ids.add(id)
          } else {
            refused += together
            refusal = outcome.reason
          }
          waiting = waiting.slice(together)
        }
        return refused === 0 ? { kind: 'delivered' } : { kind: 'refused', reason: refusal, count: refused }
      },
    },
    { ...options, level },
  )
}

/** Errors must not repeat the address. */
function checkedUrl(webhookUrl: unknown): URL {
  const url = typeof webhookUrl === 'string' && URL.canParse(webhookUrl) ? new URL(webhookUrl) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('slackHandler: webhookUrl must be the URL of an incoming webhook, https://hooks.slack.com/…')
  }
  return url
}

/** Errors of a fetch often name what was asked for. */
function withoutSecret(text: string, { href, pathname, search }: URL): string {
  const hidden = [href, pathname + search, pathname, ...pathname.split('/'), search].filter((part) => part.length > 7)
  return hidden.reduce((clean, part) => clean.replaceAll(part, '[webhook]'), text)
}
