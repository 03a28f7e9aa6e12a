/** A part of a `pattern` stage or `|>` filter: literal text, or a capture (`name` `_` captures nothing). */
export type LinePatternPart = { readonly literal: string } | { readonly capture: string }

const CAPTURE = /<([A-Za-z_]\w*)>/g

/** Splits a line pattern such as `<method> <path> took <_>ms` into its parts; every text is a pattern. */
export function splitLinePattern(pattern: string): LinePatternPart[] {
  const parts: LinePatternPart[] = []
  let from = 0
  for (const match of pattern.matchAll(CAPTURE)) {
    if (match.index > from) parts.push({ literal: pattern.slice(from, match.index) })
    parts.push({ capture: match[1] as string })
    from = match.index + match[0].length
  }
  if (from < pattern.length) parts.push({ literal: pattern.slice(from) })
  return parts
}

/** Why a text cannot serve the `pattern` stage, or undefined when it can. */
export function linePatternFault(pattern: string): string | undefined {
  const parts = splitLinePattern(pattern)
  const names = new Set<string>()
  for (const part of parts) {
    if (!('capture' in part) || part.capture === '_') continue
    if (names.has(part.capture)) return `duplicate capture name (${part.capture})`
    names.add(part.capture)
  }
  if (names.size === 0) return 'at least one capture is required, such as <name>'
  return adjacentFault(parts)
}

/** Why a text cannot serve the `|>` and `!>` line filters, or undefined when it can. */
export function lineFilterPatternFault(pattern: string): string | undefined {
  const parts = splitLinePattern(pattern)
  const named = parts.find((part) => 'capture' in part && part.capture !== '_')
  if (named !== undefined && 'capture' in named) {
    return `named captures are not allowed: write <_> instead of <${named.capture}>`
  }
  return adjacentFault(parts)
}

function adjacentFault(parts: readonly LinePatternPart[]): string | undefined {
  for (let i = 1; i < parts.length; i++) {
    const left = parts[i - 1] as LinePatternPart
    const right = parts[i] as LinePatternPart
    if ('capture' in left && 'capture' in right) {
      return `found consecutive captures <${left.capture}><${right.capture}>: a literal text must stand between them`
    }
  }
  return undefined
}
