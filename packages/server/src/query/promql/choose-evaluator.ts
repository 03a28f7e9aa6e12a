import { existsSync } from 'node:fs'
import type { Evaluator } from './evaluation.ts'
import { inlineEvaluator } from './inline-evaluator.ts'
import { estimateWork } from './work.ts'
import { createWorkerEvaluator } from './worker-evaluator.ts'

/**
 * Work up to which an evaluation stays in the thread of the caller: two to three milliseconds of it, about what the way to
 * a thread and back costs.
 */
const INLINE_WORK = 200_000

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
