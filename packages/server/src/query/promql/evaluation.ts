import type { NodeAnswers, PromExpr, PromGrid, PromOptions, PromResult, SelectorData } from '@girok/query/promql'

/** All that an evaluation needs: nothing of it is read from a store. */
export interface Evaluation {
  readonly expr: PromExpr
  readonly grid: PromGrid
  readonly options: PromOptions
  readonly data: SelectorData
  readonly answers: NodeAnswers
}

/** Where expressions are evaluated. */
export interface Evaluator {
  /**
   * Evaluates; the columns of `evaluation` belong to it from then on. Rejects with the signal's reason when that is
   * aborted, and with what the evaluation throws.
   */
  evaluate(evaluation: Evaluation, signal: AbortSignal): Promise<PromResult>
  /** Ends what runs. Idempotent. */
  close(): Promise<void>
}
