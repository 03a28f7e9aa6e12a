interface Reading {
  readonly atMs: number
  readonly received: number
}

/** How far back the small charts look. */
export const historyMs = 5 * 60_000

/** What a source had received at some moments, as the page saw it: the server keeps no such history. */
export class History {
  #readings: Reading[] = []

  /** Notes a reading; one that is lower than the last comes from a server that has started anew. */
  add(atMs: number, received: number): void {
    const last = this.#readings.at(-1)
    if (last !== undefined && received < last.received) this.#readings = []
    // The last one before the window stays: the window's beginning lies between it and the next.
    while ((this.#readings[1]?.atMs ?? Number.POSITIVE_INFINITY) < atMs - historyMs) this.#readings.shift()
    this.#readings.push({ atMs, received })
  }

  /**
   * Records of each of `count` equal parts of the window that ends with the newest reading, oldest first. Between two
   * readings, however far apart, records are taken to have come evenly.
   */
  bars(count: number): number[] {
    const end = this.#readings.at(-1)?.atMs ?? 0
    const edges = Array.from({ length: count + 1 }, (_, i) => this.#at(end - historyMs + (i * historyMs) / count))
    return edges.slice(1).map((received, i) => received - (edges[i] ?? 0))
  }

  #at(ms: number): number {
    const next = this.#readings.findIndex(({ atMs }) => atMs >= ms)
    const after = this.#readings[next]
    const before = this.#readings[next - 1]
    if (after === undefined) return before?.received ?? 0
    if (before === undefined) return after.received
    const share = (ms - before.atMs) / (after.atMs - before.atMs)
    return before.received + share * (after.received - before.received)
  }
}
