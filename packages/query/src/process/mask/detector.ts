/**
 * Finds secrets of one kind. Candidates are found by the host's engine, which backtracks: so each expression begins where
 * no other candidate can have begun (a lookbehind of one character) or repeats within bounds, and takes linear time.
 */
export interface Detector {
  readonly name: string
  readonly summary: string
  /** Global and sticky-free; a candidate is the whole match. */
  readonly candidates: RegExp
  /** A text that any line with a candidate contains, to pass most lines over; undefined when there is none. */
  readonly needs?: (text: string) => boolean
  /** How many characters of the candidate are a secret, 0 for none. Default: all. */
  readonly length?: (candidate: string, text: string, at: number) => number
}

/** Declares a detector. */
export function defineDetector(detector: Detector): Detector {
  return detector
}

/** Replaces what the detector finds. */
export function replaceDetected(
  { candidates, needs, length }: Detector,
  text: string,
  replace: (value: string) => string,
): string {
  if (needs !== undefined && !needs(text)) return text
  candidates.lastIndex = 0
  let out = ''
  let at = 0
  for (let found = candidates.exec(text); found !== null; found = candidates.exec(text)) {
    const value = found[0]
    const size = length === undefined ? value.length : length(value, text, found.index)
    if (size > 0) {
      out += text.slice(at, found.index) + replace(value.slice(0, size))
      at = found.index + size
      candidates.lastIndex = at
    } else if (value === '') candidates.lastIndex++
  }
  return at === 0 ? text : out + text.slice(at)
}
