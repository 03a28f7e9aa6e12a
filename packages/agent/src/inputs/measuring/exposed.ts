import type { InputContext } from '../../model/input.ts'
import type { Sample } from '../../model/sink.ts'
import type { Labels } from '../../model/source.ts'

/**
 * Rounds of samples that somebody else describes: their series are ended by stale markers when a round has them no more.
 * Their own labels win over those of the input.
 */
export class ExposedRounds {
  readonly #fixed: Labels
  #series = new Map<string, Labels>()

  constructor(fixed: Labels) {
    this.#fixed = fixed
  }

  /** Samples with all their labels, and stale markers. Series that told their own time get none, as in Prometheus. */
  round(samples: readonly Sample[], timeMs: number): Sample[] {
    const before = this.#series
    this.#series = new Map()
    const given = samples.map((sample) => {
      const labels = new Map([...this.#fixed, ...sample.labels])
      const key = JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))
      before.delete(key)
      if (sample.timeMs === timeMs) this.#series.set(key, labels)
      return { ...sample, labels }
    })
    const ended = [...before.values()].map((labels) => ({ labels, value: 0, timeMs, stale: true }))
    return [...given, ...ended]
  }
}

export function writeExposed(
  context: InputContext,
  rounds: ExposedRounds,
  found: {
    readonly samples: readonly Sample[]
    readonly descriptions: Parameters<InputContext['samples']['write']>[1]
  },
  timeMs: number,
): void {
  const samples = rounds.round(found.samples, timeMs)
  if (samples.length > 0) context.samples.write(samples, found.descriptions)
}
