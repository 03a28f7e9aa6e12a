import { compileStages } from './compile.ts'
import { type ProcessEntry, processEntry } from './entry.ts'
import type { ObservedStage } from './stage.ts'
import { textOfValue } from './value.ts'

/** An entry as it was at some moment: plain data. */
export interface DryEntry {
  /** Nanoseconds since the epoch, as digits. */
  readonly timeNs: string
  readonly line: string
  readonly labels: Readonly<Record<string, string>>
  readonly extracted: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
  readonly tenant: string | undefined
}

/** What one stage made of a line. */
export interface DryStep {
  /** Where the stage stands in the configuration: `processors[1].match.stages[0].json`. */
  readonly at: string
  readonly stage: string
  readonly outcome: 'passed' | 'held' | 'dropped'
  /** Why it was dropped, or what the stage could not do. */
  readonly reasons: readonly string[]
  /** The entry behind the stage; undefined when it was dropped. */
  readonly entry: DryEntry | undefined
}

export interface DryLine {
  /** From 1. */
  readonly number: number
  readonly line: string
  readonly steps: readonly DryStep[]
  /** What came out when this line went in: nothing while lines are joined, the block before as well as the line. */
  readonly out: readonly DryEntry[]
}

export interface DryRun {
  readonly lines: readonly DryLine[]
  /** What still waited in the stages at the end. */
  readonly rest: readonly DryEntry[]
}

export interface DryRunOptions {
  /** Path of the configuration, for messages. Default `processors`. */
  readonly at?: string
  readonly labels?: Readonly<Record<string, string>>
  /** Time of the lines, and of the clock; milliseconds since the epoch. Default: now. */
  readonly nowMs?: number
}

/** Sends lines through stages and tells what each stage made of each. Throws `StageProblem` for a bad configuration. */
export function dryRun(config: unknown, lines: Iterable<string>, options: DryRunOptions = {}): DryRun {
  const nowMs = options.nowMs ?? Date.now()
  const labels = new Map(Object.entries(options.labels ?? {}))
  const compiled = compileStages(config, options.at ?? 'processors')
  let steps: DryStep[] = []
  let reasons: string[] = []
  const run = compiled.open({
    now: () => nowMs,
    count: (_stage, reason) => reasons.push(reason),
    fault: (_stage, reason) => reasons.push(reason),
    observe: (observed) => {
      steps.push(stepOf(observed, reasons))
      reasons = []
    },
  })
  const found: DryLine[] = []
  for (const line of lines) {
    const out: DryEntry[] = []
    run.push(processEntry(BigInt(nowMs) * 1_000_000n, line, labels), (entry) => out.push(shown(entry)))
    found.push({ number: found.length + 1, line, steps, out })
    steps = []
    reasons = []
  }
  const rest: DryEntry[] = []
  run.flush(nowMs, true, (entry) => rest.push(shown(entry)))
  return { lines: found, rest }
}

function stepOf({ at, stage, entry, outcome }: ObservedStage, reasons: readonly string[]): DryStep {
  return { at, stage, outcome, reasons, entry: outcome === 'dropped' ? undefined : shown(entry) }
}

function shown({ timeNs, line, labels, extracted, metadata, tenant }: ProcessEntry): DryEntry {
  const values = [...(extracted ?? [])].map(([name, value]) => [name, textOfValue(value) ?? ''])
  return {
    timeNs: String(timeNs),
    line,
    labels: Object.fromEntries(labels),
    extracted: Object.fromEntries(values),
    metadata: Object.fromEntries(metadata),
    tenant,
  }
}
