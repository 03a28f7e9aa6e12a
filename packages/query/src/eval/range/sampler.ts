import type { RangeAggregation, Unwrap } from '../../logql/ast.ts'
import { compilePipeline, type Pipeline } from '../pipeline/compile.ts'
import type { LineState } from '../pipeline/line-state.ts'
import { addFilterLabels } from '../pipeline/read-labels.ts'
import { compileLabelFilter } from '../stages/label-filter.ts'
import { SAMPLE_ERROR } from '../stages/parser-error.ts'
import type { StageStep } from '../stages/stage.ts'
import type { LogRow } from '../types.ts'
import { type Parsed, parseByteSize, parseFloat64, parseGoDuration, utf8Length } from '../values/parse.ts'
import type { SampleKind } from './operations.ts'

/** Turns rows into numbers: pipeline, then the line's worth, then the filters behind `unwrap`. */
export interface Sampler {
  readonly state: LineState
  /** False when the row gives no sample; otherwise `value` holds it and `state` the labels. */
  take(row: LogRow): boolean
  readonly value: number
}

/** `outputs`: the labels that the series keep, undefined when they keep all. */
export function compileSampler(
  node: RangeAggregation,
  kind: SampleKind,
  outputs: readonly string[] | undefined,
): Sampler {
  const { log, unwrap } = node.range
  // `absent_over_time` may carry an unwrap as well, whose filters decide which lines count.
  if (unwrap !== undefined) {
    const needed = outputs === undefined ? undefined : new Set(outputs)
    if (needed !== undefined) {
      needed.add(unwrap.label)
      for (const filter of unwrap.filters) addFilterLabels(filter, needed)
    }
    return new UnwrapSampler(compilePipeline(log, { ...(needed && { outputs: needed }), line: false }), unwrap)
  }
  const pipeline = compilePipeline(log, { ...(outputs && { outputs }), line: kind === 'bytes' })
  return kind === 'bytes' ? new BytesSampler(pipeline) : new LineSampler(pipeline)
}

class LineSampler implements Sampler {
  readonly state: LineState
  readonly value = 1
  private readonly pipeline: Pipeline

  constructor(pipeline: Pipeline) {
    this.pipeline = pipeline
    this.state = pipeline.state
  }

  take(row: LogRow): boolean {
    return this.pipeline.run(row)
  }
}

class BytesSampler implements Sampler {
  readonly state: LineState
  value = 0
  private readonly pipeline: Pipeline

  constructor(pipeline: Pipeline) {
    this.pipeline = pipeline
    this.state = pipeline.state
  }

  take(row: LogRow): boolean {
    if (!this.pipeline.run(row)) return false
    this.value = utf8Length(this.state.line)
    return true
  }
}

class UnwrapSampler implements Sampler {
  readonly state: LineState
  value = 0
  private readonly pipeline: Pipeline
  private readonly label: string
  private readonly convert: (text: string) => Parsed<number>
  private readonly filters: readonly StageStep[]

  constructor(pipeline: Pipeline, unwrap: Unwrap) {
    this.pipeline = pipeline
    this.state = pipeline.state
    this.label = unwrap.label
    this.convert = conversionOf(unwrap)
    this.filters = unwrap.filters.map(compileLabelFilter)
  }

  take(row: LogRow): boolean {
    if (!this.pipeline.run(row)) return false
    const { state } = this
    const text = state.get(this.label)
    // Lines without the label are no samples, and no errors either.
    if (text === undefined || text === '') return false
    const converted = this.convert(text)
    if (converted.fault === undefined) this.value = converted.value
    else {
      this.value = 0
      state.fail(SAMPLE_ERROR, converted.fault)
    }
    for (const filter of this.filters) if (!filter(state)) return false
    return true
  }
}

function conversionOf(unwrap: Unwrap): (text: string) => Parsed<number> {
  switch (unwrap.conversion) {
    case 'bytes':
      return parseByteSize
    case 'duration':
    case 'duration_seconds':
      return (text) => {
        const parsed = parseGoDuration(text)
        return parsed.fault === undefined ? { value: Number(parsed.value) / 1e9 } : parsed
      }
    default:
      return parseFloat64
  }
}
