import { type Labels, QueryError, type Series } from '@girok/query'
import {
  type PromExpr,
  type PromGrid,
  type PromOptions,
  type PromResult,
  printPromQL,
  resolveDurations,
  type SampleSeries,
  selectorReads,
  selectorsOf,
  typeOf,
  type VectorSelector,
} from '@girok/query/promql'
import { GirokError } from '../../model/errors.ts'
import type { StoredExemplar } from '../../store/samples/exemplars.ts'
import type { LogStore } from '../../store/store.ts'
import type { QueryLog } from '../create-engine.ts'
import { createRuns, type Run } from '../run/runs.ts'
import { selectSeries } from '../samples/select.ts'
import { labelNames, labelValues, seriesOf } from './catalog.ts'
import type { Evaluator } from './evaluation.ts'
import { inlineEvaluator } from './inline-evaluator.ts'
import { asPromError, DEFAULT_PROM_LIMITS, type PromLimits, rangeGrid, runLimits, timeoutOf } from './limits.ts'
import { loadSamples, selectReads } from './load.ts'
import { createPromParser } from './parsed.ts'
import { evaluatePiecewise, type PiecewiseAnswer, SAMPLES_PER_PIECE, withNotes } from './piecewise.ts'
import { plainPlan, planReads, type ReadPlan, shownPlan } from './plan.ts'
import type {
  PromAnswer,
  PromContext,
  PromEngine,
  PromExemplarRequest,
  PromExemplars,
  PromInstantRequest,
  PromQueryContext,
  PromRangeRequest,
  PromTimedQuery,
} from './prom-engine.ts'
import { type GridQuery, queriesTogether } from './together.ts'

export interface PromEngineOptions {
  readonly store: LogStore
  /** What is left out takes Prometheus' default, or one of ours. */
  readonly limits?: Partial<PromLimits>
  /** Told about queries that take long. */
  readonly log?: QueryLog
  /** Where what is not small is evaluated. Default: in this thread. */
  readonly evaluator?: Evaluator
  /** Samples after which a part of a query is evaluated by itself; replaced in tests. */
  readonly samplesPerPiece?: number
  /** Milliseconds since the epoch; replaced in tests. */
  readonly clock?: () => number
}

/** Queries that take longer are worth a line in the log. */
const SLOW_MS = 10_000

