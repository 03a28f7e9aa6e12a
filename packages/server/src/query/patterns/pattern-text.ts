import { fitsPattern, splitLinePattern } from '@girok/query'

/** What may be anything. */
export const WILDCARD = '<_>'

/** A text that the filter language would take for a capture. */
const CAPTURE = /<[A-Za-z_]\w*>/g
/** Three wildcards and more in a row are free text of varying length. */
const FREE_TEXT = /<_>(?:\s+<_>){2,}/g

/** Writes a pattern of tokens, undefined for those that differ, so that it is valid behind `|>`. */
export function patternText(tokens: readonly (string | undefined)[], before: boolean, after: boolean): string {
  let text = before ? WILDCARD : ''
  let literal = ''
  const flush = (): void => {
    text += literal.replace(CAPTURE, WILDCARD)
    literal = ''
  }
  for (const token of tokens) {
    if (token !== undefined) literal += token
    else {
      flush()
      text += WILDCARD
    }
  }
  flush()
  if (after) text += WILDCARD
  return text.replace(FREE_TEXT, WILDCARD).replace(/(?:<_>){2,}/g, WILDCARD)
}

/**
 * The pattern, or a wider one that fits all the lines. The filter language matches from left to right without turning
 * back, so where a text also stands further left in a line, the pattern has to do without it.
 */
export function fittingPattern(pattern: string, lines: readonly string[]): string {
  let parts = splitLinePattern(pattern)
  for (let settled = false; !settled; ) {
    settled = true
    for (const line of lines) {
      while (!fitsPattern(parts, line)) {
        const wider = withoutMisfit(parts, line)
        if (wider.length === parts.length) break
        parts = wider
        // What fitted before may not fit now: a text that was skipped may be found too soon.
        settled = false
      }
    }
  }
  return parts.map((part) => ('capture' in part ? WILDCARD : part.literal)).join('')
}

type Parts = ReturnType<typeof splitLinePattern>

const ANYTHING: Parts[number] = { capture: '_' }

/** Leaves out the first text with which the line does not fit; the wildcards on both sides become one. */
function withoutMisfit(parts: Parts, line: string): Parts {
  const places = parts.flatMap((part, place) => ('literal' in part ? [place] : []))
  // Up to a text and with anything behind, the line fits, if it does up to each text before.
  const misfit = places.findLast((place) => place > 0 && fitsPattern(parts.slice(0, place), line)) ?? places[0]
  if (misfit === undefined) return parts
  const before = parts.slice(0, misfit)
  const after = parts.slice(misfit + 1)
  const joined = [...before, ...after]
  if (joined.length === 0) return [ANYTHING]
  return before.at(-1) && after[0] ? [...before.slice(0, -1), ...after] : joined
}
