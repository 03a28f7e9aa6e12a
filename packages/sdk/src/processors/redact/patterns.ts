import { builtinPatterns } from './builtin-patterns.ts'
import type { ValuePattern } from './value-pattern.ts'

/** Built-in kinds of secrets, see the page about redaction for what each finds. */
export type PatternName = keyof typeof builtinPatterns

/** A text without its secrets; the same text when there are none. */
export type Scrub = (text: string) => string

type Replace = (found: string, foundBy: string) => string

/**
 * Compiles patterns into one function. Undefined when there are none.
 * @throws RangeError for an unknown name, and for an expression that matches the empty text
 */
export function scrubber(patterns: readonly (PatternName | RegExp)[], replace: Replace): Scrub | undefined {
  if (patterns.length === 0) return undefined
  const steps = patterns.flatMap((pattern) => stepsOf(pattern, replace))
  return (text) => {
    let result = text
    for (let index = 0; index < steps.length; index++) result = (steps[index] as Scrub)(result)
    return result
  }
}

function stepsOf(pattern: PatternName | RegExp, replace: Replace): Scrub[] {
  if (pattern instanceof RegExp) return [ownStep(pattern, replace)]
  if (!Object.hasOwn(builtinPatterns, pattern)) {
    const names = Object.keys(builtinPatterns).join(', ')
    throw new RangeError(`unknown redaction pattern ${JSON.stringify(pattern)}: use a RegExp or one of ${names}`)
  }
  return builtinPatterns[pattern].map((builtin) => builtinStep(builtin, (found) => replace(found, pattern)))
}

function ownStep(pattern: RegExp, replace: Replace): Scrub {
  const find = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`)
  if (''.search(find) !== -1) {
    throw new RangeError(`redaction pattern ${pattern} matches the empty text, so it would match everywhere`)
  }
  const foundBy = String(pattern)
  return (text) => text.replace(find, (found: string) => replace(found, foundBy))
}

function builtinStep(pattern: ValuePattern, replace: (found: string) => string): Scrub {
  const { minLength, needs, find, keepsFirstGroup = false, overlaps = false } = pattern
  return (text) => {
    if (text.length < minLength) return text
    if (needs !== undefined && !needs.some((needed) => text.includes(needed))) return text
    let result = ''
    let done = 0
    find.lastIndex = 0
    for (let match = find.exec(text); match !== null; match = find.exec(text)) {
      const kept = keepsFirstGroup ? (match[1] as string).length : 0
      const found = match[0].slice(kept)
      const from = match.index + kept
      const length = pattern.measure?.(found, from, text) ?? found.length
      if (length === 0) {
        if (overlaps) find.lastIndex = match.index + 1
        continue
      }
      result += text.slice(done, from) + replace(found.slice(0, length))
      done = from + length
      find.lastIndex = done
    }
    return done === 0 ? text : result + text.slice(done)
  }
}
