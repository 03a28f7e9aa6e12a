/** Counts up, and gives each part of the count once. */
export interface Tally {
  add(count: number): void
  take(): number
}

export function createTally(): Tally {
  let waiting = 0
  return {
    add(count) {
      waiting += count
    },
    take() {
      const count = waiting
      waiting = 0
      return count
    },
  }
}
