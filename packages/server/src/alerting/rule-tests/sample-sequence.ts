/** Values of a series at even distances: a number, a gap, or the marker that the series has ended. */
export type SequenceValue = number | 'gap' | 'stale'

const REPEATED = /^(?<first>[^x]+?)(?:x(?<times>\d+))?$/
const STEPPED =
  /^(?<start>[+-]?(?:[\d.]+(?:[eE][+-]?\d+)?|[iI]nf|[nN]a[nN]))(?<step>[+-](?:[\d.]+(?:[eE][+-]?\d+)?|[iI]nf))?$/
const MOST_VALUES = 1_000_000

/**
 * Reads the notation of promtool's unit tests: `1 2 3`, `0+10x5` (0, 10 … 50), `1x3` (four times 1), `_` and `_x3` (gaps),
 * `stale`. Throws an Error that names what cannot be read.
 */
export function readSequence(text: string): SequenceValue[] {
  if (text.includes('{{')) throw new Error('native histograms are not supported')
  const values: SequenceValue[] = []
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const [body = '', count] = splitTimes(word)
    if (values.length + (count ?? 0) >= MOST_VALUES) throw new Error(`more than ${MOST_VALUES} values`)
    if (word === 'stale') {
      values.push('stale')
      continue
    }
    if (body === '_') {
      // One gap is written `_`, three are `_x3`; values repeat once more than the number says.
      for (let i = 0; i < (count ?? 1); i++) values.push('gap')
      continue
    }
    const parts = STEPPED.exec(body)?.groups
    if (parts === undefined) throw new Error(`${JSON.stringify(word)} is no value: write 1, 0+10x5, _, _x3 or stale`)
    if (parts.step !== undefined && count === undefined) {
      throw new Error(`${JSON.stringify(word)} needs a number of steps: ${word}x10`)
    }
    const step = parts.step === undefined ? 0 : numberOf(parts.step)
    let value = numberOf(parts.start as string)
    for (let i = 0; i <= (count ?? 0); i++) {
      values.push(value)
      value += step
    }
  }
  return values
}

/** `0x4` is 0 five times: hexadecimal numbers would be ambiguous. */
function splitTimes(word: string): [string, number | undefined] {
  const parts = REPEATED.exec(word)?.groups
  return parts?.times === undefined ? [word, undefined] : [parts.first as string, Number(parts.times)]
}

function numberOf(text: string): number {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return Number.NaN
  return text.startsWith('+') ? Number(text.slice(1)) : text.startsWith('-') ? -Number(text.slice(1)) : Number(text)
}
