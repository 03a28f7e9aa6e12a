import { closeSync, openSync, readSync } from 'node:fs'
import type { LineSink } from '../model/sink.ts'
import type { Labels, Place, Source, SourceLine } from '../model/source.ts'
import { type EncodingName, encodingOf } from './encoding.ts'
import {
  ANCHOR_BYTES,
  type Anchor,
  anchorAt,
  anchorLength,
  HEAD_BYTES,
  type Head,
  hasAnchor,
  hasHead,
  headOf,
  NO_ANCHOR,
  NO_HEAD,
  readHead,
  startOf,
} from './fingerprint.ts'
import type { FileIdentity } from './identity.ts'
import { type CutLine, LineCutter, MAX_LINES } from './line-cutter.ts'
import type { LineShape } from './line-shape.ts'

const READ_BYTES = 64 * 1024
const NOTHING: Buffer = Buffer.alloc(0)

/** One for all files: what was read is lines before anything else is read. */
let buffer: Buffer = NOTHING

function readBuffer(bytes: number): Buffer {
  if (buffer.length < bytes) buffer = Buffer.allocUnsafeSlow(bytes)
  return buffer.subarray(0, bytes)
}

/** What all files of one input have in common. */
export interface FollowOptions {
  readonly kind: string
  readonly input: string
  readonly lines: LineSink
  readonly encoding: EncodingName
  readonly maxLineBytes: number
  readonly shape?: () => LineShape
  readonly now: () => number
}

export interface FollowStart {
  readonly key: string
  readonly labels: Labels
  readonly path: string
  readonly id: string
  readonly sinceMs: number
  readonly origin?: string | undefined
  readonly target?: string | undefined
  readonly head?: Head
  readonly anchor?: Anchor
}

/** One content of a file on its way through names and inodes: how far it was read, and by what to know it again. */
export class Follower {
  readonly #options: FollowOptions
  readonly #source: { -readonly [K in keyof Source]: Source[K] }
  readonly sinceMs: number
  /** The path under which it was found first. */
  readonly origin: string
  /** Changed by the roster only, while it is in it. */
  path: string
  target: string | undefined
  id: string
  head: Head
  /** The bytes before the offset up to which everything was read. */
  anchor: Anchor
  fd: number | undefined
  /** Size and time of change as they were seen last. */
  size = 0
  modifiedMs = 0
  /** Up to where the file was looked at: an unfinished last line may stand before it. */
  seenSize = 0
  grownMs: number
  /** Milliseconds since the epoch when it was no longer at its path; undefined while it is. */
  awayMs: number | undefined
  /** It has been moved away from the path of its writer, to another that is watched. */
  rotated = false
  /** It is a copy that nobody writes to any more. */
  copied = false
  gzip = false
  wholeBytes: number | undefined
  retiredMs: number | undefined
  /** Of a gzip file: the bytes of the anchor and of an unfinished line behind it. */
  carried: Buffer = NOTHING
  /** Of its first START_BYTES bytes, where it has so many. */
  start: number | undefined
  ready = false
  /** The look for new paths that was the last one begun when it left its path. */
  awayScan = 0
  fault: string | undefined
  count = 0
  lineMs: number | undefined
  #cutter: LineCutter | undefined
  readonly #shape: LineShape | undefined
  #after: Place | undefined

  constructor(options: FollowOptions, start: FollowStart) {
    this.#options = options
    this.origin = start.origin ?? start.path
    this.path = start.path
    this.target = start.target
    this.id = start.id
    this.sinceMs = start.sinceMs
    this.head = start.head ?? NO_HEAD
    this.anchor = start.anchor ?? NO_ANCHOR
    this.grownMs = options.now()
    this.#shape = options.shape?.()
    this.#source = { key: start.key, input: options.input, labels: start.labels }
    this.seenSize = this.offset
    this.size = this.offset
  }

  /** Everything before it was read. */
  get offset(): number {
    return this.anchor.offset
  }

