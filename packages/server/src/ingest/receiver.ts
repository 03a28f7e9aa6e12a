import type { z } from 'zod'
import type { RecordBatch, WriteOptions } from '../model/batch.ts'
import type { Counters } from '../model/counters.ts'
import type { GirokError } from '../model/errors.ts'
import type { SampleBatch } from '../model/sample-batch.ts'
import type { Assembled } from './batch/assembler.ts'
import type { Headers } from './headers.ts'
import type { IngestLimits } from './limits.ts'
import type { ReceiverListener } from './listen/listener.ts'
import type { SampleIntake } from './prometheus/sample-intake.ts'

/**
 * Something that records arrive by. Its name, options and examples stand beside its code; configuration, documentation
 * and the page of sources follow. Every receiver also has the option `enabled` (default true), which the server adds.
 */
export interface Receiver<Options = unknown> {
  /** Lower case, as in `receivers.NAME.…` and in counters. */
  readonly name: string
  /** One line, for the catalogue. */
  readonly summary: string
  /** A `z.strictObject` of keys made by model/options/kinds.ts and listen/options.ts, each with a description. */
  readonly options: z.ZodType<Options>
  /**
   * A runnable example: a shell command that sends one record. Variables: `$URL` (base URL of the server), `$HOST`, and
   * `$PORT_NAME` for each listener (`$PORT_UDP`). Tests run it.
   */
  readonly example: string
  /** Options that the example needs, as they would be written in girok.yaml (`{ udp: { port: 0 } }`). Default: none. */
  readonly exampleOptions?: Readonly<Record<string, unknown>>
  /** How clients are configured; the same variables as in `example`. Shown by the page of sources and docs/receivers.md. */
  readonly snippets?: readonly ReceiverSnippet[]
  /** Makes it ready; opens nothing yet: the server mounts the routes, opens the listeners, starts the pulls. */
  readonly open: (options: Options, context: ReceiverContext) => OpenReceiver
}

export interface ReceiverSnippet {
  /** The client: `Filebeat`, `rsyslog`. */
  readonly title: string
  readonly language: 'sh' | 'yaml' | 'ini' | 'toml' | 'json' | 'alloy' | 'javascript' | 'python'
  readonly text: string
}

/** What a receiver is made of once its options are known. */
export interface OpenReceiver {
  readonly routes?: readonly ReceiverRoute[]
  readonly listeners?: readonly ReceiverListener[]
  readonly pulls?: readonly ReceiverPull[]
  /** Called when no route, listener or pull is active any more: stores what is still held. */
  readonly close?: () => Promise<void>
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'OPTIONS' | 'DELETE'

export interface ReceiverRoute {
  readonly method: Method | readonly Method[]
  /** Parts may be parameters (`/:index/_bulk`), the last may be `*`. */
  readonly path: string
  /** Asked before authentication. False: none of this receiver's, answered as if the route did not exist. */
  readonly applies?: (request: Omit<ReceiverRequest, 'tenant' | 'body'>) => boolean
  /**
   * Who may call. `token` (default): whoever may write, by a token where the server needs one. `open`: everybody, for
   * handshakes, health and preflights that neither store nor tell anything of a tenant. `own`: the receiver verifies the
   * request (a signature, an allow-list) and chooses the tenant; `request.tenant` is then the server's default.
   */
  readonly access?: 'token' | 'open' | 'own'
  /**
   * Where the protocol puts the token, besides `Authorization: Bearer` and `Basic` (token as password), which always
   * work; see credentials.ts.
   */
  readonly token?: FindToken
  /**
   * True for origins of web pages that may send here although they are not on `server.allowedOrigins`. They come from the
   * receiver's option `origins`, which others are told of.
   */
  readonly allowsOrigin?: (origin: string) => boolean
  /** Tells errors that arise before `handle` (no token, body too large) in the protocol's form. */
  readonly refuse?: (error: GirokError, headers: Headers) => ReceiverResponse
  readonly handle: (request: ReceiverRequest) => Promise<ReceiverResponse> | ReceiverResponse
}

/** Finds the token in the headers; undefined: there is none. */
export type FindToken = (headers: Headers, query: URLSearchParams) => string | undefined

export interface ReceiverRequest {
  readonly tenant: string
  readonly method: Method
  /** The path as it was asked for, decoded once, without the query. */
  readonly pathname: string
  /** Values of the path's parameters; the wildcard's is `*`. */
  readonly path: Readonly<Record<string, string>>
  readonly headers: Headers
  readonly query: URLSearchParams
  /** As it came over the wire, still compressed; at most limits.maxBodyBytes. The receiver owns it and may overwrite it. */
  readonly body: Buffer
  /** Address of the sender, or of the proxy in between. */
  readonly remoteAddress: string
}

export interface ReceiverResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Absent: no body. */
  readonly body?: string | Buffer
}

