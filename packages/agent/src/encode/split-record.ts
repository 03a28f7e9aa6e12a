import type { SpoolRecord } from '../model/spool.ts'
import { ByteWriter } from './byte-writer.ts'
import { bufferOf, FieldWalker } from './field-walker.ts'

/** Part of a record that was too large for its receiver. */
export interface RecordPart {
  readonly payload: Uint8Array
  /** Lines or samples in it. */
  readonly count: number
}

/** Something that can be moved to the other half: a line, a sample, an exemplar, a description of a metric. */
interface Piece {
  /** The fields that name its labels; undefined: it stands outside of any series. */
  readonly head: Buffer | undefined
  readonly bytes: Buffer
  /** 1 for lines and samples; others go with those before them. */
  readonly weight: 0 | 1
}

/**
 * Two halves of a PushRequest or WriteRequest, with as many lines or samples each, in their order; always the same two for
 * the same record. Undefined when there is but one line or sample. Throws RangeError when it is no such message.
 */
export function splitRecord(
  kind: SpoolRecord['kind'],
  payload: Uint8Array,
): readonly [RecordPart, RecordPart] | undefined {
  const pieces = piecesOf(kind, bufferOf(payload))
  const count = pieces.reduce((sum, piece) => sum + piece.weight, 0)
  if (count < 2) return undefined
  const half = count >> 1
  let cut = 0
  for (let seen = 0; seen + (pieces[cut] as Piece).weight <= half; cut++) seen += (pieces[cut] as Piece).weight
  return [partOf(pieces.slice(0, cut)), partOf(pieces.slice(cut))]
}

function piecesOf(kind: SpoolRecord['kind'], payload: Buffer): Piece[] {
  const descriptions: Piece[] = []
  const pieces: Piece[] = []
  const outer = new FieldWalker(payload)
  for (let field = outer.next(); field !== 0; field = outer.next()) {
    if (field === 1) pieces.push(...membersOf(kind, outer))
    else descriptions.push({ head: undefined, bytes: payload.subarray(outer.from, outer.stop), weight: 0 })
  }
  return [...descriptions, ...pieces]
}

/** Entries of a stream, or samples and exemplars of a series. */
function membersOf(kind: SpoolRecord['kind'], outer: FieldWalker): Piece[] {
  const heads: Buffer[] = []
  const members: { readonly bytes: Buffer; readonly weight: 0 | 1 }[] = []
  const inner = outer.message()
  for (let field = inner.next(); field !== 0; field = inner.next()) {
    const bytes = inner.bytes.subarray(inner.from, inner.stop)
    if (field === 1) heads.push(bytes)
    else members.push({ bytes, weight: kind === 'samples' && field !== 2 ? 0 : 1 })
  }
  const head = Buffer.concat(heads)
  return members.map((member) => ({ head, ...member }))
}

function partOf(pieces: readonly Piece[]): RecordPart {
  const bytes = pieces.reduce((sum, piece) => sum + piece.bytes.length + (piece.head?.length ?? 0) + 12, 0)
  const writer = new ByteWriter(Buffer.allocUnsafeSlow(bytes))
  let count = 0
  for (let i = 0; i < pieces.length; ) {
    const { head } = pieces[i] as Piece
    if (head === undefined) {
      writer.raw((pieces[i++] as Piece).bytes)
      continue
    }
    const start = i
    let length = head.length
    for (; i < pieces.length && pieces[i]?.head === head; i++) length += (pieces[i] as Piece).bytes.length
    writer.byte(0x0a)
    writer.varint(length)
    writer.raw(head)
    for (const piece of pieces.slice(start, i)) {
      writer.raw(piece.bytes)
      count += piece.weight
    }
  }
  return { payload: writer.bytes.subarray(0, writer.length), count }
}
