import type { LogExpr, Stage } from '../../logql/ast.ts'
import { ERROR_LABEL } from '../labels.ts'
import { compileStage } from '../stages/index.ts'
import type { StageStep } from '../stages/stage.ts'
import type { LogEntry, LogRow } from '../types.ts'
import { LineState } from './line-state.ts'
import { NeededLabels } from './needed.ts'
import { labelsReadBy } from './read-labels.ts'

export interface PipelineOptions {
  /** Labels of the result that the caller looks at; the others may be missing. Default: all. */
  readonly outputs?: Iterable<string>
  /** False when the caller does not look at the line of the result: a last `line_format` is then left out. */
  readonly line?: boolean
}

/** A log query's stages, ready to run. Holds state of the current line: one caller at a time. */
export interface Pipeline {
  /** The row after all stages, or undefined when one of them dropped it. Never throws. */
  process(row: LogRow): LogEntry | undefined
  /** As `process`, leaving the result in `state`, which the next call overwrites: for callers that need no entry. */
  run(row: LogRow): boolean
  readonly state: LineState
}

/**
 * Compiles the stages of a log query; the selector is not looked at (see `matchesSelector`). Throws a parse-phase
 * `QueryError` for a bad pattern, path, template or address.
 */
export function compilePipeline(log: LogExpr, options: PipelineOptions = {}): Pipeline {
  const stages = options.line === false ? withoutIdleLineFormats(log.stages) : log.stages
  let needed: NeededLabels | undefined
  let preserveErrors = false
  if (options.outputs !== undefined) {
    const { names, all } = labelsReadBy(stages)
    for (const name of options.outputs) names.add(name)
    preserveErrors = names.has(ERROR_LABEL)
    if (!all) needed = new NeededLabels(names)
  }
  const steps = stages.map((stage) => compileStage(stage, { needed, preserveErrors }))
  return new CompiledPipeline(steps)
}

class CompiledPipeline implements Pipeline {
  readonly state = new LineState()
  private readonly steps: readonly StageStep[]

  constructor(steps: readonly StageStep[]) {
    this.steps = steps
  }

  run(row: LogRow): boolean {
    const { state, steps } = this
    state.load(row)
    for (let i = 0; i < steps.length; i++) if (!(steps[i] as StageStep)(state)) return false
    return true
  }

  process(row: LogRow): LogEntry | undefined {
    if (!this.run(row)) return undefined
    const { state } = this
    return {
      timeNs: row.timeNs,
      line: state.line,
      stream: state.streamLabels(),
      metadata: state.metadataLabels(),
      parsed: state.parsedLabels(),
    }
  }
}

const LINE_READERS: ReadonlySet<Stage['kind']> = new Set([
  'lineFilter',
  'json',
  'logfmt',
  'regexp',
  'pattern',
  'unpack',
  'labelFormat',
  'fieldMatch',
])

/** Stages without those `line_format`s whose line nobody reads; an invalid template there does not matter either. */
function withoutIdleLineFormats(stages: readonly Stage[]): readonly Stage[] {
  let lastReader = -1
  for (const [index, stage] of stages.entries()) if (LINE_READERS.has(stage.kind)) lastReader = index
  return stages.filter((stage, index) => stage.kind !== 'lineFormat' || index < lastReader)
}
