import type { MetricDescription, MetricType } from '../../model/sink.ts'
import type { DescriptionLine } from './description.ts'

/** Puts together what HELP, TYPE and UNIT lines say of metric families, and tells which are new or have changed. */
export class Families {
  readonly #families = new Map<string, MetricDescription>()
  readonly #changed = new Set<string>()
  /** Type of the family that was described last: samples behind a TYPE line belong to it. */
  type: MetricType | undefined = undefined

  tell(line: DescriptionLine): void {
    const { metric } = line
    if (line.type !== undefined) this.type = line.type
    const known = this.#families.get(metric)
    const type = line.type ?? known?.type ?? 'unknown'
    const help = line.help ?? known?.help ?? ''
    const unit = line.unit ?? known?.unit ?? ''
    if (known !== undefined && known.type === type && known.help === help && known.unit === unit) return
    this.#families.set(metric, { metric, type, help, unit })
    this.#changed.add(metric)
  }

  /** Those that were told anew since the last call. */
  takeChanged(): MetricDescription[] {
    const changed = [...this.#changed].map((metric) => this.#families.get(metric) as MetricDescription)
    this.#changed.clear()
    return changed
  }

  get size(): number {
    return this.#families.size
  }

  all(): Iterable<MetricDescription> {
    return this.#families.values()
  }
}