  get source(): Source {
    this.#source.identity = this.identity()
    return this.#source
  }

  get holds(): boolean {
    return this.#shape?.heldPlace !== undefined
  }

  /** Everything that stands in the file was given out. */
  get isRead(): boolean {
    if (this.gzip) return this.wholeBytes !== undefined
    return this.size <= this.offset && !this.holds && this.#cutter?.openPlace === undefined
  }

  get holeBytes(): number {
    return this.#cutter?.holeBytes ?? 0
  }

  identity(): FileIdentity {
    const { path, origin, target, id, head, anchor, sinceMs, gzip, wholeBytes, retiredMs } = this
    const { kind, input } = this.#options
    return {
      kind,
      input,
      path,
      ...(origin !== path && { origin }),
      ...(target !== undefined && { target }),
      id,
      head,
      anchor,
      sinceMs,
      ...(gzip && { gzip }),
      ...(wholeBytes !== undefined && { wholeBytes }),
      ...(retiredMs !== undefined && { retiredMs }),
    }
  }

  /** Reading goes on at a place that was kept; gives its offset. */
  resumeAt(place: Place): number {
    this.#after = place
    return typeof place === 'number' ? place : (this.#shape?.resume?.(place) ?? Number.parseInt(place, 10))
  }

  /** Sets where reading begins. */
  standAt(anchor: Anchor): void {
    this.anchor = anchor
    this.seenSize = anchor.offset
    this.size = Math.max(this.size, anchor.offset)
  }

  /** Remembers its first bytes. */
  knowHead(bytes: Uint8Array): void {
    this.head = headOf(bytes)
    this.start = startOf(bytes)
  }

  /** Looks at the first bytes of the open file that were not there before: it may wait to be read. */
  lookAtHead(): void {
    if (this.fd === undefined || this.gzip || this.head.length === HEAD_BYTES) return
    const bytes = readHead(this.fd)
    if (bytes.length <= this.head.length || !hasHead(bytes, this.head)) return
    this.knowHead(bytes)
    this.keep()
  }

  open(): number {
    this.fd ??= openSync(this.path, 'r')
    return this.fd
  }

  /** Reads from a path that is not its own: where it was moved, or copied. */
  openAt(path: string): void {
    this.close()
    this.fd = openSync(path, 'r')
  }

  /** A gzip file was opened and passed by up to the offset; `before` are the last bytes before it. */
  beginPacked(before: Buffer): void {
    this.anchor = anchorAt(this.offset, before)
    this.carried = before
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd)
    this.fd = undefined
  }

  /** Whether an open file has what was read of this one. */
  isSame(fd: number): boolean {
    return this.offset === 0 ? hasHead(readHead(fd), this.head) : hasAnchor(fd, this.anchor)
  }

  /** Reads and gives out one buffer. `replaced`: the file no longer has what was read of it. */
  read(): 'more' | 'end' | 'replaced' {
    // The second time for a line that is longer than usual, but not too long.
    return this.#readBytes(READ_BYTES) ?? this.#readBytes(this.#wholeLineBytes) ?? 'end'
  }

  /** Enough that a line of the allowed length is whole in it, or seen to be too long. */
  get #wholeLineBytes(): number {
    return Math.max(READ_BYTES, this.#options.maxLineBytes + 1024)
  }

  /** Undefined when not even one line ends within the limit, and it may be higher. */
  #readBytes(limit: number): 'more' | 'end' | 'replaced' | undefined {
    const fd = this.open()
    const { offset } = this
    const bytes = this.#fromAnchor(fd, limit)
    const back = anchorLength(this.anchor)
    if (bytes === undefined) return 'replaced'
    if (offset === 0 && this.head.length > 0 && !hasHead(bytes, this.head)) return 'replaced'
    if (this.head.length < HEAD_BYTES) this.knowHead(offset === 0 ? bytes : readHead(fd))
    const cutter = this.#openCutter(() => (offset === 0 ? bytes : readHead(fd)))
    const lines: CutLine[] = []
    const done = cutter.cut(bytes, back, offset, lines)
    const filled = bytes.length === limit
    if (done === 0 && filled && limit < this.#wholeLineBytes) return undefined
    if (done > 0) this.anchor = anchorAt(offset + done, bytes.subarray(0, back + done))
    const more = filled || lines.length >= MAX_LINES
    this.seenSize = more ? this.offset : offset + bytes.length - back
    this.size = Math.max(this.size, this.seenSize)
    this.#give(lines)
    return more ? 'more' : 'end'
  }

