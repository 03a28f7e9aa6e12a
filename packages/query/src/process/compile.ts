import { joinStages, type NamedStage } from './chain.ts'
import type { ProcessEntry } from './entry.ts'
import { LabelSets } from './label-sets.ts'
import type { MetricDefinition } from './metric.ts'
import { meantName, StageProblem, shownValue } from './problem.ts'
import type { CompiledChain, Output, RunServices, StageKind, StageServices } from './stage.ts'
import { REFUSED_STAGES, STAGES } from './stages/index.ts'

/** Stages that are ready to be opened, once for each source. */
export interface CompiledStages {
  /** Opens the stages for the entries of one source: what they remember belongs to that source alone. */
  open(services: StageServices): StageRun
  /** Whether entries may wait in the stages: then `flush` must be called now and then, and at the end. */
  readonly needsFlush: boolean
  /** Whether a stage may ask for pauses: see `StageRun.pauseUntilMs`. */
  readonly pauses: boolean
  /** Metrics that the stages make. */
  readonly metrics: readonly MetricDefinition[]
  /** Names of the stages in order, nested ones behind the stage that has them. */
  readonly names: readonly string[]
}

/** The stages at work on one source. None of its methods throws, whatever the entries are. */
export interface StageRun {
  /** Gives the entry to the stages; `out` is called, before this returns, with what comes out of them. */
  push(entry: ProcessEntry, out: Output): void
  /** Gives out what has waited long enough in the stages, or `all` that waits (at the end of the source). */
  flush(nowMs: number, all: boolean, out: Output): void
  /** The oldest entry that waits in the stages, as the object that was pushed; undefined when none waits. */
  held(): ProcessEntry | undefined
  /** A stage wants the source to be left alone until then (milliseconds since the epoch); 0 when none does. */
  pauseUntilMs(): number
}

const MOST_STAGES = 500
const DEEPEST = 10

const kinds = new Map<string, StageKind>()
for (const kind of STAGES) for (const name of [kind.name, ...(kind.aliases ?? [])]) kinds.set(name, kind)

/**
 * Compiles a list of stages, each an object of one key: the stage's name with its options. `at` is the list's path, for
 * problems. Throws `StageProblem`.
 */
export function compileStages(config: unknown, at: string): CompiledStages {
  const budget = { stages: MOST_STAGES }
  const chain = compileList(config, at, new LabelSets(), 0, budget)
  return {
    needsFlush: chain.holds,
    pauses: chain.pauses,
    metrics: chain.metrics,
    names: chain.names,
    open: (services) => openRun(chain, services),
  }
}

function openRun(chain: CompiledChain, services: StageServices): StageRun {
  let until = 0
  const pause = (untilMs: number): void => {
    until = Math.max(until, untilMs)
  }
  const run = chain.open(runServices(services, pause))
  return {
    push: (entry, out) => run.push(entry, out),
    flush: (nowMs, all, out) => run.flush(nowMs, all, out),
    held: () => run.held(),
    pauseUntilMs: () => until,
  }
}

function runServices(services: StageServices, pause: (untilMs: number) => void): RunServices {
  return {
    now: () => services.now(),
    count: (stage, reason, n) => services.count(stage, reason, n),
    fault: (stage, reason) => services.fault?.(stage, reason),
    random: services.random ?? Math.random,
    metrics: services.metrics,
    observe: services.observe === undefined ? undefined : (observed) => services.observe?.(observed),
    pause,
  }
}

function compileList(
  config: unknown,
  at: string,
  labels: LabelSets,
  depth: number,
  budget: { stages: number },
): CompiledChain {
  if (depth > DEEPEST) throw new StageProblem(at, `stages within stages go ${DEEPEST} levels deep at most`)
  if (config === undefined || config === null) return joinStages([])
  if (!Array.isArray(config)) {
    throw new StageProblem(
      at,
      `must be a list of stages such as [{json: {expressions: {level: level}}}], not ${shownValue(config)}`,
    )
  }
  const stages = config.map((item: unknown, index): NamedStage => {
    if (--budget.stages < 0) throw new StageProblem(at, `at most ${MOST_STAGES} stages`)
    const place = `${at}[${index}]`
    const [name, options] = nameAndOptions(item, place)
    const kind = kindNamed(name, place)
    const within = `${place}.${name}`
    const nested: string[] = []
    const compiled = kind.compile(options, {
      at: within,
      labels,
      nested: (inner, path) => {
        const chain = compileList(inner, path, labels, depth + 1, budget)
        nested.push(...chain.names)
        return chain
      },
    })
    return { name: kind.name, at: within, compiled, nested }
  })
  return joinStages(stages)
}

function nameAndOptions(item: unknown, at: string): [string, unknown] {
  // A stage without options may stand as its name alone.
  if (typeof item === 'string') return [item, undefined]
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw new StageProblem(at, `must be a stage such as {json: {…}}, not ${shownValue(item)}`)
  }
  const entries = Object.entries(item)
  if (entries.length !== 1) {
    const names = entries.map(([name]) => name).join(', ')
    throw new StageProblem(
      at,
      entries.length === 0
        ? 'names no stage: write {json: {…}}'
        : `has the keys ${names}: one stage each, so put each into an item of the list of its own`,
    )
  }
  return entries[0] as [string, unknown]
}

function kindNamed(name: string, at: string): StageKind {
  const kind = kinds.get(name)
  if (kind !== undefined) return kind
  const refusal = REFUSED_STAGES.get(name)
  if (refusal !== undefined) throw new StageProblem(`${at}.${name}`, refusal)
  const names = STAGES.map((one) => one.name)
  throw new StageProblem(
    at,
    `there is no stage ${shownValue(name)}${meantName(name, kinds.keys())}; stages are ${names.join(', ')}`,
  )
}
