import type { LabelSet } from '../model/labels.ts'

/**
 * A label set for keeping by the hundred thousand: names are one array shared by all sets with the same names, values
 * are shared strings. About 100 bytes where a Map takes 400.
 */
class CompactLabels implements ReadonlyMap<string, string> {
  readonly #names: readonly string[]
  readonly #values: readonly string[]

  constructor(names: readonly string[], values: readonly string[]) {
    this.#names = names
    this.#values = values
  }

  get size(): number {
    return this.#names.length
  }

  get(name: string): string | undefined {
    const index = this.#names.indexOf(name)
    return index === -1 ? undefined : this.#values[index]
  }

  has(name: string): boolean {
    return this.#names.includes(name)
  }

  forEach(visit: (value: string, name: string, map: ReadonlyMap<string, string>) => void, self?: unknown): void {
    for (let i = 0; i < this.#names.length; i++) {
      visit.call(self, this.#values[i] as string, this.#names[i] as string, this)
    }
  }

  *entries(): MapIterator<[string, string]> {
    for (let i = 0; i < this.#names.length; i++) yield [this.#names[i] as string, this.#values[i] as string]
  }

  *keys(): MapIterator<string> {
    yield* this.#names
  }

  *values(): MapIterator<string> {
    yield* this.#values
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries()
  }
}

/** Makes compact copies of label sets that share what is equal. One pool per index. */
export class LabelPool {
  readonly #strings = new Map<string, string>()
  readonly #nameLists = new Map<string, readonly string[]>()

  compact(labels: LabelSet): LabelSet {
    const names: string[] = []
    const values: string[] = []
    for (const [name, value] of labels) {
      names.push(name)
      values.push(this.#shared(value))
    }
    const key = names.join('\0')
    let list = this.#nameLists.get(key)
    if (list === undefined) {
      list = names.map((name) => this.#shared(name))
      this.#nameLists.set(key, list)
    }
    return new CompactLabels(list, values)
  }

  /** Forgets the shared strings (not the sets made): for when most sets that used them are gone. */
  clear(): void {
    this.#strings.clear()
    this.#nameLists.clear()
  }

  #shared(text: string): string {
    const known = this.#strings.get(text)
    if (known !== undefined) return known
    this.#strings.set(text, text)
    return text
  }
}