  /** Bytes from the anchor on, at most so many; undefined when it is not there any more. */
  #fromAnchor(fd: number, limit: number): Buffer | undefined {
    const back = anchorLength(this.anchor)
    const whole = readBuffer(limit)
    const bytes = whole.subarray(0, readSync(fd, whole, 0, limit, this.offset - back))
    if (bytes.length < back) return undefined
    return back === 0 || anchorAt(this.offset, bytes.subarray(0, back)).crc === this.anchor.crc ? bytes : undefined
  }

  /** Gives out bytes of a gzip file that follow those before. */
  take(chunk: Buffer): void {
    const bytes = Buffer.concat([this.carried, chunk])
    const back = Math.min(this.offset, ANCHOR_BYTES)
    if (this.offset === 0) this.knowHead(bytes)
    const cutter = this.#openCutter(() => bytes)
    let from = back
    for (let done = -1; done !== 0 && from < bytes.length; from += done) {
      const lines: CutLine[] = []
      done = cutter.cut(bytes, from, this.offset, lines)
      this.anchor = anchorAt(this.offset + done, bytes.subarray(0, from + done))
      this.#give(lines)
    }
    this.carried = Buffer.from(bytes.subarray(Math.max(0, from - ANCHOR_BYTES)))
  }

  /** Nothing more will come: gives out the line without an end, and what is held. */
  giveRest(): void {
    const bytes = this.gzip ? this.carried : this.#readRest()
    const back = anchorLength(this.anchor)
    const lines: CutLine[] = []
    if (bytes.length > back) {
      this.#openCutter(() => bytes).cutLast(bytes, back, this.offset, lines)
      this.anchor = anchorAt(this.offset + bytes.length - back, bytes)
      this.seenSize = this.offset
    }
    this.carried = NOTHING
    this.#give(lines)
    this.flush(true)
  }

  #readRest(): Buffer {
    if (this.fd === undefined) return NOTHING
    return this.#fromAnchor(this.fd, this.#wholeLineBytes) ?? NOTHING
  }

  /** Gives out what was held long enough. */
  flush(all: boolean): void {
    if (this.#shape === undefined) return
    const out: SourceLine[] = []
    this.#shape.flush(this.#options.now(), all, out)
    this.#write(out)
  }

  /** Keeps where it stands, and what it is known by now. */
  keep(): void {
    this.#after = this.#place()
    this.#options.lines.write(this.source, [], this.#after)
  }

  #openCutter(head: () => Uint8Array): LineCutter {
    this.#cutter ??= new LineCutter(encodingOf(this.#options.encoding, head()), this.#options.maxLineBytes)
    return this.#cutter
  }

  #place(): Place {
    return this.#shape?.heldPlace ?? this.#cutter?.openPlace ?? this.offset
  }

  #give(lines: CutLine[]): void {
    if (this.#shape === undefined) {
      this.#write(lines)
      return
    }
    const out: SourceLine[] = []
    if (lines.length > 0) this.#shape.take(lines, this.#options.now(), out)
    this.#write(out)
  }

  #write(lines: readonly SourceLine[]): void {
    const after = this.#place()
    if (lines.length === 0 && after === this.#after) return
    this.#after = after
    if (lines.length > 0) {
      this.count += lines.length
      this.lineMs = this.#options.now()
    }
    this.#options.lines.write(this.source, lines, after)
  }
}
