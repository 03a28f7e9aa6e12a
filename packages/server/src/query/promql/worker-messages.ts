import { type Labels, QueryError } from '@girok/query'
import type {
  PromExpr,
  PromGrid,
  PromOptions,
  PromResult,
  PromValue,
  SampleSeries,
  VectorSelector,
} from '@girok/query/promql'
import type { Evaluation } from './evaluation.ts'
import { type LabelTable, packLabels, unpackLabels } from './label-table.ts'

/**
 * An evaluation on its way to a worker. Tree, selectors and nodes travel in one message, which keeps their identities;
 * label sets stand in a table, and columns are handed over, not copied.
 */
export interface WorkerRequest {
  readonly expr: PromExpr
  readonly grid: PromGrid
  readonly options: PromOptions
  /** Labels of all series of `data`, then of all series of `answers`. */
  readonly labels: LabelTable
  readonly data: readonly (readonly [VectorSelector, readonly Columns[]])[]
  readonly answers: readonly (readonly [PromExpr, readonly Points[]])[]
}

/** What comes back. */
export type WorkerReply =
  | { readonly result: Omit<PromResult, 'value'>; readonly value: PackedValue }
  | { readonly fault: Fault }

interface Columns {
  readonly times: Float64Array
  readonly values: Float64Array
}

interface Points {
  readonly values: Float64Array
  readonly present: Uint8Array
}

type PackedValue =
  | Extract<PromValue, { kind: 'scalar' | 'string' }>
  | {
      readonly kind: 'vector'
      readonly labels: LabelTable
      readonly points: readonly Points[]
      readonly ordered: boolean
    }
  | { readonly kind: 'matrix'; readonly labels: LabelTable; readonly columns: readonly Columns[] }

/** An error without its class, which messages lose. */
type Fault =
  | Pick<QueryError, 'message' | 'line' | 'column' | 'phase'>
  | { readonly message: string; readonly stack: string | undefined }

/** A message and the memory that it hands over. */
export interface Packed<T> {
  readonly message: T
  readonly transfer: ArrayBuffer[]
}

/** Packs an evaluation; its columns must not be used any more. */
export function packRequest({ expr, grid, options, data, answers }: Evaluation): Packed<WorkerRequest> {
  const memory = new Set<ArrayBuffer>()
  const sets: Labels[] = []
  const columns = [...data].map(([selector, series]) => [selector, series.map((one) => take(one))] as const)
  const points = [...answers].map(
    ([node, series]) =>
      [
        node,
        series.map(({ labels, values, present }) => {
          sets.push(labels)
          return { values: held(memory, values), present: held(memory, present) }
        }),
      ] as const,
  )
  function take({ labels, times, values }: SampleSeries): Columns {
    sets.push(labels)
    return { times: held(memory, times), values: held(memory, values) }
  }
  const message = { expr, grid, options, labels: packLabels(sets), data: columns, answers: points }
  return { message, transfer: [...memory] }
}

/** The evaluation of a message. */
export function unpackRequest({ expr, grid, options, labels, data, answers }: WorkerRequest): Evaluation {
  const sets = unpackLabels(labels)
  return {
    expr,
    grid,
    options,
    data: new Map(data.map(([selector, columns]) => [selector, labelled(sets, columns)])),
    answers: new Map(answers.map(([node, points]) => [node, labelled(sets, points)])),
  }
}

/** Packs a result; its columns must not be used any more. */
export function packResult({ value, ...result }: PromResult): Packed<WorkerReply> {
  const memory = new Set<ArrayBuffer>()
  const packed = ((): PackedValue => {
    if (value.kind === 'scalar' || value.kind === 'string') return value
    const labels = packLabels((value.series as readonly { labels: Labels }[]).map((series) => series.labels))
    if (value.kind === 'matrix') {
      const columns = value.series.map(({ times, values }) => ({
        times: held(memory, times),
        values: held(memory, values),
      }))
      return { kind: 'matrix', labels, columns }
    }
    const points = value.series.map(({ values, present }) => ({
      values: held(memory, values),
      present: held(memory, present),
    }))
    return { kind: 'vector', labels, points, ordered: value.ordered }
  })()
  return { message: { result, value: packed }, transfer: [...memory] }
}

/** Packs what an evaluation threw. */
export function packFault(error: unknown): WorkerReply {
  if (error instanceof QueryError) {
    const { message, line, column, phase } = error
    return { fault: { message, line, column, phase } }
  }
  return error instanceof Error
    ? { fault: { message: error.message, stack: error.stack } }
    : { fault: { message: String(error), stack: undefined } }
}

/** The result of a reply; throws what the evaluation threw. */
export function unpackReply(reply: WorkerReply): PromResult {
  if ('fault' in reply) throw asError(reply.fault)
  const { result, value } = reply
  if (value.kind === 'scalar' || value.kind === 'string') return { ...result, value }
  const sets = unpackLabels(value.labels)
  if (value.kind === 'matrix') return { ...result, value: { kind: 'matrix', series: labelled(sets, value.columns) } }
  return { ...result, value: { kind: 'vector', series: labelled(sets, value.points), ordered: value.ordered } }
}

function asError(fault: Fault): Error {
  if ('phase' in fault) return new QueryError(fault.message, fault.line, fault.column, fault.phase)
  const error = new Error(fault.message)
  if (fault.stack !== undefined) error.stack = fault.stack
  return error
}

function labelled<T>(sets: Generator<Labels, undefined>, columns: readonly T[]): (T & { labels: Labels })[] {
  return columns.map((one) => ({ ...one, labels: sets.next().value as Labels }))
}

/** Notes the memory of a column; memory that threads share already cannot be handed over and is copied. */
function held<T extends Float64Array | Uint8Array>(memory: Set<ArrayBuffer>, column: T): T {
  if (column.buffer instanceof ArrayBuffer) {
    memory.add(column.buffer)
    return column
  }
  return column.slice() as T
}
