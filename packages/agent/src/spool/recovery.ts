import { closeSync, fstatSync, ftruncateSync, openSync, renameSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { InputContext } from '../model/input.ts'
import type { SourcePosition } from '../model/source.ts'
import type { Losses } from './losses.ts'
import { readSnapshot } from './positions-file.ts'
import { announcedBytes, decodeDetail, FIXED_BYTES, type RecordHead } from './record-form.ts'
import { extend, isEmpty, newSegment, type Segment } from './segment.ts'
import { readOrZeros, SegmentScan } from './segment-scan.ts'

export interface RecoveryOptions {
  readonly folder: string
  readonly id: Buffer
  /** First sequences of the segments that are there, oldest first. */
  readonly firsts: readonly number[]
  /** Sequences that destinations have got to. */
  readonly cursors: readonly (number | undefined)[]
  readonly losses: Losses
  readonly log: InputContext['log']
}

export interface Recovered {
  /** Oldest first. */
  readonly segments: Segment[]
  readonly positions: Map<string, SourcePosition>
  /** Of the record to come. */
  readonly nextSequence: number
  /** Of the last record that the snapshot on the disk knows of. */
  readonly snapshotSequence: number
}

/** Reads the heads of all that a folder holds, cuts off a torn end, and counts what cannot be verified. */
export function recover(options: RecoveryOptions): Recovered {
  const { folder, id, firsts, cursors, losses, log } = options
  const { snapshot, bad } = readSnapshot(folder)
  if (bad.length > 0) log('warning', 'a snapshot of positions cannot be verified', { files: bad })
  const usable = snapshot?.id === id.toString('hex') ? snapshot : undefined
  const positions = new Map((usable?.positions ?? []).map((position) => [position.key, position]))
  const snapshotSequence = usable?.sequence ?? 0
  const reached = cursors.reduce<number>((most, cursor) => Math.max(most, cursor ?? 1), 1)
  // What nobody waits for is not lost.
  const wanted = cursors.length === 0 ? 1 : Math.min(...cursors.map((cursor) => cursor ?? 1))
  const segments: Segment[] = []
  // What was before the oldest segment was removed.
  let last = (firsts[0] ?? 1) - 1
  for (const first of firsts) {
    const before = segments.at(-1)
    const segment = newSegment(folder, first, before === undefined ? 0 : before.base + before.bytes)
    const isNewest = first === firsts.at(-1)
    const fd = openSync(segment.path, isNewest ? 'r+' : 'r')
    try {
      const size = fstatSync(fd).size
      const scan = new SegmentScan(fd, () => size, id)
      let torn = false
      for (let record = scan.next(0, last); record !== undefined; record = scan.next(record.end, last)) {
        const { head, end, offset } = record
        losses.missing(Math.max(last + 1, wanted), head.sequence)
        torn = isNewest && end >= size && isTorn(fd, size, offset, head, reached, losses)
        if (torn) break
        extend(segment, head.sequence, head.atMs)
        segment.bytes = Math.min(end, size)
        last = head.sequence
        if (head.sequence > snapshotSequence) apply(positions, decodeDetail(record.bytes, head).positions)
      }
      let isForeign = size > 0
      if (!isNewest) segment.bytes = size
      else if (size > segment.bytes) {
        const damaged = !torn && isDamage(fd, size, segment.bytes)
        if (damaged) losses.unverifiable(segment.last + 1, 0)
        isForeign = damaged
        if (!damaged || !isEmpty(segment)) cutTail(fd, size, segment, log)
      }
      if (isEmpty(segment) && isForeign) setAside(segment, log)
      else segments.push(segment)
    } finally {
      closeSync(fd)
    }
  }
  return {
    segments,
    positions,
    nextSequence: Math.max(last, reached - 1, snapshotSequence) + 1,
    snapshotSequence,
  }
}

/** Moves positions on. */
export function apply(positions: Map<string, SourcePosition>, moved: readonly SourcePosition[]): void {
  for (const position of moved) {
    if (position.place === null) positions.delete(position.key)
    else positions.set(position.key, position)
  }
}

/**
 * Whether the last record was not written to its end: then nobody was told that it is kept, and its sources are read again
 * from before it. A destination that has got it knows better.
 */
function isTorn(fd: number, size: number, offset: number, head: RecordHead, reached: number, losses: Losses): boolean {
  const payload = Buffer.alloc(head.payloadBytes)
  const start = offset + FIXED_BYTES + head.detailBytes
  readOrZeros(fd, payload.subarray(0, Math.max(0, Math.min(head.payloadBytes, size - start))), start)
  if (start + head.payloadBytes <= size && crc32(payload) === head.payloadCrc) return false
  if (reached > head.sequence) return false
  if (start + head.payloadBytes <= size) losses.unverifiable(head.sequence, head.count)
  return true
}

/** Whether there is more behind the last record than a write that a crash broke off: zeros, or a record without its end. */
function isDamage(fd: number, size: number, end: number): boolean {
  if (size - end < FIXED_BYTES) return false
  const start = Buffer.alloc(FIXED_BYTES)
  readOrZeros(fd, start, end)
  const announced = announcedBytes(start)
  return announced === undefined ? start.some((byte) => byte !== 0) : end + announced <= size
}

function cutTail(fd: number, size: number, { path, bytes }: Segment, log: InputContext['log']): void {
  log('info', 'cut off the end of the spool, which was not written whole', { file: path, bytes: size - bytes })
  ftruncateSync(fd, bytes)
}

/** A file without a single record of this spool may be all damaged, or stand here by mistake: it is not for us to delete. */
function setAside({ path }: Segment, log: InputContext['log']): void {
  renameSync(path, `${path}.unreadable`)
  log('warning', 'a file of the spool holds no record that can be verified and was renamed', {
    file: `${path}.unreadable`,
  })
}
