import type { Labels, Place, SourceLine } from '../model/source.ts'
import { type CutLine, TRUNCATED } from './line-cutter.ts'
import type { LineShape } from './line-shape.ts'

/** What one line of a container's log file says. */
export interface Piece {
  readonly text: string
  /** Pieces of one stream belong together until one ends the line. */
  readonly stream: string
  readonly ends: boolean
  readonly timeNs?: bigint
  readonly labels: Labels
  readonly metadata?: readonly (readonly [name: string, value: string])[]
}

export interface PiecesOptions {
  /** Undefined for a line that is not of the format: it is passed on whole. */
  readonly read: (line: CutLine) => Piece | undefined
  readonly maxLineBytes: number
  /** How long the end of a line is waited for. */
  readonly maxWaitMs: number
}

interface Entry {
  readonly place: number
  readonly first: Omit<Piece, 'text' | 'ends' | 'labels'> & { readonly labels?: Labels }
  text: string
  /** Length of all pieces; more than `text` when the line is too long. */
  length: number
  done: boolean
  /** Where its further pieces begin. */
  readonly further: number[]
}

const STREAMS: ReadonlyMap<string, Labels> = new Map(
  ['stdout', 'stderr'].map((stream) => [stream, new Map([['stream', stream]])]),
)

/** Labels of a line of a container's stream; undefined when there is no such stream. */
export function streamLabels(stream: string): Labels | undefined {
  return STREAMS.get(stream)
}

/** Lines that wait behind an unfinished one before it is given out as it is. */
const MAX_WAITING = 4096

/**
 * Joins the pieces that container runtimes split long lines into. Lines are given out in the order in which they begin, so
 * one whose end is still to come holds back those of the other stream. When pieces of two streams stand among one another,
 * a place names, behind the offset, pieces that were given out already: `100-200,300`.
 */
export class Pieces implements LineShape {
  readonly #options: PiecesOptions
  #queue: Entry[] = []
  readonly #open = new Map<string, Entry>()
  /** Where pieces begin that lie behind the head of the queue and were given out with a line before it. */
  #given: number[] = []
  #skip = new Set<number>()
  #sinceMs = 0

  constructor(options: PiecesOptions) {
    this.#options = options
  }

  get heldPlace(): Place | undefined {
    const head = this.#queue[0]
    return head && this.#placeOf(head)
  }

  resume(place: string): number {
    const [offset = '0', given = ''] = place.split('-')
    this.#skip = new Set(given.split(',').filter(Boolean).map(Number))
    return Number(offset)
  }

  take(lines: readonly CutLine[], nowMs: number, out: SourceLine[]): void {
    for (const line of lines) {
      if (this.#skip.delete(line.place)) {
        this.#given.push(line.place)
        continue
      }
      this.#add(line, this.#options.read(line))
      if (this.#queue.length > MAX_WAITING) this.#giveUp()
    }
    this.#giveDone(out)
    this.#sinceMs = nowMs
  }

  flush(nowMs: number, all: boolean, out: SourceLine[]): void {
    if (!all && nowMs - this.#sinceMs < this.#options.maxWaitMs) return
    while (this.#queue.length > 0) {
      this.#giveUp()
      this.#giveDone(out)
    }
  }

  #add(line: CutLine, piece: Piece | undefined): void {
    if (piece === undefined) {
      const { text, place, metadata } = line
      const first = { stream: '', ...(metadata && { metadata }) }
      this.#queue.push({ place, first, text, length: text.length, done: true, further: [] })
      return
    }
    const open = this.#open.get(piece.stream)
    if (open === undefined) {
      const { text, ends } = piece
      const entry = { place: line.place, first: piece, text: '', length: 0, done: ends, further: [] }
      this.#append(entry, text)
      this.#queue.push(entry)
      if (!ends) this.#open.set(piece.stream, entry)
      return
    }
    this.#append(open, piece.text)
    open.further.push(line.place)
    if (!piece.ends) return
    open.done = true
    this.#open.delete(piece.stream)
  }

  #append(entry: Entry, text: string): void {
    const room = this.#options.maxLineBytes - entry.text.length
    entry.text += text.length <= room ? text : text.slice(0, Math.max(0, room))
    entry.length += text.length
  }

  #giveUp(): void {
    const head = this.#queue[0]!
    head.done = true
    if (this.#open.get(head.first.stream) === head) this.#open.delete(head.first.stream)
  }

  #giveDone(out: SourceLine[]): void {
    let count = 0
    for (; count < this.#queue.length && this.#queue[count]!.done; count++) {
      const entry = this.#queue[count]!
      out.push(this.#line(entry))
      this.#given.push(...entry.further)
    }
    if (count > 0) this.#queue = this.#queue.slice(count)
    if (this.#queue.length === 0) this.#given = []
  }

  #line(entry: Entry): SourceLine {
    const { timeNs, labels, metadata = [] } = entry.first
    const cut = entry.length > entry.text.length
    const all = cut ? [...metadata, [TRUNCATED, String(entry.length)] as const] : metadata
    return {
      text: entry.text,
      place: this.#placeOf(entry),
      ...(timeNs !== undefined && { timeNs }),
      ...(labels && { labels }),
      ...(all.length > 0 && { metadata: all }),
    }
  }

  #placeOf({ place }: Entry): Place {
    if (this.#given.length === 0) return place
    this.#given = this.#given.filter((given) => given > place)
    return this.#given.length === 0 ? place : `${place}-${this.#given.join(',')}`
  }
}
