import { type Matcher, matchesAll } from '../matchers/matcher.ts'

/** A silence as the index sees it. */
export interface Indexed {
  readonly id: string
  readonly matchers: readonly Matcher[]
}

interface Entry extends Indexed {
  /** Rises with each that is added. */
  readonly order: number
}

interface Known {
  /** Silences up to this one have been looked at. */
  readonly upTo: number
  readonly ids: readonly string[]
}

/**
 * Finds the silences whose matchers fit an alert. A thousand silences times ten thousand alerts are too many to compare at
 * each flush: silences stand by the value of a label that they ask for, and what was found for an alert is remembered, so
 * that later only silences which came since are compared with it.
 */
export class SilenceIndex {
  readonly #entries = new Map<string, Entry>()
  /** By label name and value, of those that have a matcher `name="value"`. */
  readonly #byValue = new Map<string, Map<string, Set<Entry>>>()
  readonly #others = new Set<Entry>()
  /** By the alert's label set, the object itself: alerts keep theirs while they live. */
  readonly #known = new WeakMap<ReadonlyMap<string, string>, Known>()
  #order = 0

  /** An id stands for the same matchers for ever: adding it anew changes nothing. */
  add({ id, matchers }: Indexed): void {
    if (this.#entries.has(id)) return
    const entry: Entry = { id, matchers, order: ++this.#order }
    this.#entries.set(id, entry)
    this.#placeOf(entry).add(entry)
  }

  remove(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    const exact = exactMatcher(entry)
    if (exact === undefined) {
      this.#others.delete(entry)
      return
    }
    const values = this.#byValue.get(exact.name)
    values?.get(exact.value)?.delete(entry)
    if (values?.get(exact.value)?.size === 0) values.delete(exact.value)
    if (values?.size === 0) this.#byValue.delete(exact.name)
  }

  /**
   * Ids of silences whose matchers fit, in order of their adding; some that were removed meanwhile may be among them. The
   * label set must not be changed later.
   */
  matching(labels: ReadonlyMap<string, string>): readonly string[] {
    const known = this.#known.get(labels)
    if (known?.upTo === this.#order) return known.ids
    const after = known?.upTo ?? 0
    const found: Entry[] = []
    const look = (entries: Iterable<Entry>): void => {
      for (const entry of entries) if (entry.order > after && matchesAll(entry.matchers, labels)) found.push(entry)
    }
    for (const [name, value] of labels) look(this.#byValue.get(name)?.get(value) ?? [])
    look(this.#others)
    const ids = [
      ...(known?.ids ?? []).filter((id) => this.#entries.has(id)),
      ...found.sort((a, b) => a.order - b.order).map(({ id }) => id),
    ]
    this.#known.set(labels, { upTo: this.#order, ids })
    return ids
  }

  #placeOf(entry: Entry): Set<Entry> {
    const exact = exactMatcher(entry)
    if (exact === undefined) return this.#others
    const values = this.#byValue.get(exact.name) ?? new Map<string, Set<Entry>>()
    this.#byValue.set(exact.name, values)
    const place = values.get(exact.value) ?? new Set<Entry>()
    values.set(exact.value, place)
    return place
  }
}

/** A label that an alert must have with this value. */
function exactMatcher({ matchers }: Indexed): Matcher | undefined {
  return matchers.find(({ op, value }) => op === '=' && value !== '')
}
