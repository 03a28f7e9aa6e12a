export { type CompiledStages, compileStages, type StageRun } from './compile.ts'
export { type DryEntry, type DryLine, type DryRun, type DryRunOptions, type DryStep, dryRun } from './dry-run.ts'
export { type EntryMetadata, extractedOf, NO_METADATA, type ProcessEntry, processEntry } from './entry.ts'
export type { MetricDefinition, MetricSink, MetricWriter } from './metric.ts'
export {
  type MetricFamily,
  type MetricSample,
  type MetricSeries,
  MetricTable,
  metricSamples,
} from './metric-table.ts'
export { StageProblem } from './problem.ts'
export { compileRegex } from './regex.ts'
export type { ObservedStage, StageKind, StageServices } from './stage.ts'
export { STAGES } from './stages/index.ts'
