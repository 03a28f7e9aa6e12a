import type { QueryEngine } from '../query/engine.ts'
import type { PromEngine } from '../query/promql/prom-engine.ts'
import type { Histogram, Registry } from '../telemetry/registry.ts'

const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const LANGUAGES = ['logql', 'promql'] as const

/** Engines whose queries are timed, those that fail too. */
export interface TimedQueries {
  logql(engine: QueryEngine): QueryEngine
  promql(engine: PromEngine): PromEngine
}

/** Registers the durations of queries by language. */
export function measureQueries(registry: Registry): TimedQueries {
  const durations = registry.histogram(
    'girok_query_duration_seconds',
    'Durations of queries, waiting included, by language.',
    BOUNDS,
    LANGUAGES.map((language) => ({ language })),
  )
  return {
    logql: (engine) => ({
      ...engine,
      logs: timed(durations, 'logql', engine.logs),
      metric: timed(durations, 'logql', engine.metric),
    }),
    promql: (engine) => ({
      ...engine,
      instant: timed(durations, 'promql', engine.instant),
      range: timed(durations, 'promql', engine.range),
    }),
  }
}

function timed<Request, Answer>(
  durations: Histogram,
  language: (typeof LANGUAGES)[number],
  run: (request: Request) => Promise<Answer>,
): (request: Request) => Promise<Answer> {
  return async (request) => {
    const startedMs = performance.now()
    try {
      return await run(request)
    } finally {
      durations.observe({ language }, (performance.now() - startedMs) / 1_000)
    }
  }
}
