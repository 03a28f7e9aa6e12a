import type { SampleSpan } from './statement.ts'

/**
 * Samples that one statement may give: 16 MB of columns, of which the engine holds twice as much while it collects them.
 * With 2 million a sum of rates of 1.4 million samples took 260 instead of 210 ms, because nothing was evaluated before all
 * was read.
 */
export const SAMPLES_PER_STATEMENT = 1_000_000
/** Ids in one statement: the engine's parser takes 256 KiB of text unless told. */
const IDS_PER_STATEMENT = 5000

/** What one or more statements, one for each span, read. */
export interface Piece {
  readonly ids: readonly string[]
  /** Start and end, both inclusive; more than one only for a single series. */
  readonly spans: readonly (readonly [startMs: number, endMs: number])[]
}

/**
 * How close samples stand, as seen in earlier reads. Counting them first would cost 45 ms for 1.4 million samples that
 * take 100 ms to read.
 */
export class Density {
  /** Samples per series and second; at the start those of an interval of 10 s. */
  #perSecond = 0.1

  /** Learns from what was read: at once when samples are closer, slowly when they are not. */
  note(samples: number, seriesSeconds: number): void {
    if (seriesSeconds > 0) this.#perSecond = Math.max(samples / seriesSeconds, 0.9 * this.#perSecond)
  }

  /** Samples of one series in so many seconds, rather too many. */
  guess(seconds: number): number {
    return 1.25 * this.#perSecond * seconds
  }
}

/** Seconds of each series that a span covers. */
export function coveredSeconds({ startMs, endMs, windows }: SampleSpan): number {
  const seconds = (endMs - startMs + 1) / 1000
  return windows === undefined ? seconds : (seconds * windows.windowMs) / windows.everyMs
}

/** Cuts a read into statements by guess; undefined when single series may be too long for one. Ids are in order. */
export function guessedPieces(span: SampleSpan, density: Density): readonly Piece[] | undefined {
  // One sample per second is more than nearly anybody has.
  const seconds = coveredSeconds(span)
  const perSeries = span.ids.length * seconds <= SAMPLES_PER_STATEMENT ? 1 : density.guess(seconds)
  if (perSeries > SAMPLES_PER_STATEMENT / 2) return undefined
  const most = Math.min(IDS_PER_STATEMENT, Math.max(1, Math.floor(SAMPLES_PER_STATEMENT / perSeries)))
  const pieces: Piece[] = []
  for (let i = 0; i < span.ids.length; i += most) {
    pieces.push({ ids: span.ids.slice(i, i + most), spans: [[span.startMs, span.endMs]] })
  }
  return pieces
}

/** Cuts a read into statements by counts of rows, in order of id. */
export function countedPieces(span: SampleSpan, counts: Iterable<readonly [string, number]>): readonly Piece[] {
  const { startMs, endMs } = span
  const whole = [[startMs, endMs]] as const
  const pieces: Piece[] = []
  let ids: string[] = []
  let samples = 0
  for (const [id, count] of counts) {
    if (count > SAMPLES_PER_STATEMENT) {
      const spans = cut(startMs, endMs, Math.ceil((1.5 * count) / SAMPLES_PER_STATEMENT))
      pieces.push({ ids: [id], spans })
      continue
    }
    if (samples + count > SAMPLES_PER_STATEMENT) {
      pieces.push({ ids, spans: whole })
      ids = []
      samples = 0
    }
    ids.push(id)
    samples += count
  }
  if (ids.length > 0) pieces.push({ ids, spans: whole })
  return pieces
}

/** Lists of ids that a statement can hold. */
export function* idLists(ids: readonly string[]): Generator<readonly string[]> {
  for (let i = 0; i < ids.length; i += IDS_PER_STATEMENT) yield ids.slice(i, i + IDS_PER_STATEMENT)
}

function cut(startMs: number, endMs: number, parts: number): [number, number][] {
  const spans: [number, number][] = []
  const length = Math.ceil((endMs - startMs + 1) / parts)
  for (let from = startMs; from <= endMs; from += length) spans.push([from, Math.min(endMs, from + length - 1)])
  return spans
}