/** Makes the engine that answers PromQL over the samples of a store. `close` ends the threads that it started. */
export function createPromEngine(options: PromEngineOptions): PromEngine & { close(): Promise<void> } {
  const { samples } = options.store
  const limits: PromLimits = { ...DEFAULT_PROM_LIMITS, ...options.limits }
  const evaluator = options.evaluator ?? inlineEvaluator
  const pieces = { store: samples, evaluator, samplesPerPiece: options.samplesPerPiece ?? SAMPLES_PER_PIECE }
  const runs = createRuns(runLimits(limits), options.clock ?? Date.now, (query, tookMs) => {
    if (tookMs > SLOW_MS) options.log?.info('slow query', { tenant: query.tenant, query: query.query, tookMs })
  })
  const parse = createPromParser(limits)
  const parsed = (query: string | PromExpr): PromExpr => (typeof query === 'string' ? parse(query) : query)

  const promOptions = ({ query, lookbackMs }: PromQueryContext): PromOptions => ({
    ...(typeof query === 'string' && { text: query }),
    lookbackMs: lookbackMs ?? limits.lookbackMs,
    defaultStepMs: limits.defaultStepMs,
    maxSamples: limits.maxSamples,
    delayedNameRemoval: limits.delayedNameRemoval,
  })

  const planOf = (request: PromQueryContext, expr: PromExpr, grid: PromGrid, ownOptions: PromOptions): ReadPlan => {
    const selected = selectReads(samples, request.tenant, selectorReads(expr, grid, ownOptions))
    return request.pushdown === false
      ? plainPlan(selected)
      : planReads(expr, grid, ownOptions.delayedNameRemoval, selected)
  }

  const within = async <T>(request: PromContext, query: string, work: (run: Run) => Promise<T>): Promise<T> => {
    const { tenant, signal, timeoutMs } = request
    try {
      return await runs.run({ tenant, query, signal, lane: 'query', timeoutMs: timeoutOf(limits, timeoutMs) }, work)
    } catch (error) {
      throw asPromError(error)
    }
  }

  const answer = (request: PromQueryContext, expr: PromExpr, grid: PromGrid): Promise<PromAnswer> => {
    const asked = performance.now()
    const text = typeof request.query === 'string' ? request.query : printPromQL(expr)
    return within(request, text, async (run) => {
      const started = performance.now()
      const ownOptions = promOptions(request)
      const plan = planOf(request, expr, grid, ownOptions)
      const answers = new Map<PromExpr, readonly Series[]>()
      const notes: PiecewiseAnswer['notes'][number][] = []
      const data = new Map<VectorSelector, readonly SampleSeries[]>()
      for (const node of plan.piecewise) {
        const found = await evaluatePiecewise(node, { ...pieces, grid, options: ownOptions, run })
        if ('series' in found) {
          answers.set(node.node, found.series)
          notes.push(...found.notes)
        } else data.set(node.selected.read.selector, found)
      }
      const held = [...data.values()].flat().reduce((sum, { times }) => sum + times.length, 0)
      for (const [selector, series] of await loadSamples(samples, plan.whole, limits.maxSamples - held, run)) {
        data.set(selector, series)
      }
      const prepared = performance.now()
      const evaluation = { expr, grid, options: ownOptions, data, answers }
      const result = withNotes(await evaluator.evaluate(evaluation, run.signal), notes)
      const ended = performance.now()
      return {
        ...cutOff(result, request.limit),
        grid,
        timings: {
          queueMs: started - asked,
          prepareMs: prepared - started,
          evalMs: ended - prepared,
          totalMs: ended - asked,
        },
      }
    })
  }

  const instantQuery = ({ query, timeMs }: Pick<PromInstantRequest, 'query' | 'timeMs'>): GridQuery => ({
    expr: resolveDurations(parsed(query), { stepMs: 0, rangeMs: 0 }),
    grid: { startMs: timeMs, stepMs: 1, count: 1 },
  })

  const rangeQuery = (request: Pick<PromRangeRequest, 'query' | 'startMs' | 'endMs' | 'stepMs'>): GridQuery => {
    const { query, startMs, endMs, stepMs } = request
    const grid = rangeGrid(request, limits)
    return { expr: resolveDurations(parsed(query), { stepMs, rangeMs: endMs - startMs }), grid }
  }

  const instant = async (request: PromInstantRequest): Promise<PromAnswer> => {
    const { expr, grid } = instantQuery(request)
    return answer(request, expr, grid)
  }

  const range = async (request: PromRangeRequest): Promise<PromAnswer> => {
    const { expr, grid } = rangeQuery(request)
    checkRangeType(expr)
    return answer(request, expr, grid)
  }

  const askedBy = (context: PromContext, asked: PromTimedQuery): Promise<PromAnswer> =>
    'timeMs' in asked ? instant({ ...context, ...asked }) : range({ ...context, ...asked })

  return {
    defaults: limits,
    instant,
    range,
    async together({ queries, ...context }) {
      const { text: _, ...options } = promOptions({ ...context, query: '' })
      const asked = new Map(queries.map((one) => [one.query, one]))
      const read = await within(context, `${queries.length} queries of rules`, (run) =>
        queriesTogether(readable(queries), { samples, evaluator, tenant: context.tenant, options }, run),
      )
      const signal = context.signal ?? new AbortController().signal
      return {
        async answer(query) {
          const one = asked.get(query)
          if (one === undefined) throw new GirokError('bad_request', `${printPromQL(query)} was not among the queries`)
          const known = read.answer(query, signal)
          if (known === undefined) return askedBy(context, one)
          return known.catch((error: unknown) => {
            throw asPromError(error)
          })
        },
      }
    },
    async series(request) {
      return seriesOf(samples, request)
    },
    async labels(request) {
      return labelNames(samples, request)
    },
    async labelValues(request) {
      return labelValues(samples, request)
    },
    exemplars: (request) => within(request, request.query, (run) => exemplarsOf(request, parse(request.query), run)),
    metadata: (tenant) => samples.metadata(tenant),
    async explain(request) {
      const { expr, grid } = rangeQuery(request)
      return shownPlan(planOf(request, expr, grid, promOptions(request)))
    },
    close: () => evaluator.close(),
  }

  /** Those that can be read with others; what is wrong with one is told to whoever asks for its answer. */
  function readable(queries: readonly PromTimedQuery[]): ReadonlyMap<PromExpr, GridQuery> {
    const found = new Map<PromExpr, GridQuery>()
    for (const asked of queries) {
      try {
        const query = 'timeMs' in asked ? instantQuery(asked) : rangeQuery(asked)
        if (!('timeMs' in asked)) checkRangeType(query.expr)
        found.set(asked.query, query)
      } catch (error) {
        if (!(error instanceof QueryError || error instanceof GirokError)) throw error
      }
    }
    return found
  }

  async function exemplarsOf(request: PromExemplarRequest, expr: PromExpr, run: Run): Promise<PromExemplars[]> {
    const { tenant, startMs, endMs } = request
    const found = new Map(
      selectorsOf(expr)
        .flatMap((selector) => selectSeries(samples.series, tenant, { startMs, endMs }, selector))
        .map((series) => [series.id, series]),
    )
    const ids = [...found.keys()]
    const read = await samples.exemplars({
      tenant,
      ids,
      startMs,
      endMs,
      timeoutMs: run.remainingMs(),
      signal: run.signal,
      lane: 'interactive',
    })
    const bySeries = new Map<string, StoredExemplar[]>()
    for (const exemplar of read) {
      const known = bySeries.get(exemplar.series)
      if (known === undefined) bySeries.set(exemplar.series, [exemplar])
      else known.push(exemplar)
    }
    return [...bySeries].map(([id, exemplars]) => ({ series: found.get(id)?.labels as Labels, exemplars }))
  }
}

/** Prometheus' text. */
function checkRangeType(expr: PromExpr): void {
  const type = typeOf(expr)
  if (type === 'scalar' || type === 'vector') return
  const name = type === 'matrix' ? 'range vector' : type
  throw new GirokError(
    'bad_query',
    `invalid expression type "${name}" for range query, must be Scalar or instant Vector`,
  )
}

/** Leaves off series beyond a limit, and says so. */
function cutOff(result: PromResult, limit: number | undefined): PromResult {
  const { value } = result
  if (limit === undefined || !(limit > 0) || value.kind === 'scalar' || value.kind === 'string') return result
  if (value.series.length <= limit) return result
  const warnings = [...result.warnings, 'results truncated due to limit']
  return value.kind === 'matrix'
    ? { ...result, value: { ...value, series: value.series.slice(0, limit) }, warnings }
    : { ...result, value: { ...value, series: value.series.slice(0, limit) }, warnings }
}
