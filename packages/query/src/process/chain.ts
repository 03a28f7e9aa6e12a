import type { ProcessEntry } from './entry.ts'
import type { CompiledChain, CompiledStage, HoldingStep, Output, PlainStep, RunServices, Step } from './stage.ts'

/** A compiled stage and what it is called. */
export interface NamedStage {
  readonly name: string
  readonly at: string
  readonly compiled: CompiledStage
  /** Names of the stages within it. */
  readonly nested: readonly string[]
}

/** Joins compiled stages, in order, into one. */
export function joinStages(stages: readonly NamedStage[]): CompiledChain {
  const holds = stages.some(({ compiled }) => compiled.holds === true)
  return {
    holds,
    pauses: stages.some(({ compiled }) => compiled.pauses === true),
    metrics: stages.flatMap(({ compiled }) => compiled.metrics ?? []),
    names: stages.flatMap(({ name, nested }) => [name, ...nested]),
    open: (services) => {
      const steps = stages.map((stage) => {
        const step = stage.compiled.open(services)
        return services.observe === undefined ? step : observed(step, stage, services)
      })
      return new ChainRun(steps, holds)
    },
  }
}

class ChainRun implements HoldingStep {
  readonly plain: PlainStep | undefined
  private readonly steps: readonly Step[]
  /** What a holding step at the index gives out goes on behind it. */
  private readonly behind: readonly Output[]
  private out: Output = () => {}

  constructor(steps: readonly Step[], holds: boolean) {
    this.steps = steps
    this.behind = steps.map((_, index) => (entry: ProcessEntry) => this.from(index + 1, entry))
    this.plain = holds ? undefined : plainChain(steps as readonly PlainStep[])
  }

  push(entry: ProcessEntry, out: Output): void {
    if (this.plain !== undefined) {
      if (this.plain(entry)) out(entry)
      return
    }
    this.out = out
    this.from(0, entry)
  }

  flush(nowMs: number, all: boolean, out: Output): void {
    this.out = out
    for (const [index, step] of this.steps.entries()) {
      if (typeof step !== 'function') step.flush(nowMs, all, this.behind[index] as Output)
    }
  }

  held(): ProcessEntry | undefined {
    // What stands further back came in earlier.
    for (let i = this.steps.length - 1; i >= 0; i--) {
      const step = this.steps[i] as Step
      const entry = typeof step === 'function' ? undefined : step.held()
      if (entry !== undefined) return entry
    }
    return undefined
  }

  private from(index: number, entry: ProcessEntry): void {
    const { steps } = this
    for (let i = index; i < steps.length; i++) {
      const step = steps[i] as Step
      if (typeof step !== 'function') {
        step.push(entry, this.behind[i] as Output)
        return
      }
      if (!step(entry)) return
    }
    this.out(entry)
  }
}

function plainChain(steps: readonly PlainStep[]): PlainStep {
  return (entry) => {
    for (let i = 0; i < steps.length; i++) if (!(steps[i] as PlainStep)(entry)) return false
    return true
  }
}

/** The step, telling what it does. */
function observed(step: Step, { name: stage, at }: NamedStage, services: RunServices): Step {
  const tell = (entry: ProcessEntry, outcome: 'passed' | 'held' | 'dropped') =>
    services.observe?.({ at, stage, entry, outcome })
  if (typeof step === 'function') {
    return (entry) => {
      const kept = step(entry)
      tell(entry, kept ? 'passed' : 'dropped')
      return kept
    }
  }
  return {
    push: (entry, out) => {
      let passed = false
      step.push(entry, (given) => {
        passed ||= given === entry
        tell(given, 'passed')
        out(given)
      })
      if (!passed) tell(entry, 'held')
    },
    flush: (nowMs, all, out) =>
      step.flush(nowMs, all, (given) => {
        tell(given, 'passed')
        out(given)
      }),
    held: () => step.held(),
  }
}
