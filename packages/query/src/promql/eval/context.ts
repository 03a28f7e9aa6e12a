import type { FunctionCall, PromExpr } from '../ast.ts'
import type { Annotations } from './annotations.ts'
import type { SampleBudget } from './budget.ts'
import type { Frame } from './frame.ts'
import { type Evaluated, type PromSeries, renamed } from './series.ts'
import type { PromGrid, PromOptions, SampleSeries, SelectorData } from './types.ts'
import { unwrapped } from './unwrap.ts'

/** What every node of one evaluation shares. */
export interface EvalContext {
  readonly grid: PromGrid
  readonly options: PromOptions
  readonly data: SelectorData
  readonly annotations: Annotations
  readonly budget: SampleBudget
  evaluate(expr: PromExpr, frame: Frame): Evaluated
}

/** A call while it is evaluated. Arguments are evaluated when they are asked for. */
export class CallContext {
  readonly shared: EvalContext
  readonly frame: Frame
  readonly call: FunctionCall

  constructor(shared: EvalContext, call: FunctionCall, frame: Frame) {
    this.shared = shared
    this.frame = frame
    this.call = call
  }

  get count(): number {
    return this.frame.count
  }

  get delayed(): boolean {
    return this.shared.options.delayedNameRemoval
  }

  has(index: number): boolean {
    return index < this.call.args.length
  }

  argument(index: number): PromExpr {
    return unwrapped(this.call.args[index] as PromExpr)
  }

  vector(index: number): readonly PromSeries[] {
    const value = this.shared.evaluate(this.call.args[index] as PromExpr, this.frame)
    if (value.kind !== 'vector') throw new Error(`argument ${index + 1} of ${this.call.name} is no vector`)
    return value.series
  }

  scalar(index: number): Float64Array {
    return scalarOf(this.shared.evaluate(this.call.args[index] as PromExpr, this.frame))
  }

  text(index: number): string {
    const value = this.argument(index)
    if (value.kind !== 'string') throw new Error(`argument ${index + 1} of ${this.call.name} is no text`)
    return value.value
  }

  /** Times of the steps, in milliseconds. */
  timeAt(step: number): number {
    return this.frame.startMs + step * this.frame.stepMs
  }

  renamed(series: PromSeries) {
    return renamed(series.labels, this.delayed)
  }
}

export function scalarOf(value: Evaluated): Float64Array {
  if (value.kind !== 'scalar') throw new Error('a scalar was expected')
  return value.values
}

/** The samples that were read for a selector. */
export function samplesOf(data: SelectorData, selector: Parameters<SelectorData['get']>[0]): readonly SampleSeries[] {
  return data.get(selector) ?? []
}
