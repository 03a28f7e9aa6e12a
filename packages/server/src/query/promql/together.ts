import { setImmediate as nextTurn } from 'node:timers/promises'
import { QueryError } from '@girok/query'
import {
  type PromExpr,
  type PromGrid,
  type PromOptions,
  type SampleSeries,
  type SelectorData,
  type SelectorRead,
  selectorReads,
  type VectorSelector,
} from '@girok/query/promql'
import { GirokError } from '../../model/errors.ts'
import type { SampleStore } from '../../store/samples/sample-store.ts'
import type { SampleSpan } from '../../store/samples/statement.ts'
import type { Run } from '../run/runs.ts'
import type { Evaluation, Evaluator } from './evaluation.ts'
import { inlineEvaluator } from './inline-evaluator.ts'
import { loadSamples, type SelectedRead, selectReads, spanOf, storeReads } from './load.ts'
import type { PromAnswer } from './prom-engine.ts'
import { estimateWork, INLINE_WORK } from './work.ts'

/** Queries whose samples were read at once. */
export interface QueriesTogether {
  /** Answers one of the queries; undefined for one that is better asked by itself. */
  answer(query: PromExpr, signal: AbortSignal): Promise<PromAnswer> | undefined
}

export interface TogetherOptions {
  readonly samples: SampleStore
  readonly evaluator: Evaluator
  readonly tenant: string
  readonly options: PromOptions
}

/** A query with its durations resolved, and where it is evaluated. */
export interface GridQuery {
  readonly expr: PromExpr
  readonly grid: PromGrid
}

/** Samples that one query is thought to need above which it is left to itself: SQL can do better then. */
const MOST_SAMPLES = 50_000
/** Samples up to which one statement over a longer range costs less than two. */
const CHEAP_SAMPLES = 300_000
/** What nearly all intervals of scraping are longer than. */
const SHORTEST_INTERVAL_MS = 10_000
/** Milliseconds after which others have a turn. */
const STRETCH_MS = 5

/**
 * Reads what several queries need in as few statements as possible, each series once: a statement costs about the same for ten
 * series as for a thousand. Queries stand by the trees that their askers know.
 */
export async function queriesTogether(
  queries: ReadonlyMap<PromExpr, GridQuery>,
  { samples, evaluator, tenant, options }: TogetherOptions,
  run: Run,
): Promise<QueriesTogether> {
  const readable = new Map<PromExpr, GridQuery>()
  const reads: SelectorRead[] = []
  const byQuery = new Map<PromExpr, readonly SelectorRead[]>()
  for (const [query, { expr, grid }] of queries) {
    try {
      const own = selectorReads(expr, grid, options)
      readable.set(query, { expr, grid })
      byQuery.set(query, own)
      reads.push(...own)
    } catch (error) {
      // Told to who asks for its answer.
      if (!(error instanceof QueryError)) throw error
    }
  }
  const selected = new Map(selectReads(samples, tenant, reads).map((one) => [one.read, one]))
  const wanted: SelectedRead[] = []
  for (const [query, own] of byQuery) {
    const ofQuery = own.map((read) => selected.get(read) as SelectedRead)
    if (ofQuery.reduce((sum, read) => sum + likelySamples(read), 0) <= MOST_SAMPLES) wanted.push(...ofQuery)
    else readable.delete(query)
  }
  const data = await load(samples, wanted, options.maxSamples, run)
  if (data === undefined) return { answer: () => undefined }
  let stretchEnd = performance.now() + STRETCH_MS
  return {
    answer(query, signal) {
      const found = readable.get(query)
      return found && answered(found, signal)
    },
  }

  async function answered({ expr, grid }: GridQuery, signal: AbortSignal): Promise<PromAnswer> {
    const started = performance.now()
    if (started > stretchEnd) {
      await nextTurn()
      stretchEnd = performance.now() + STRETCH_MS
    }
    const evaluation: Evaluation = { expr, grid, options, data: data as SelectorData, answers: new Map() }
    const result =
      estimateWork(evaluation) <= INLINE_WORK
        ? await inlineEvaluator.evaluate(evaluation, signal)
        : await evaluator.evaluate(alone(evaluation), signal)
    const evalMs = performance.now() - started
    return { ...result, grid, timings: { queueMs: 0, prepareMs: 0, evalMs, totalMs: evalMs } }
  }
}

/** Undefined when it is too much for one reading. */
async function load(
  samples: SampleStore,
  wanted: readonly SelectedRead[],
  maxSamples: number,
  run: Run,
): Promise<SelectorData | undefined> {
  try {
    return await loadSamples(samples, wanted, maxSamples, run, joinedReads(storeReads(wanted)))
  } catch (error) {
    if (error instanceof QueryError || (error instanceof GirokError && error.code === 'limit_exceeded'))
      return undefined
    throw error
  }
}

/** Reads that differ in their range alone, as one over the longest, where that costs little. */
function joinedReads(reads: readonly SampleSpan[]): readonly SampleSpan[] {
  const joined: SampleSpan[] = []
  for (const read of [...reads].sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))) {
    const at = joined.findIndex((other) => isWithin(read, other) && likelyOf(read.ids.length, other) <= CHEAP_SAMPLES)
    const other = joined[at]
    if (other === undefined) joined.push(read)
    else joined[at] = { ...other, ids: [...other.ids, ...read.ids] }
  }
  return joined
}

function isWithin(read: SampleSpan, other: SampleSpan): boolean {
  const plain = read.windows === undefined && other.windows === undefined
  return plain && read.tenant === other.tenant && other.startMs <= read.startMs && read.endMs <= other.endMs
}

function likelySamples({ read, series }: SelectedRead): number {
  return likelyOf(series.length, spanOf(read))
}

function likelyOf(series: number, { startMs, endMs }: { readonly startMs: number; readonly endMs: number }): number {
  return (series * Math.max(0, endMs - startMs)) / SHORTEST_INTERVAL_MS
}

/** An evaluation with columns of its own, for a thread takes them away. */
function alone(evaluation: Evaluation): Evaluation {
  const data = new Map<VectorSelector, readonly SampleSeries[]>()
  for (const { selector } of selectorReads(evaluation.expr, evaluation.grid, evaluation.options)) {
    const series = evaluation.data.get(selector) ?? []
    data.set(
      selector,
      series.map(({ times, values, ...rest }) => ({ ...rest, times: times.slice(), values: values.slice() })),
    )
  }
  return { ...evaluation, data }
}
