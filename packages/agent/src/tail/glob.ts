const MAX_ALTERNATIVES = 1000

/** One step of a pattern on its way down from its base folder. */
export type GlobStep = { readonly kind: 'any depth' } | { readonly kind: 'name'; readonly pattern: RegExp | string }

/** A pattern without alternatives: walk from `base` along `steps`. */
export interface GlobPath {
  /** The folder that everything matched lies in: the part without wildcards. */
  readonly base: string
  readonly steps: readonly GlobStep[]
}

export interface Glob {
  readonly pattern: string
  readonly paths: readonly GlobPath[]
  /** Whether the whole path fits. */
  readonly matches: (path: string) => boolean
}

/**
 * Reads a pattern of absolute paths: `*` and `?` stay within a name and match leading dots, `**` as a whole name matches any
 * depth of folders, `[a-z]` and `[!a-z]` one character, `{a,b}` either; `\` takes the next character as it is.
 * Throws RangeError with what is wrong.
 */
export function compileGlob(pattern: string): Glob {
  if (!pattern.startsWith('/')) throw new RangeError(`${JSON.stringify(pattern)} is no absolute path: begin it with /`)
  const paths: GlobPath[] = []
  const whole: RegExp[] = []
  for (const alternative of alternatives(pattern)) {
    const names = alternative.split('/').filter((name) => name !== '' && name !== '.')
    if (names.includes('..')) throw new RangeError(`${JSON.stringify(pattern)} has a ..: write the folder itself`)
    if (alternative.endsWith('/') || names.length === 0)
      throw new RangeError(`${JSON.stringify(pattern)} ends with /: add a name such as *.log`)
    const steps = names.map(stepOf)
    const firstWild = steps.findIndex((step) => step.kind === 'any depth' || typeof step.pattern !== 'string')
    const baseSteps = steps.slice(0, firstWild < 0 ? steps.length - 1 : firstWild)
    const base = `/${baseSteps.map((step) => (step as { pattern: string }).pattern).join('/')}`
    paths.push({ base, steps: steps.slice(baseSteps.length) })
    whole.push(wholePath(steps))
  }
  return { pattern, paths, matches: (path) => whole.some((one) => one.test(path)) }
}

/** `a{b,c{d,e}}` as `ab`, `acd`, `ace`. */
function alternatives(pattern: string): string[] {
  const open = unescaped(pattern, '{', 0)
  if (open < 0) return [pattern]
  const options: string[] = []
  let depth = 0
  let from = open + 1
  for (let at = open; at < pattern.length; at++) {
    const char = pattern[at]
    if (char === '\\') at++
    else if (char === '{') depth++
    else if (char === ',' && depth === 1) {
      options.push(pattern.slice(from, at))
      from = at + 1
    } else if (char === '}' && --depth === 0) {
      options.push(pattern.slice(from, at))
      const all: string[] = []
      for (const option of options) {
        for (const rest of alternatives(pattern.slice(0, open) + option + pattern.slice(at + 1))) all.push(rest)
        if (all.length > MAX_ALTERNATIVES) throw new RangeError(`${JSON.stringify(pattern)} has too many alternatives`)
      }
      return all
    }
  }
  throw new RangeError(`${JSON.stringify(pattern)} has a { without its }`)
}

function unescaped(pattern: string, wanted: string, from: number): number {
  for (let at = from; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++
    else if (pattern[at] === wanted) return at
  }
  return -1
}

function stepOf(name: string): GlobStep {
  if (name === '**') return { kind: 'any depth' }
  if (!/[*?[]/.test(name.replace(/\\./g, ''))) return { kind: 'name', pattern: name.replace(/\\(.)/g, '$1') }
  return { kind: 'name', pattern: new RegExp(`^${nameSource(name)}$`, 's') }
}

function nameSource(name: string): string {
  let source = ''
  for (let at = 0; at < name.length; at++) {
    const char = name[at] as string
    if (char === '\\') source += literal(name[++at] ?? '\\')
    else if (char === '?') source += '[^/]'
    else if (char === '*') {
      while (name[at + 1] === '*') at++
      source += '[^/]*'
    } else if (char === '[') {
      const close = name.indexOf(']', at + (/[!^]/.test(name[at + 1] ?? '') ? 3 : 2))
      if (close < 0) throw new RangeError(`${JSON.stringify(name)} has a [ without its ]`)
      source += characterClass(name.slice(at + 1, close))
      at = close
    } else source += literal(char)
  }
  return source
}

function characterClass(inner: string): string {
  const negative = /^[!^]/.test(inner)
  const members = (negative ? inner.slice(1) : inner).replace(/[\\\]^[]/g, '\\$&')
  try {
    return new RegExp(`[${negative ? '^/' : ''}${members}]`).source
  } catch {
    throw new RangeError(`[${inner}] is no set of characters: its ranges run backwards`)
  }
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function wholePath(steps: readonly GlobStep[]): RegExp {
  let source = ''
  steps.forEach((step, index) => {
    const last = index === steps.length - 1
    if (step.kind === 'any depth') source += last ? '/.+' : '(?:/[^/]+)*'
    else source += `/${typeof step.pattern === 'string' ? literal(step.pattern) : step.pattern.source.slice(1, -1)}`
  })
  return new RegExp(`^${source}$`, 's')
}
