import { ExpositionError } from './error.ts'
import { readLabels } from './labels.ts'
import { readNumber } from './number.ts'

export interface ReadExemplar {
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
  /** Milliseconds since the epoch; undefined: not said. */
  readonly timeMs: number | undefined
}

const CLOSE = 0x7d
const SPACE = 0x20

/**
 * Reads an exemplar of OpenMetrics, `{trace_id="x"} 0.5 1700000000.1`.
 * @throws ExpositionError
 */
export function readExemplar(bytes: Buffer, start: number, end: number, line: number): ReadExemplar {
  const fault = () =>
    new ExpositionError(
      `${JSON.stringify(bytes.toString('utf8', start, Math.min(end, start + 60)))} is no exemplar`,
      line,
    )
  // The last brace closes: nothing behind it may have one.
  const close = bytes.subarray(start, end).lastIndexOf(CLOSE)
  if (close < 0 || bytes[start + close + 1] !== SPACE) throw fault()
  const labels = new Map<string, string>()
  readLabels(bytes, start, start + close + 1, labels, line)
  const words = bytes.toString('latin1', start + close + 2, end).split(' ')
  const at = start + close + 2
  const valueEnd = at + (words[0] as string).length
  const value = readNumber(bytes, at, valueEnd)
  if (value === undefined || words.length > 2) throw fault()
  if (words.length === 1) return { labels, value, timeMs: undefined }
  const seconds = readNumber(bytes, valueEnd + 1, end)
  const timeMs = seconds === undefined ? Number.NaN : Math.round(seconds * 1000)
  if (!Number.isSafeInteger(timeMs)) throw fault()
  return { labels, value, timeMs }
}
