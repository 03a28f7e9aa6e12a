/** What a simple pattern amounts to: any of the texts, with anything (or nothing) allowed on either side. */
export interface LiteralPattern {
  readonly texts: readonly string[]
  readonly ignoreCase: boolean
  /** The pattern begins / ends with `.*`. */
  readonly openStart: boolean
  readonly openEnd: boolean
}

const MAX_TEXTS = 64
const MAX_DEPTH = 20
const META = /[\\^$.|?*+()[\]{}]/
const ESCAPED_META = /^[\\^$.|?*+()[\]{}/"'`\-_,:;=<>@#%&!~ ]$/

/**
 * Reads a pattern that is only literals: `error`, `(?i)timeout`, `a|b`, `(GET|PUT) /x`, `.*fail.*`. Undefined for all
 * others, which go to the regular-expression engine. Worth it because most patterns in queries are of this kind.
 */
export function literalPattern(pattern: string): LiteralPattern | undefined {
  let rest = pattern
  let ignoreCase = false
  if (rest.startsWith('(?i)')) {
    ignoreCase = true
    rest = rest.slice(4)
  }
  const openStart = rest.startsWith('.*')
  if (openStart) rest = rest.slice(2)
  const openEnd = rest.endsWith('.*') && rest[rest.length - 3] !== '\\'
  if (openEnd) rest = rest.slice(0, -2)
  const reader = new LiteralReader(rest)
  const texts = reader.alternation(0)
  if (texts === undefined || !reader.atEnd()) return undefined
  // `.*a|b` is `(.*a)|b`: the openness belongs to one branch only.
  if ((openStart || openEnd) && reader.topLevelBranches > 1) return undefined
  return { texts, ignoreCase, openStart, openEnd }
}

class LiteralReader {
  topLevelBranches = 1
  private at = 0
  private readonly source: string

  constructor(source: string) {
    this.source = source
  }

  atEnd(): boolean {
    return this.at === this.source.length
  }

  alternation(depth: number): string[] | undefined {
    const all: string[] = []
    for (;;) {
      const branch = this.sequence(depth)
      if (branch === undefined) return undefined
      all.push(...branch)
      if (all.length > MAX_TEXTS) return undefined
      if (this.source[this.at] !== '|') return all
      if (depth === 0) this.topLevelBranches++
      this.at++
    }
  }

  private sequence(depth: number): string[] | undefined {
    let texts = ['']
    while (this.at < this.source.length) {
      const char = this.source[this.at] as string
      if (char === '|' || (char === ')' && depth > 0)) break
      let next: readonly string[]
      if (char === '(') {
        const inner = this.group(depth)
        if (inner === undefined) return undefined
        next = inner
      } else if (char === '\\') {
        const escaped = this.source[this.at + 1]
        if (escaped === undefined || !ESCAPED_META.test(escaped)) return undefined
        next = [escaped]
        this.at += 2
      } else if (META.test(char)) return undefined
      else {
        next = [char]
        this.at++
      }
      const following = this.source[this.at]
      if (following === '*' || following === '+' || following === '?' || following === '{') return undefined
      if (texts.length * next.length > MAX_TEXTS) return undefined
      texts = next.length === 1 ? texts.map((t) => t + next[0]) : texts.flatMap((t) => next.map((n) => t + n))
    }
    return texts
  }

  private group(depth: number): string[] | undefined {
    if (depth >= MAX_DEPTH) return undefined
    this.at++
    if (this.source.startsWith('?:', this.at)) this.at += 2
    else if (this.source[this.at] === '?') return undefined
    const inner = this.alternation(depth + 1)
    if (inner === undefined || this.source[this.at] !== ')') return undefined
    this.at++
    return inner
  }
}
