import type { MetricValue, Series } from '@girok/query'
import { inOrderOfLabels } from '../label-order.ts'

/**
 * What range aggregations of several queries have given. Queries that share it read the same lines once: give it to those of
 * one tenant and one moment, and forget it then. It holds the answers, not the lines.
 */
export class SharedReadings {
  readonly #known = new Map<string, Promise<MetricValue>>()

  /** What was read under a name, or is being read, else what `read` gives. A failure is not kept. */
  once(name: string, read: () => Promise<readonly Series[]>): Promise<MetricValue> {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const answer = read().then(vectorOf)
    this.#known.set(name, answer)
    answer.catch(() => this.#known.delete(name))
    return answer
  }

  /** Whether something was read under a name, or is being read. */
  has(name: string): boolean {
    return this.#known.has(name)
  }

  /** Keeps what was read beforehand. */
  put(name: string, series: readonly Series[]): void {
    this.#known.set(name, Promise.resolve(vectorOf(series)))
  }
}

/** In order of labels, so that ties (topk) are decided alike however the rows came in. */
function vectorOf(series: readonly Series[]): MetricValue {
  return { kind: 'vector', series: inOrderOfLabels(series), ordered: false }
}
