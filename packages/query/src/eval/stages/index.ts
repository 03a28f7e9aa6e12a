import type { Stage } from '../../logql/ast.ts'
import { compileDecolorize } from './decolorize.ts'
import { compileDistinct } from './distinct.ts'
import { compileDrop } from './drop.ts'
import { compileFieldMatch } from './field-match.ts'
import { compileJson } from './json.ts'
import { compileKeep } from './keep.ts'
import { compileLabelFilterStage } from './label-filter.ts'
import { compileLabelFormat } from './label-format.ts'
import { compileLineFilter } from './line-filter.ts'
import { compileLineFormat } from './line-format.ts'
import { compileLogfmt } from './logfmt.ts'
import { compilePattern } from './pattern.ts'
import { compileRegexp } from './regexp.ts'
import type { StageCompiler, StageContext, StageStep } from './stage.ts'
import { compileUnpack } from './unpack.ts'

/** Every stage kind and the function that makes its step. */
export const STAGES: { readonly [Kind in Stage['kind']]: StageCompiler<Kind> } = {
  lineFilter: compileLineFilter,
  json: compileJson,
  logfmt: compileLogfmt,
  regexp: compileRegexp,
  pattern: compilePattern,
  unpack: compileUnpack,
  lineFormat: compileLineFormat,
  labelFormat: compileLabelFormat,
  decolorize: compileDecolorize,
  drop: compileDrop,
  keep: compileKeep,
  distinct: compileDistinct,
  fieldMatch: compileFieldMatch,
  labelFilter: compileLabelFilterStage,
}

export function compileStage(stage: Stage, context: StageContext): StageStep {
  const compile = STAGES[stage.kind] as StageCompiler<Stage['kind']>
  return compile(stage as never, context)
}
