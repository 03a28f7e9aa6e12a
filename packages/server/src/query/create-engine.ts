import {
  type Expr,
  type LogExpr,
  type MetricExpr,
  parseAndCheckLogQL,
  QueryError,
  refuseExtensions,
} from '@girok/query'
import { GirokError } from '../model/errors.ts'
import type { LogStore } from '../store/store.ts'
import { labelNames, labelValues, seriesOf, streamStats } from './catalog.ts'
import { detectFields } from './detected-fields.ts'
import { detectedLabels } from './detected-labels.ts'
import type { Dialect, QueryContext, QueryEngine } from './engine.ts'
import { explanation, statementsOf } from './explain.ts'
import { withFieldMatchers } from './fall-through.ts'
import { summarizeFields } from './fields.ts'
import {
  checkEntries,
  checkQueryText,
  checkRange,
  checkResolution,
  DEFAULT_QUERY_LIMITS,
  type QueryLimits,
} from './limits.ts'
import { type LogsTask, openRows, readAllLogs, readLogs } from './logs.ts'
import { explainMetric, runMetric } from './metric/evaluate.ts'
import { readTogether } from './metric/read-together.ts'
import { SharedReadings } from './metric/readings.ts'
import { compareSpans } from './patterns/compare.ts'
import { minePatterns } from './patterns/patterns.ts'
import type { TimeSpan } from './pushdown/time.ts'
import { checkDemands, narrowed } from './request-limits.ts'
import { shownPlan } from './row-plan.ts'
import { createRuns } from './run/runs.ts'
import { logVolume, logVolumeRange } from './volume.ts'

export interface QueryEngineOptions {
  readonly store: LogStore
  /** What is left out takes Loki's default, or one of ours where Loki has no such limit. */
  readonly limits?: Partial<QueryLimits>
  /** Default: everything that Girok adds. */
  readonly dialect?: Partial<Dialect>
  /** Told about queries that take long. */
  readonly log?: QueryLog
  /** Milliseconds since the epoch; replaced in tests. */
  readonly clock?: () => number
}

/** The part of a logger that the engine uses. */
export interface QueryLog {
  info(message: string, fields?: Record<string, unknown>): void
}

/** Queries that take longer are worth a line in the log. */
const SLOW_MS = 10_000

