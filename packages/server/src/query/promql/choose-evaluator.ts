import { existsSync } from 'node:fs'
import type { Evaluator } from './evaluation.ts'
import { inlineEvaluator } from './inline-evaluator.ts'
import { estimateWork, INLINE_WORK } from './work.ts'
import { createWorkerEvaluator } from './worker-evaluator.ts'

/** Evaluates what is small at once, and all else in threads. */
export function createEvaluator({ threads }: { readonly threads: number }): Evaluator {
  const file = new URL('./worker.js', import.meta.url)
  // Where the sources run as they are, there is no file that a thread could be given.
  const workers = existsSync(file) ? createWorkerEvaluator({ file, threads }) : inlineEvaluator
  return {
    evaluate: (evaluation, signal) =>
      (estimateWork(evaluation) <= INLINE_WORK ? inlineEvaluator : workers).evaluate(evaluation, signal),
    close: () => workers.close(),
  }
}
