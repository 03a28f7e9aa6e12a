import type { MetricValue } from '@girok/query'

/**
 * What range aggregations of several queries have given. Queries that share it read the same lines once: give it to those of
 * one tenant and one moment, and forget it then. It holds the answers, not the lines.
 */
export class SharedReadings {
  readonly #known = new Map<string, Promise<MetricValue>>()

  /** What was read under a name, or is being read, else what `read` gives. A failure is not kept. */
  once(name: string, read: () => Promise<MetricValue>): Promise<MetricValue> {
    let answer = this.#known.get(name)
    if (answer === undefined) {
      answer = read()
      this.#known.set(name, answer)
      answer.catch(() => this.#known.delete(name))
    }
    return answer
  }
}
