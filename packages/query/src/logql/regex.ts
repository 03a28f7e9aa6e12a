import { RE2JS, RE2JSException } from 're2js'

interface Verdict {
  readonly fault?: string
  /** Whether the anchored pattern matches the empty text. */
  readonly matchesEmpty: boolean
  readonly namedGroups: number
}

/**
 * Compiling costs more than parsing a whole query, and editors and dashboards send the same few patterns again and again:
 * verdicts (not programs) of the latest patterns are kept.
 */
const verdicts = new Map<string, Verdict>()
const MOST_VERDICTS = 500
const LONGEST_KEPT = 2000

function verdictOf(pattern: string): Verdict {
  const known = verdicts.get(pattern)
  if (known !== undefined) return known
  const verdict = judge(pattern)
  if (pattern.length <= LONGEST_KEPT) {
    if (verdicts.size >= MOST_VERDICTS) verdicts.delete(verdicts.keys().next().value as string)
    verdicts.set(pattern, verdict)
  }
  return verdict
}

function judge(pattern: string): Verdict {
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.DOTALL)
    return { matchesEmpty: compiled.matches(''), namedGroups: Object.keys(compiled.namedGroups()).length }
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    return { fault: regexMessage(error), matchesEmpty: false, namedGroups: 0 }
  }
}

function regexMessage(error: Error): string {
  return error.message.startsWith('error parsing regexp') ? error.message : `error parsing regexp: ${error.message}`
}

/** Why a pattern is no RE2 expression, or undefined when it is one. */
export function regexFault(pattern: string): string | undefined {
  return verdictOf(pattern).fault
}

/** Whether a pattern, anchored at both ends, matches the empty text. False for a broken one. */
export function matchesEmpty(pattern: string): boolean {
  return verdictOf(pattern).matchesEmpty
}

/** Why a pattern cannot serve the `regexp` stage: broken, or without a named group. */
export function captureFault(pattern: string): string | undefined {
  const { fault, namedGroups } = verdictOf(pattern)
  if (fault !== undefined) return fault
  return namedGroups > 0 ? undefined : 'at least one named capture must be supplied, such as (?P<name>\\w+)'
}
