import type { GenericSchema } from 'valibot'
import type { InputContext } from '../model/input.ts'
import type { SpoolRecord } from '../model/spool.ts'

/** A record, or a part of one that was too large. */
export interface Piece {
  readonly kind: SpoolRecord['kind']
  readonly payload: Uint8Array
  /** Lines or samples in it. */
  readonly count: number
  /** The same for this piece through retries and restarts. */
  readonly key: string
  readonly tenant?: string
}

/** How an attempt to send a piece ended. */
export type Outcome =
  /** It is there, all but `rejected` lines or samples, which can never be. */
  | { readonly result: 'taken'; readonly bytes: number; readonly rejected: number; readonly reason: string }
  /** It can never be taken. */
  | { readonly result: 'rejected'; readonly reason: string }
  | { readonly result: 'too-large'; readonly reason: string }
  /** The same may be taken later; `needsHelp`: hardly before somebody mends the configuration here or there. */
  | { readonly result: 'later'; readonly reason: string; readonly afterMs: number; readonly needsHelp: boolean }

/** A destination that was opened with its options. */
export interface Destination {
  /** Where it sends to, without credentials. */
  readonly url: string
  /** One attempt. Never rejects; an aborted one is `later`. */
  send(piece: Piece, signal: AbortSignal): Promise<Outcome>
  /** Tells the destination how the agent is, where it wants to know: JSON. Rejects when it was not taken. */
  report?(status: Buffer, signal: AbortSignal): Promise<void>
  close(): void
}

export interface DestinationContext {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: InputContext['log']
}

/** One kind of destination: one file of `ship/` and one line of `ship/index.ts`. */
export interface DestinationKind<Options = unknown> {
  /** As `type` of the configuration says it: `girok`, `loki`. */
  readonly name: string
  readonly summary: string
  /** Options besides `type` and `name`, a strict object. */
  readonly options: GenericSchema<unknown, Options>
  /** YAML of the options, without `type`; tests open it. */
  readonly example: string
  /** Records of other kinds are passed over, counted. */
  readonly takes: readonly SpoolRecord['kind'][]
  /** Throws ConfigProblem when options contradict one another or a file that they name cannot be read. */
  readonly open: (options: Options, context: DestinationContext) => Destination
}

/** Declares a kind of destination; only there to infer the type of its options. */
export function defineDestination<Options>(kind: DestinationKind<Options>): DestinationKind<Options> {
  return kind
}
