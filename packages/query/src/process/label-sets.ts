import { labelsKey } from '../eval/labels.ts'
import type { Labels } from '../eval/types.ts'

const MOST_SETS = 4_000
const MOST_CHANGES = 1_000

/**
 * Sets of labels that stages make, each as one Map, so that whoever groups entries may do so by identity. Bounded: a label
 * with ever new values makes it forget, and an equal set is another Map from then on.
 */
export class LabelSets {
  private readonly sets = new Map<string, Labels>()

  /** The one Map that equals the given one; it must not change any more. */
  shared(labels: Labels): Labels {
    const key = labelsKey(labels)
    const known = this.sets.get(key)
    if (known !== undefined) return known
    if (this.sets.size >= MOST_SETS) this.sets.clear()
    this.sets.set(key, labels)
    return labels
  }

  /** A change of labels that depends on the labels and a text alone, and is made once for each such pair. */
  change(apply: (labels: Map<string, string>, key: string) => void): (labels: Labels, key: string) => Labels {
    let known = new WeakMap<Labels, Map<string, Labels>>()
    let changes = 0
    return (labels, key) => {
      const made = known.get(labels)?.get(key)
      if (made !== undefined) return made
      if (++changes > MOST_CHANGES) {
        known = new WeakMap()
        changes = 1
      }
      const changed = new Map(labels)
      apply(changed, key)
      const result = this.shared(changed)
      const ofLabels = known.get(labels)
      if (ofLabels === undefined) known.set(labels, new Map([[key, result]]))
      else ofLabels.set(key, result)
      return result
    }
  }
}