/** Makes the engine that answers queries over a store. */
export function createQueryEngine(options: QueryEngineOptions): QueryEngine {
  const { store } = options
  const limits: QueryLimits = { ...DEFAULT_QUERY_LIMITS, ...options.limits }
  const clock = options.clock ?? Date.now
  const runs = createRuns(limits, clock, (query, tookMs) => {
    if (tookMs > SLOW_MS) options.log?.info('slow query', { tenant: query.tenant, query: query.query, tookMs })
  })

  const dialect: Dialect = { extensions: true, selectorFallthrough: true, ...options.dialect }

  const parsed = (query: string): Expr => {
    checkQueryText(query, limits)
    const expr = parseAndCheckLogQL(query)
    if (!dialect.extensions) refuseExtensions(expr, query)
    return expr
  }
  const fallen = (tenant: string, span: TimeSpan, log: LogExpr): LogExpr =>
    dialect.selectorFallthrough ? withFieldMatchers(store.streams, tenant, span, log) : log
  const task = (
    request: QueryContext & { readonly query: string; readonly startNs: bigint; readonly endNs: bigint },
    direction: 'forward' | 'backward',
  ): LogsTask => {
    const log = logExpr(parsed(request.query))
    checkDemands(log, request.limits)
    checkRange(request.startNs, request.endNs, narrowed(limits, request.limits))
    const span = { fromNs: request.startNs, toNs: request.endNs }
    return {
      tenant: request.tenant,
      log: fallen(request.tenant, span, log),
      text: request.query,
      span,
      direction,
      pushdown: request.pushdown !== false,
    }
  }

  const planOf = (
    expr: Expr,
    request: Pick<QueryContext, 'tenant' | 'pushdown'> & { query: string },
    span: TimeSpan,
  ) => {
    const { tenant, query: text } = request
    const context = { tenant, text, pushdown: request.pushdown !== false }
    if (expr.kind !== 'log') {
      return explainMetric(expr, { ...context, store, fallThrough: dialect.selectorFallthrough }, span)
    }
    const log = fallen(tenant, span, expr)
    return shownPlan(openRows(store, { ...context, log, span, direction: 'backward' }).plan)
  }

  /** Undefined for what is refused when it is asked. */
  const readableMetric = (query: string): MetricExpr | undefined => {
    try {
      return metricExpr(parsed(query))
    } catch (error) {
      if (error instanceof GirokError || error instanceof QueryError) return undefined
      throw error
    }
  }

  return {
    dialect,
    async logs(request) {
      const { maxEntries, timeoutMs } = narrowed(limits, request.limits)
      checkEntries(request.limit, { ...limits, maxEntries })
      const logs = task(request, request.direction)
      if (request.stepNs !== undefined) checkResolution(request.startNs, request.endNs, request.stepNs, limits)
      return runs.run({ ...request, lane: 'interactive', timeoutMs }, async (run) => {
        const bounds = { limit: request.limit, intervalNs: request.intervalNs ?? 0n, limits }
        const entries = await orByRows(logs.pushdown, (pushdown) => readLogs(store, { ...logs, pushdown }, bounds, run))
        return { entries, stats: run.stats(entries.length) }
      })
    },

    async *exportLogs(request) {
      const log = logExpr(parsed(request.query))
      const { tenant, query: text, startNs, endNs, pushdown } = request
      if (endNs < startNs) checkRange(startNs, endNs, limits)
      const all: LogsTask = {
        tenant,
        log: fallen(tenant, { fromNs: startNs, toNs: endNs }, log),
        text,
        span: { fromNs: startNs, toNs: endNs },
        direction: 'forward',
        pushdown: pushdown !== false,
      }
      yield* runs.stream({ ...request, lane: 'heavy', timed: false }, (run) => readAllLogs(store, all, run))
    },

    async metric(request) {
      const expr = metricExpr(parsed(request.query))
      const own = narrowed(limits, request.limits)
      checkDemands(expr, request.limits)
      checkRange(request.startNs, request.endNs, own)
      checkResolution(request.startNs, request.endNs, request.stepNs, limits)
      const fallThrough = dialect.selectorFallthrough
      const bounds = request.partialSeries ? { ...limits, maxSeries: 0 } : limits
      return runs.run({ ...request, lane: 'query', timeoutMs: own.timeoutMs }, async (run) => {
        const value = await orByRows(request.pushdown !== false, (pushdown) =>
          runMetric({ store, limits: bounds, expr, fallThrough, request: { ...request, pushdown }, run }),
        )
        if (value.kind === 'scalar') return { value, stats: run.stats(1) }
        const { maxSeries } = limits
        if (maxSeries === 0 || value.series.length <= maxSeries) return { value, stats: run.stats(value.series.length) }
        const warning = `maximum number of series (${maxSeries}) reached for a single query; returning partial results`
        const part = { ...value, series: value.series.slice(0, maxSeries) }
        return { value: part, warnings: [warning], stats: run.stats(maxSeries) }
      })
    },

    async metricReadings({ tenant, signal, queries }) {
      const readings = new SharedReadings()
      const readable = queries.flatMap(({ query, timeNs }) => {
        const expr = readableMetric(query)
        return expr === undefined ? [] : [{ expr, query, timeNs }]
      })
      if (readable.length === 0) return readings
      const context = { store, limits, fallThrough: dialect.selectorFallthrough, tenant }
      await runs.run({ tenant, signal, query: `${readable.length} queries of rules`, lane: 'query' }, (run) =>
        readTogether(readable, context, readings, run),
      )
      return readings
    },

    async labels(request) {
      return labelNames(store, request)
    },
    async labelValues(request) {
      return labelValues(store, request)
    },
    async series(request) {
      return seriesOf(store, request)
    },
    async stats(request) {
      return runs.run({ ...request, query: request.query ?? '{}', lane: 'query' }, (run) =>
        streamStats(store, request, run),
      )
    },
    async volume(request) {
      return runs.run({ ...request, query: request.query ?? '{}', lane: 'query' }, (run) =>
        logVolume(store, request, run),
      )
    },
    async volumeRange(request) {
      checkResolution(request.startNs, request.endNs, request.stepNs, limits)
      return runs.run({ ...request, query: request.query ?? '{}', lane: 'query' }, (run) =>
        logVolumeRange(store, request, run),
      )
    },
    async detectedLabels(request) {
      return detectedLabels(store, request)
    },
    async detectedFields(request) {
      checkEntries(request.lineLimit, limits)
      const logs = task(request, 'backward')
      return runs.run({ ...request, lane: 'interactive' }, async (run) => {
        const bounds = { limit: request.lineLimit, intervalNs: 0n, limits }
        const entries = await orByRows(logs.pushdown, (pushdown) => readLogs(store, { ...logs, pushdown }, bounds, run))
        return detectFields(entries, request.fieldLimit, run)
      })
    },

    async fields(request) {
      checkEntries(request.lineLimit, limits)
      const logs = task(request, 'backward')
      return runs.run({ ...request, lane: 'interactive' }, async (run) => {
        const bounds = { limit: request.lineLimit, intervalNs: 0n, limits }
        const entries = await orByRows(logs.pushdown, (pushdown) => readLogs(store, { ...logs, pushdown }, bounds, run))
        return summarizeFields(entries, run)
      })
    },

    async patterns(request) {
      const logs = task(request, 'forward')
      checkResolution(request.startNs, request.endNs, request.stepNs, limits)
      return runs.run({ ...request, lane: 'query' }, (run) =>
        orByRows(logs.pushdown, (pushdown) => minePatterns(store, { ...logs, pushdown }, request.stepNs, run)),
      )
    },
    async compare(request) {
      const logs = task(request, 'forward')
      const base = { fromNs: request.baseStartNs, toNs: request.baseEndNs }
      checkRange(base.fromNs, base.toNs, limits)
      return runs.run({ ...request, lane: 'query' }, (run) =>
        orByRows(logs.pushdown, (pushdown) => compareSpans(store, { ...logs, pushdown }, base, run)),
      )
    },

    async explain(request) {
      const expr = parsed(request.query)
      const everything = { fromNs: 0n, toNs: BigInt(clock()) * 1_000_000n + 86_400_000_000_000n }
      return planOf(expr, request, everything)
    },
    async explainQuery(request) {
      const expr = parsed(request.query)
      const span = { fromNs: request.startNs, toNs: request.endNs }
      const found = await statementsOf(store, request.analyze, async (watched) => {
        const engine = createQueryEngine({ ...options, store: watched })
        if (expr.kind === 'log') return (await engine.logs({ ...request, direction: 'backward' })).stats
        return (await engine.metric(request)).stats
      })
      return explanation(expr, request.query, planOf(expr, request, span), found, request.analyze)
    },

    running: () => runs.list(),
  }
}

/** The engine's own limit on regular expressions is lower than the evaluator's: what it refuses is evaluated by rows. */
async function orByRows<T>(pushdown: boolean, work: (pushdown: boolean) => Promise<T>): Promise<T> {
  try {
    return await work(pushdown)
  } catch (error) {
    if (pushdown && error instanceof GirokError && /cannot compile re2|CANNOT_COMPILE_REGEXP/.test(error.message)) {
      return work(false)
    }
    throw error
  }
}

function logExpr(expr: Expr): LogExpr {
  if (expr.kind === 'log') return expr
  throw new GirokError('bad_request', 'a log query is expected here, such as {app="x"} |= "error", not a metric query')
}

function metricExpr(expr: Expr): MetricExpr {
  if (expr.kind !== 'log') return expr
  throw new GirokError(
    'bad_request',
    'log queries are not supported as an instant query type, please change your query to a range query type',
  )
}
