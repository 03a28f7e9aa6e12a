import { formatSampleValue, type Labels, type Series } from '@girok/query'
import type { PromValue, SampleSeries } from '@girok/query/promql'
import { inOrderOfLabels } from '../../query/label-order.ts'
import type { PromAnswer } from '../../query/promql/prom-engine.ts'
import { inPieces } from '../in-pieces.ts'
import { secondsText, valueText } from './number-text.ts'

/**
 * Answers of `query` and `query_range`, by hand: a matrix of 360,000 points is 12 MB of text. It goes out in pieces, each
 * made when the client has taken the last, so that neither the text is ever whole in memory nor the event loop held. That
 * takes 0.3 s of CPU, more than half of it to make texts of doubles; arrays that are joined, and buffers, are no faster.
 */

/** Below this many numbers the text is made at once: it takes a fraction of a millisecond. */
const SMALL = 4_000

export interface AnswerParts {
  readonly resultType: 'matrix' | 'vector' | 'scalar' | 'string'
  /** Pieces of the JSON of `result`, each of any length. */
  readonly result: Iterable<string>
  /** Roughly how many numbers that holds. */
  readonly numbers: number
}

/** A range query: points on the grid of the answer; a scalar becomes a series without labels. */
export function matrixParts({ value, grid }: Pick<PromAnswer, 'value' | 'grid'>): AnswerParts {
  const series = seriesOf(value, grid.count)
  return { resultType: 'matrix', result: gridRows(series, grid), numbers: series.length * grid.count }
}

/** An instant query: what the expression gives, with its own type. */
export function instantParts({ value, grid }: Pick<PromAnswer, 'value' | 'grid'>): AnswerParts {
  const at = secondsText(grid.startMs)
  if (value.kind === 'scalar') {
    const text = formatSampleValue(value.values[0] ?? Number.NaN)
    return { resultType: 'scalar', result: [`[${at},"${text}"]`], numbers: 1 }
  }
  if (value.kind === 'string') {
    return { resultType: 'string', result: [`[${at},${JSON.stringify(value.text)}]`], numbers: 1 }
  }
  if (value.kind === 'vector') {
    const series = value.ordered ? value.series : inOrderOfLabels(value.series)
    return { resultType: 'vector', result: vectorRows(series, at), numbers: series.length }
  }
  const numbers = value.series.reduce((sum, { times }) => sum + times.length, 0)
  return { resultType: 'matrix', result: sampleRows(inOrderOfLabels(value.series)), numbers }
}

function seriesOf(value: PromValue, count: number): readonly Series[] {
  if (value.kind === 'vector') return inOrderOfLabels(value.series)
  if (value.kind !== 'scalar') throw new Error(`a range query gave a ${value.kind}`)
  return [{ labels: new Map(), values: value.values, present: new Uint8Array(count).fill(1) }]
}

function* gridRows(series: readonly Series[], { startMs, stepMs, count }: PromAnswer['grid']): Generator<string> {
  // The beginnings of points are the same in all series: `[1.5,"`.
  const starts = Array.from({ length: count }, (_, step) => `[${secondsText(startMs + step * stepMs)},"`)
  yield '['
  let isFirst = true
  for (const { labels, values, present } of series) {
    let points = ''
    for (let step = 0; step < count; step++) {
      if (present[step] !== 1) continue
      points += `${points === '' ? '' : ','}${starts[step]}${valueText(values[step] as number)}"]`
    }
    if (points === '') continue
    yield `${isFirst ? '' : ','}{"metric":${labelsJson(labels)},"values":[${points}]}`
    isFirst = false
  }
  yield ']'
}

function* vectorRows(series: readonly Series[], at: string): Generator<string> {
  yield '['
  let isFirst = true
  for (const { labels, values, present } of series) {
    if (present[0] !== 1) continue
    const value = valueText(values[0] as number)
    yield `${isFirst ? '' : ','}{"metric":${labelsJson(labels)},"value":[${at},"${value}"]}`
    isFirst = false
  }
  yield ']'
}

function* sampleRows(series: readonly SampleSeries[]): Generator<string> {
  yield '['
  let isFirst = true
  for (const { labels, times, values } of series) {
    yield `${isFirst ? '' : ','}{"metric":${labelsJson(labels)},"values":[`
    isFirst = false
    for (let i = 0; i < times.length; i++) {
      yield `${i === 0 ? '' : ','}[${secondsText(times[i] as number)},"${valueText(values[i] as number)}"]`
    }
    yield ']}'
  }
  yield ']'
}

/** A label set as a JSON object, names in order. */
export function labelsJson(labels: Labels): string {
  const names = [...labels.keys()].sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(labels.get(name))}`).join(',')}}`
}

/** What stands around the result. */
export interface Surroundings {
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
  /** JSON of `data.stats`, where it was asked for. */
  readonly stats: string | undefined
}

/** The whole body: a string where it is small, else pieces. */
export function answerBody(
  parts: AnswerParts,
  { warnings, infos, stats }: Surroundings,
): string | AsyncIterable<string> {
  const head = `{"status":"success","data":{"resultType":"${parts.resultType}","result":`
  const told = [
    warnings.length > 0 ? `,"warnings":${JSON.stringify(warnings)}` : '',
    infos.length > 0 ? `,"infos":${JSON.stringify(infos)}` : '',
  ]
  const tail = `${stats === undefined ? '' : `,"stats":${stats}`}}${told.join('')}}\n`
  return parts.numbers > SMALL ? inPieces(head, parts.result, () => tail) : head + [...parts.result].join('') + tail
}
