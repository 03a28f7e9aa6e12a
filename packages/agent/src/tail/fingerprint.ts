import { hash } from 'node:crypto'
import { readSync } from 'node:fs'
import { crc32 } from 'node:zlib'

/** A file's first bytes, as far as they are looked at, tell it from others that have had its inode or its name. */
export const HEAD_BYTES = 1024
/** So many bytes before a place are looked at again to see whether the file is still the one that was read. */
export const ANCHOR_BYTES = 64

const START_BYTES = 64

/** The first bytes of a file in short: how many (at most HEAD_BYTES), and their hash. */
export interface Head {
  readonly length: number
  readonly hash: string
}

/** Up to ANCHOR_BYTES bytes before an offset in short. */
export interface Anchor {
  readonly offset: number
  readonly crc: number
}

export const NO_HEAD: Head = { length: 0, hash: '' }
export const NO_ANCHOR: Anchor = { offset: 0, crc: 0 }

export function headOf(bytes: Uint8Array): Head {
  const length = Math.min(bytes.length, HEAD_BYTES)
  if (length === 0) return NO_HEAD
  return { length, hash: hash('sha256', bytes.subarray(0, length), 'base64url').slice(0, 16) }
}

/** Files that begin differently are told apart by a number; undefined for files too short to say. */
export function startOf(bytes: Uint8Array): number | undefined {
  return bytes.length < START_BYTES ? undefined : crc32(bytes.subarray(0, START_BYTES))
}

/** Whether something that begins with `bytes` may be what had this head: it has at least as many bytes, and the same ones. */
export function hasHead(bytes: Uint8Array, head: Head): boolean {
  return bytes.length >= head.length && headOf(bytes.subarray(0, head.length)).hash === head.hash
}

export function anchorLength(anchor: Anchor): number {
  return Math.min(anchor.offset, ANCHOR_BYTES)
}

/** `bytes` end at `offset` and hold at least ANCHOR_BYTES, or everything before it. */
export function anchorAt(offset: number, bytes: Uint8Array): Anchor {
  return { offset, crc: crc32(bytes.subarray(Math.max(0, bytes.length - ANCHOR_BYTES))) }
}

/** Reads the first bytes of an open file. */
export function readHead(fd: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES)
  return bytes.subarray(0, readFully(fd, bytes, 0))
}

/** Whether an open file still has the bytes of an anchor. */
export function hasAnchor(fd: number, anchor: Anchor): boolean {
  const length = anchorLength(anchor)
  if (length === 0) return true
  const bytes = Buffer.allocUnsafe(length)
  if (readFully(fd, bytes, anchor.offset - length) < length) return false
  return crc32(bytes) === anchor.crc
}

/** The anchor of an open file at an offset that it has. */
export function readAnchor(fd: number, offset: number): Anchor {
  const bytes = Buffer.allocUnsafe(Math.min(offset, ANCHOR_BYTES))
  return anchorAt(offset, bytes.subarray(0, readFully(fd, bytes, offset - bytes.length)))
}

/** Reads until the buffer is full or the file ends; gives the number of bytes. */
export function readFully(fd: number, into: Uint8Array, position: number): number {
  let filled = 0
  while (filled < into.length) {
    const count = readSync(fd, into, filled, into.length - filled, position + filled)
    if (count === 0) break
    filled += count
  }
  return filled
}
