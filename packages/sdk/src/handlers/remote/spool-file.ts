/**
 * A batch as a file: a line of text that describes it, then its entries, each with a line feed.
 *
 *     girok-spool 1 <key> <number of entries> <bytes of the entries> <crc32 of the entries> <crc32 of the line so far>
 */
import { builtin } from './builtin.ts'
import { crc32 as crc32InJavaScript } from './crc32.ts'

const MAGIC = 'girok-spool 1'
const HEADER = /^(girok-spool 1 (\S+) (\d+) (\d+) ([0-9a-f]{8})) ([0-9a-f]{8})$/

/** Bytes of a file's beginning that hold any header. */
const HEADER_BYTES = 512

export type Fs = typeof import('node:fs')

interface Header {
  readonly key: string
  readonly count: number
  /** Of the entries with their line feeds. */
  readonly bytes: number
  readonly checksum: string
  /** Where the entries begin. */
  readonly end: number
}

/** The header and the entries, each to be written after the other: to join them would copy every batch. */
export function encodeBatch(key: string, entries: readonly string[]): readonly [header: Buffer, body: Buffer] {
  const body = Buffer.from(`${entries.join('\n')}\n`)
  const line = `${MAGIC} ${key} ${entries.length} ${body.length} ${checksum(body)}`
  return [Buffer.from(`${line} ${checksum(Buffer.from(line))}\n`), body]
}

/** The header at the beginning of a file, undefined when it is damaged. */
function decodeHeader(start: Buffer): Header | undefined {
  const lineEnd = start.subarray(0, HEADER_BYTES).indexOf(10)
  const match = lineEnd === -1 ? null : HEADER.exec(start.toString('latin1', 0, lineEnd))
  if (match === null) return undefined
  const [, line, key, count, bytes, sum, own] = match as unknown as [string, ...string[]] & string[]
  if (checksum(Buffer.from(line as string)) !== own) return undefined
  return { key: key as string, count: Number(count), bytes: Number(bytes), checksum: sum as string, end: lineEnd + 1 }
}

/** The entries of a whole file; undefined when a single bit of it is not as it was written, or is missing. */
export function decodeBatch(file: Buffer): { readonly key: string; readonly entries: string[] } | undefined {
  const header = decodeHeader(file)
  if (header === undefined) return undefined
  const body = file.subarray(header.end)
  if (body.length !== header.bytes || checksum(body) !== header.checksum) return undefined
  const entries = body.toString('utf8', 0, body.length - 1).split('\n')
  return entries.length === header.count ? { key: header.key, entries } : undefined
}

const native = builtin('node:zlib')?.crc32

function checksum(bytes: Uint8Array): string {
  const value = native === undefined ? crc32InJavaScript(bytes) : native(bytes)
  return value.toString(16).padStart(8, '0')
}

/** Writes `<path>.batch`. Under that name a file is whole from the beginning, whatever ends the process. */
export function writeWhole(fs: Fs, path: string, content: readonly Buffer[], sync: boolean): void {
  const file = fs.openSync(`${path}.part`, 'w')
  try {
    for (const part of content) fs.writeFileSync(file, part)
    if (sync) fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
  fs.renameSync(`${path}.part`, `${path}.batch`)
  if (!sync) return
  // The name too must reach the disk. Windows does not open directories, and does not need it.
  let directory: number | undefined
  try {
    directory = fs.openSync(path.slice(0, path.lastIndexOf('/')), 'r')
    fs.fsyncSync(directory)
  } catch {
    // The file is there, and its name most likely too.
  } finally {
    if (directory !== undefined) fs.closeSync(directory)
  }
}

/** What a file says of itself. With a damaged header: no key, and the number of lines that look like entries. */
export function readHeader(
  fs: Fs,
  path: string,
): { readonly key?: string; readonly count: number; readonly bytes: number } {
  try {
    const file = fs.openSync(path, 'r')
    try {
      const start = Buffer.alloc(HEADER_BYTES)
      const header = decodeHeader(start.subarray(0, fs.readSync(file, start, 0, HEADER_BYTES, 0)))
      if (header !== undefined) return { key: header.key, count: header.count, bytes: fs.fstatSync(file).size }
    } finally {
      fs.closeSync(file)
    }
    const whole = fs.readFileSync(path)
    return { count: Math.max(1, whole.toString('latin1').split('\n').length - 2), bytes: whole.length }
  } catch {
    return { count: 1, bytes: 0 }
  }
}
