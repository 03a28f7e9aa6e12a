/** What is used of prom-client. Written down here, so that the package's types need no prom-client. */
export interface PromClient {
  readonly register: PromRegistry
  readonly Counter: new (config: never) => PromCounter
  readonly Gauge: new (config: never) => PromGauge
  readonly Histogram: new (config: never) => PromHistogram
}

export interface PromRegistry {
  readonly contentType: string
  getSingleMetric(name: string): unknown
  metrics(): Promise<string>
}

export interface PromCounter {
  inc(labels: Record<string, string | number>, value?: number): void
}

export interface PromGauge {
  inc(): void
  dec(): void
  set(value: number): void
}

export interface PromHistogram {
  observe(value: number): void
}

export interface MetricConfig {
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly string[]
  readonly buckets?: readonly number[]
}

/** The metric of that name in the registry: prom-client throws when one is made a second time. */
export function metricIn<M>(registry: PromRegistry, Type: new (config: never) => M, config: MetricConfig): M {
  const present = registry.getSingleMetric(config.name)
  if (present === undefined) return new Type({ ...config, registers: [registry] } as never)
  if (present instanceof Type) return present
  throw new TypeError(
    `the registry has a metric ${config.name} of another kind: use another registry, or take that metric out`,
  )
}
