import type { Series } from '@girok/query'
import type { PromExpr, PromGrid, PromOptions, PromResult, SampleSeries } from '@girok/query/promql'
import type { SampleStore } from '../../store/samples/sample-store.ts'
import type { Run } from '../run/runs.ts'
import type { Evaluator } from './evaluation.ts'
import { type SelectedRead, storeReads, streamSamples, tooManySamples } from './load.ts'

/** A node that is evaluated some series at a time, and what its selector reads. */
export interface PiecewiseNode {
  readonly node: PromExpr
  readonly selected: SelectedRead
}

/** What evaluating a node in pieces gave. */
export interface PiecewiseAnswer {
  readonly series: readonly Series[]
  /** Of each piece, without their values. */
  readonly notes: readonly Pick<PromResult, 'warnings' | 'infos' | 'samplesRead' | 'samplesPeak'>[]
}

/** Samples that are evaluated together: so many that the way to a thread is short beside it. */
export const SAMPLES_PER_PIECE = 500_000
/** Pieces that wait or are being evaluated, while the next is read. */
const AT_ONCE = 2

/**
 * Reads and evaluates a node in pieces. When all samples fit one piece nothing is evaluated: they are given back, to be
 * evaluated with the rest of the query. Throws an evaluate-phase QueryError for more than `maxSamples` values.
 */
export async function evaluatePiecewise(
  { node, selected }: PiecewiseNode,
  context: {
    readonly store: SampleStore
    readonly evaluator: Evaluator
    readonly grid: PromGrid
    readonly options: PromOptions
    readonly run: Run
    readonly samplesPerPiece: number
  },
): Promise<PiecewiseAnswer | readonly SampleSeries[]> {
  const { store, evaluator, grid, options, run, samplesPerPiece } = context
  const labels = new Map(selected.series.map((series) => [series.id, series.labels]))
  const found: (readonly Series[])[] = []
  const notes: PiecewiseAnswer['notes'][number][] = []
  const underWay = new Set<Promise<void>>()
  let piece: SampleSeries[] = []
  let pieces = 0
  let samples = 0
  let values = 0
  let failure: { readonly error: unknown } | undefined

  const evaluate = async (some: readonly SampleSeries[], place: number): Promise<void> => {
    const data = new Map([[selected.read.selector, some]])
    const { value, ...note } = await evaluator.evaluate(
      { expr: node, grid, options, data, answers: new Map() },
      run.signal,
    )
    if (value.kind !== 'vector') throw new Error(`a part of the query gave a ${value.kind}`)
    values += value.series.length * grid.count
    if (values > options.maxSamples) throw tooManySamples()
    notes.push(note)
    found[place] = value.series
  }
  const start = (): void => {
    const work = evaluate(piece, pieces++).then(
      () => void underWay.delete(work),
      (error: unknown) => {
        underWay.delete(work)
        failure ??= { error }
      },
    )
    underWay.add(work)
    piece = []
    samples = 0
  }
  const settle = async (most: number): Promise<void> => {
    while (underWay.size > most) await Promise.race(underWay)
    if (failure !== undefined) throw failure.error
  }

  try {
    for (const span of storeReads([selected])) {
      for await (const { id, times, values: column } of streamSamples(store, span, Number.POSITIVE_INFINITY, run)) {
        if (times.length > options.maxSamples) throw tooManySamples()
        const own = labels.get(id)
        if (own !== undefined) piece.push({ labels: own, times, values: column })
        samples += times.length
        if (samples < samplesPerPiece) continue
        start()
        await settle(AT_ONCE - 1)
      }
    }
    if (pieces === 0) return piece
    if (piece.length > 0) start()
    await settle(0)
  } catch (error) {
    // The others end with the query.
    await Promise.allSettled(underWay)
    throw error
  }
  return { series: found.flat(), notes }
}

/** The result of a query with what the evaluation of its pieces said. */
export function withNotes(result: PromResult, notes: PiecewiseAnswer['notes']): PromResult {
  if (notes.length === 0) return result
  const all = [result, ...notes]
  const texts = (of: (note: (typeof all)[number]) => readonly string[]): string[] =>
    [...new Set(all.flatMap(of))].sort()
  return {
    ...result,
    warnings: texts(({ warnings }) => warnings),
    infos: texts(({ infos }) => infos),
    samplesRead: all.reduce((sum, { samplesRead }) => sum + samplesRead, 0),
    samplesPeak: Math.max(...all.map(({ samplesPeak }) => samplesPeak)),
  }
}
