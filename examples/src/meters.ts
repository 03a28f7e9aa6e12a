export type Labels = Readonly<Record<string, string>>

/** Where a program counts and measures: the metrics of one target, as Prometheus would scrape them. */
export interface Meters {
  /** The name ends in `_total`. */
  counter(name: string, help: string): { add(labels: Labels, amount?: number): void }
  gauge(name: string, help: string): { set(labels: Labels, value: number): void }
  /** @param bounds upper bounds of the buckets, ascending, without +Inf */
  histogram(name: string, help: string, bounds: readonly number[]): { observe(labels: Labels, value: number): void }
}

/** For a program that nobody scrapes. */
export const noMeters: Meters = {
  counter: () => ({ add() {} }),
  gauge: () => ({ set() {} }),
  histogram: () => ({ observe() {} }),
}

/** Seconds; those of Python's prometheus_client, which the SDK's ApiMonitor has too. */
export const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
