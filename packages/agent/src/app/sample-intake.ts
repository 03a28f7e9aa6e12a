import { SamplesEncoder } from '../encode/samples-encoder.ts'
import type { MetricDescription, Sample, SampleSink } from '../model/sink.ts'
import type { Labels } from '../model/source.ts'
import type { Assembler } from './assembler.ts'

/** Samples gather for so long, so that inputs with the same interval share a record. */
const MAX_WAIT_MS = 1_000

/** Gathers the samples of all inputs into records. */
export class SampleRecords {
  readonly #assembler: Assembler
  readonly #maxBytes: number
  #encoder = new SamplesEncoder()
  #timer: NodeJS.Timeout | undefined

  constructor(assembler: Assembler, maxBytes: number) {
    this.#assembler = assembler
    this.#maxBytes = maxBytes
  }

  add(sample: Sample): void {
    this.#encoder.add(sample)
    if (this.#encoder.sizeBytes >= this.#maxBytes) this.cut()
    else this.#timer ??= setTimeout(() => this.cut(), MAX_WAIT_MS)
  }

  describe(description: MetricDescription): void {
    this.#encoder.describe(description)
  }

  cut(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { count } = this.#encoder
    if (count === 0) return
    this.#assembler.append({ kind: 'samples', payload: this.#encoder.finish(), count, positions: [] })
    this.#encoder = new SamplesEncoder()
  }
}

/** The samples of one input; `labels` of agent and input are added where a sample has none of the name. */
export class SampleIntake implements SampleSink {
  readonly #records: SampleRecords
  readonly #labels: Labels
  readonly #joined = new WeakMap<Labels, Labels>()

  constructor(records: SampleRecords, labels: Labels) {
    this.#records = records
    this.#labels = labels
  }

  write(samples: readonly Sample[], descriptions: readonly MetricDescription[] = []): void {
    for (const description of descriptions) this.#records.describe(description)
    if (this.#labels.size === 0) for (const sample of samples) this.#records.add(sample)
    else for (const sample of samples) this.#records.add({ ...sample, labels: this.#withOwn(sample.labels) })
  }

  #withOwn(labels: Labels): Labels {
    let joined = this.#joined.get(labels)
    if (joined === undefined) {
      joined = new Map([...this.#labels, ...labels])
      this.#joined.set(labels, joined)
    }
    return joined
  }
}
