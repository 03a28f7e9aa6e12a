import type { ProcessEntry } from './entry.ts'
import type { LabelSets } from './label-sets.ts'
import type { MetricDefinition, MetricSink } from './metric.ts'

/** What stages need of the program they run in. */
export interface StageServices {
  /** Milliseconds since the epoch. */
  now(): number
  /** A stage took entries out, for the reason. */
  count(stage: string, reason: string, n: number): void
  /** A stage could not do its work on an entry, which goes on all the same. */
  fault?(stage: string, reason: string): void
  /** Without it, the stage `metrics` does nothing. */
  readonly metrics?: MetricSink | undefined
  /** Numbers in [0, 1) for sampling. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Sees what each stage, nested ones included, made of an entry. */
  observe?(observed: ObservedStage): void
}

/** One stage's work on one entry. */
export interface ObservedStage {
  /** Where the stage stands: `[0].match.stages[1].json`. */
  readonly at: string
  readonly stage: string
  readonly entry: ProcessEntry
  /** `held`: waits for further lines; `dropped`: taken out. */
  readonly outcome: 'passed' | 'held' | 'dropped'
}

/** The services as stages use them. */
export interface RunServices {
  readonly now: () => number
  readonly count: (stage: string, reason: string, n: number) => void
  readonly fault: (stage: string, reason: string) => void
  readonly random: () => number
  readonly metrics: MetricSink | undefined
  readonly observe: ((observed: ObservedStage) => void) | undefined
  /** The source should not be read further before this time (milliseconds since the epoch). */
  readonly pause: (untilMs: number) => void
}

export type Output = (entry: ProcessEntry) => void

/** A stage that is ready for the entries of one source: changes the entry; false takes it out. Never throws. */
export type PlainStep = (entry: ProcessEntry) => boolean

/** A stage that may keep entries back. Never throws. */
export interface HoldingStep {
  push(entry: ProcessEntry, out: Output): void
  /** Gives out what has waited long enough, or `all`. */
  flush(nowMs: number, all: boolean, out: Output): void
  /** The oldest entry that waits. */
  held(): ProcessEntry | undefined
}

export type Step = PlainStep | HoldingStep

/** A stage whose options were read. */
export interface CompiledStage {
  /** Whether `open` gives a `HoldingStep`. Default false. */
  readonly holds?: boolean
  /** Whether it may ask for a pause. Default false. */
  readonly pauses?: boolean
  readonly metrics?: readonly MetricDefinition[]
  readonly open: (services: RunServices) => Step
}

/** A list of stages that were compiled together. */
export interface CompiledChain {
  readonly holds: boolean
  readonly pauses: boolean
  readonly metrics: readonly MetricDefinition[]
  readonly names: readonly string[]
  readonly open: (services: RunServices) => HoldingStep & { readonly plain: PlainStep | undefined }
}

export interface StageContext {
  /** Path of the stage's options, for problems: `inputs[0].processors[2].regex`. */
  readonly at: string
  readonly labels: LabelSets
  /** Compiles stages within the stage. */
  readonly nested: (config: unknown, at: string) => CompiledChain
}

/** One kind of stage: one file of `stages/` and one line of `stages/index.ts`. */
export interface StageKind {
  readonly name: string
  /** Other names of the same, as Promtail spells them. */
  readonly aliases?: readonly string[]
  readonly summary: string
  /** Options as a configuration gives them; tests open them. */
  readonly example: unknown
  /** Reads the options. Throws `StageProblem`. */
  readonly compile: (options: unknown, context: StageContext) => CompiledStage
}

/** Declares a stage. */
export function defineStage(kind: StageKind): StageKind {
  return kind
}
