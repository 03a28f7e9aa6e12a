/**
 * The newest `capacity` items of an endless sequence. Items are addressed by their number in the sequence, so that a
 * view keeps its place while older items leave. It grows to its capacity by doubling and then never allocates again.
 */
export class Ring<T> {
  readonly capacity: number
  #items: (T | undefined)[] = []
  #first = 0
  #end = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Number of the oldest item held. */
  get first(): number {
    return this.#first
  }

  /** Number that the next item will have. */
  get end(): number {
    return this.#end
  }

  get size(): number {
    return this.#end - this.#first
  }

  push(item: T): void {
    if (this.#items.length < this.capacity) this.#items.push(item)
    else this.#items[this.#end % this.capacity] = item
    this.#end += 1
    if (this.#end - this.#first > this.capacity) this.#first += 1
  }

  at(number: number): T | undefined {
    if (number < this.#first || number >= this.#end) return undefined
    return this.#items[number % this.capacity]
  }

  clear(): void {
    this.#items = []
    this.#first = 0
    this.#end = 0
  }

  /** Moves all items of another ring to the end of this one. */
  take(other: Ring<T>): void {
    for (let number = other.first; number < other.end; number += 1) this.push(other.at(number) as T)
    other.clear()
  }
}
