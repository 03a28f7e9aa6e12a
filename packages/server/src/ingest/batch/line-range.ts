import { isAscii } from 'node:buffer'
import { validUtf8 } from '../decode/utf8.ts'
import type { IngestLimits } from '../limits.ts'
import type { Assembler } from './assembler.ts'

/** Up to here looking at each byte is faster than a view of them and a call into the engine. */
const SHORT_BYTES = 96

function isShortAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) return false
  return true
}

/**
 * Where in the batch's bytes a line stands that the body holds at `start` … `end`: there, unless it is not valid UTF-8 and
 * is repaired. A line over the limit is refused anyway and need not be repaired.
 */
export function lineRange(
  bytes: Buffer,
  start: number,
  end: number,
  assembler: Assembler,
  { maxLineSize, maxDecompressedBytes }: IngestLimits,
): readonly [start: number, end: number] {
  if (maxLineSize > 0 && end - start > maxLineSize) return [start, end]
  if (end - start <= SHORT_BYTES && isShortAscii(bytes, start, end)) return [start, end]
  const line = bytes.subarray(start, end)
  if (isAscii(line)) return [start, end]
  const repaired = validUtf8(line, maxDecompressedBytes)
  if (repaired === line) return [start, end]
  const foreign = assembler.foreignText(repaired)
  return [foreign, foreign + repaired.length]
}
