import type { GenericSchema } from 'valibot'
import type { LineSink, SampleSink } from './sink.ts'
import type { Labels, SourcePosition } from './source.ts'

/** What `girok-agent status` and the page of sources say of one source. */
export interface SourceStatus {
  /** A path, a target's URL, `journal`. */
  readonly name: string
  /** `active`: lines in the last minute; `idle`: seen before; `waiting`: configured, never seen; `failing`: see `error`. */
  readonly state: 'active' | 'idle' | 'waiting' | 'failing'
  /** Milliseconds since the epoch of the last line or sample. */
  readonly lastMs?: number
  /** Lines or samples since the start. */
  readonly count: number
  /** Bytes that stand in the source and are not read yet. */
  readonly lagBytes?: number
  /** In words for users: what, where, how to mend it. */
  readonly error?: string
  /** The program that writes it, where it was seen with the file open; the agent adds this to what inputs tell. */
  readonly writer?: string
}

export interface InputContext {
  /** As the configuration calls the input: `file[0]`. */
  readonly name: string
  /** Labels that the configuration gives to everything of this input. */
  readonly labels: Labels
  readonly lines: LineSink
  readonly samples: SampleSink
  /** Positions that were kept for sources of this agent before the start, of all inputs; look for your own by key or identity. */
  readonly kept: readonly SourcePosition[]
  /**
   * How far another collector had read files, by path, in bytes: where the first start of an input begins with them.
   * Undefined when there was none.
   */
  readonly startPlaces?: ReadonlyMap<string, number>
  /** The agent's own log. Say each fault once, not each time. */
  readonly log: (
    level: 'info' | 'warning' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** An input that was opened with its options. */
export interface Input {
  /** Begins; returns at once and never throws: faults are told by `status` and the log, and tried again. */
  start(): void
  /** Ends reading; resolves when nothing more is written to the sinks. */
  stop(): Promise<void>
  status(): readonly SourceStatus[]
  /**
   * Resolves when the input has come to its own end and everything was written (standard input that was closed): the agent
   * then ships what it has and exits. Inputs without it go on until they are stopped.
   */
  readonly done?: Promise<void>
}

/** One kind of input: one file of `inputs/` and one line of `inputs/index.ts`. */
export interface InputKind<Options = unknown> {
  /** As `type` of the configuration says it: `file`, `journald`. */
  readonly name: string
  readonly summary: string
  /** Options besides `type`, `name`, `labels` and `processors`, which all inputs have. Unknown keys are refused. */
  readonly options: GenericSchema<unknown, Options>
  /** Options that are paths or lists of paths: relative ones count from the folder of the configuration. */
  readonly pathOptions?: readonly (keyof Options & string)[]
  /** YAML of the options, without `type`; tests open it. */
  readonly example: string
  readonly open: (options: Options, context: InputContext) => Input
}

/** Declares a kind of input; only there to infer the type of its options. */
export function defineInput<Options>(kind: InputKind<Options>): InputKind<Options> {
  return kind
}