/** Records that the server fetches: it connects, others do not. */
export interface ReceiverPull {
  readonly name: string
  /** Where from, for people; without password. */
  readonly address: string
  /**
   * Fetches until `signal` is aborted, then finishes what it has begun and resolves. When it rejects the error is shown
   * and it is called again after 1 s, later after up to 30 s.
   */
  readonly run: (signal: AbortSignal, state: PullState) => Promise<void>
}

export interface PullState {
  /** Call when the far end answers: the source counts as connected and the waits begin anew at 1 s. */
  readonly connected: () => void
}

/** What a receiver is given. Most use {@link Intake} of intake.ts, which counts, admits and submits in the right order. */
export interface ReceiverContext {
  readonly limits: IngestLimits
  /** Tenant of senders that name none. */
  readonly tenant: string
  /**
   * Runs the processors, then stores; resolves when the rows are in the engine, and counts them as stored, duplicate,
   * dropped or (when it rejects) rejected.
   */
  readonly submit: (batch: RecordBatch, options?: SubmitOptions) => Promise<{ readonly stored: boolean }>
  /** The same for samples of metrics; there are no processors. */
  readonly submitSamples: (batch: SampleBatch, options?: SubmitOptions) => Promise<{ readonly stored: boolean }>
  /** Makes batches of samples. What is known of series is shared by all receivers of a server. */
  readonly samples: SampleIntake
  /** Checks rates and numbers of streams; takes from the tenant's budget or throws NotAdmitted (retryable). */
  readonly admit: (assembled: Assembled) => void
  /**
   * Counts records as received and in flight. Call exactly once for everything that arrived, and the returned function
   * once all of it is counted as stored, rejected, dropped or duplicate.
   */
  readonly arrived: (source: CountLabels, records: number, bytes: number) => () => void
  readonly counters: Counters
  /** Remembers a rejected request for the set-up page and the page of sources: what came, why it was refused. */
  readonly rejected: (entry: { receiver: string; tenant: string; status: number; reason: string }) => void
  /**
   * The server's one token check, for listeners whose protocol carries a token. Returns the tenant; throws
   * `unauthorized` or `forbidden`. `wantedTenant` is what the sender asks for, if it can.
   */
  readonly authenticate: (token: string | undefined, wantedTenant?: string) => { readonly tenant: string }
  /** True when senders by HTTP need a token. */
  readonly tokensRequired: () => boolean
  readonly log: (
    level: 'debug' | 'info' | 'warning' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void
  /** Milliseconds since the epoch; replaced in tests. */
  readonly now: () => number
}

/** Labels of the counters of arriving records. */
export type CountLabels = { readonly receiver: string; readonly tenant: string }

export interface SubmitOptions extends WriteOptions {
  /**
   * For senders that cannot send again: errors that pass (queue full, disk full, engine away) are waited out until the
   * signal is aborted, and only the outcome is counted.
   */
  readonly retryUntil?: AbortSignal
}

/** Declares a receiver; only there to infer the option type. */
export function defineReceiver<Options>(receiver: Receiver<Options>): Receiver<Options> {
  return receiver
}
