import { compileRegex } from '@girok/query/process'

/** Whether a text fits. */
export type LineTest = (text: string) => boolean

const MAX_STEPS_PER_CHARACTER = 64
/** A character, a set of them or an escape, and how often it comes. RE2's `\s` knows fewer characters than the host's. */
const ATOM =
  /(?:[^\\^$.|?*+()[\]{}]|\.|\\[dDwW]|\\[^a-zA-Z0-9]|\[\^?(?:[^\\[\]]|\\[dwDW]|\\[^a-zA-Z0-9])+\])(?:([*+])|\{(\d+)(,(\d+)?)?\}|(\?))?/y

/**
 * A test for a pattern in RE2's syntax; its time is linear in the text, whatever the pattern. Patterns for which that is plain
 * to see run on the host's engine, which is many times faster. Throws an error that says what is wrong with the pattern.
 */
export function compileLineTest(pattern: string, at: string): LineTest {
  const compiled = compileRegex(pattern, at)
  const native = nativeForm(pattern)
  if (native !== undefined) return (text) => native.test(text)
  return (text) => compiled.test(text)
}

function nativeForm(pattern: string): RegExp | undefined {
  const branches = pattern.split('|').map(plainlyLinear)
  if (branches.includes(undefined)) return undefined
  try {
    return new RegExp(branches.join('|'), 'u')
  } catch {
    // An escape that the host does not know.
    return undefined
  }
}

/** Atoms in a row of which at most one is repeated without bound, or none if it may begin anywhere. */
function plainlyLinear(pattern: string): string | undefined {
  const anchored = pattern.startsWith('^')
  let source = anchored ? '^' : ''
  let unbounded = anchored ? 0 : 1
  let ways = 1
  let at = source.length
  while (at < pattern.length) {
    ATOM.lastIndex = at
    const atom = ATOM.exec(pattern)
    if (atom === null) return pattern.slice(at) === '$' ? `${source}$` : undefined
    at = ATOM.lastIndex
    const [whole, star, least, range, most, maybe] = atom
    source += whole.startsWith('.') ? `[^\\n]${whole.slice(1)}` : whole
    if (star !== undefined || (range !== undefined && most === undefined)) unbounded++
    else if (maybe !== undefined) ways *= 2
    else if (most !== undefined) ways *= Number(most) - Number(least) + 1
    if (Number(least ?? 0) > MAX_STEPS_PER_CHARACTER || unbounded > 1 || ways > MAX_STEPS_PER_CHARACTER)
      return undefined
  }
  return source
}
