import type { z } from 'zod'
import type { Notification } from './notification.ts'
import type { Outgoing } from './outgoing/outgoing.ts'
import type { NotificationTemplates } from './templates/notification-templates.ts'

/**
 * A way to tell people of alerts. Its name, options and an example stand beside its code; the reading of alertmanager.yml,
 * the documentation and the forms of the web app follow.
 */
export interface Notifier<Options = unknown> {
  /** Lower case: `slack`. Alertmanager's name of the integration. */
  readonly name: string
  /** Its key in a receiver of alertmanager.yml: `slack_configs`. */
  readonly configKey: string
  /** One line, for the catalogue. */
  readonly summary: string
  /**
   * A `z.strictObject` with the keys of alertmanager.yml as they are there, made by model/options/kinds.ts and
   * outgoing/http-options.ts, each with a description; secrets are marked. `send_resolved` is among them.
   */
  readonly options: z.ZodType<Options>
  /** Options of a runnable example; `$URL` stands for the address of a test server. The conformance suite sends with them. */
  readonly example: Readonly<Record<string, unknown>>
  /**
   * Joins what alertmanager.yml's `global:` says to given options, and checks what only both together can tell. Throws an
   * Error whose message is written for users (`no Slack address: set api_url here or slack_api_url in global`).
   */
  readonly complete: (options: Options, global: GlobalOptions) => Options
  readonly open: (options: Options, context: NotifierContext) => OpenNotifier
}

/** `global:` of alertmanager.yml as it was read, keys as they are there. Secrets are plain text. */
export type GlobalOptions = Readonly<Record<string, unknown>>

/** A notifier whose options are known. */
export interface OpenNotifier {
  /** Whether resolved alerts are told. When false, only those that fire are given to `send`. */
  readonly sendResolved: boolean
  /**
   * Tells of a notification once; never rejects but when `signal` is aborted. Whether and when to try again is decided by
   * who calls: `retry` says whether that can help.
   */
  readonly send: (notification: Notification, attempt: SendAttempt) => Promise<SendOutcome>
}

export interface SendAttempt {
  /** Ends the attempt. */
  readonly signal: AbortSignal
  /** What the last delivery for this group kept (Slack: the message to update). Empty the first time. */
  readonly kept: ReadonlyMap<string, string>
}

export type SendOutcome =
  | {
      readonly sent: true
      readonly keep?: ReadonlyMap<string, string>
      /** What did not go as it was meant to, for the log: a mail server refused one of several recipients. No secret in it. */
      readonly warning?: string
    }
  | {
      readonly sent: false
      readonly retry: boolean
      /** For logs and people; never has a secret in it: no address, no token, no password. */
      readonly reason: string
      /** The far end asked to wait this long. */
      readonly retryAfterMs?: number
    }

export interface NotifierContext {
  /** Sends HTTP requests; of contact points from the API behind the guard against requests to private addresses. */
  readonly outgoing: Outgoing
  readonly templates: NotificationTemplates
  /** True for what stands in configuration files: may name files of secrets and private addresses. */
  readonly trusted: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Declares a notifier; only there to infer the option type. */
export function defineNotifier<Options>(notifier: Notifier<Options>): Notifier<Options> {
  return notifier
}
