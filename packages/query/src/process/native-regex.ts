import { ANY, type CharSet, CLASSES, charSet, classSource, complement, overlaps } from './char-set.ts'

/** Finds a pattern in a text and gives the values of its named groups; false when it is not found. */
export type Groups = (text: string, emit: (name: string, value: string) => void) => boolean

/** A character set, how often it is repeated, and brackets of groups around it. */
interface Piece {
  readonly set: CharSet
  readonly min: number
  readonly max: number
  /** Prefers few to many. */
  readonly lazy: boolean
}
type Token = Piece | '(' | '(?:' | ')'

/**
 * The pattern for the host's engine, which is some ten times faster at finding groups, where that is proven to take linear
 * time and to mean the same; undefined for all others.
 *
 * Proof: the pattern is a sequence of repeated character sets, in which no set that is repeated variably shares a character
 * with what may follow it. So there is one way at most to match from a given start, and after a failure each step back fails
 * at once. It starts at the beginning of the text; or else it has a fixed length up to a single variable repetition at its
 * end, so that a start that fails has looked at a bounded number of characters.
 */
export function nativeGroups(
  pattern: string,
  groups: readonly { readonly name: string; readonly index: number }[],
): Groups | undefined {
  const source = linearSource(pattern)
  if (source === undefined) return undefined
  const compiled = new RegExp(source, 'u')
  return (text, emit) => {
    const match = compiled.exec(text)
    if (match === null) return false
    for (let i = 0; i < groups.length; i++) {
      const { name, index } = groups[i] as (typeof groups)[number]
      emit(name, match[index] ?? '')
    }
    return true
  }
}

/** The source for the host's engine, or undefined. */
export function linearSource(pattern: string): string | undefined {
  const isAnchored = pattern.startsWith('^')
  const isClosed = pattern.endsWith('$') && !/\\(?:\\\\)*\$$/.test(pattern)
  const tokens = new PatternReader(pattern.slice(isAnchored ? 1 : 0, isClosed ? -1 : undefined)).read()
  if (tokens === undefined) return undefined
  const pieces = tokens.filter((token) => typeof token === 'object')
  if (!isUnambiguous(pieces) || !(isAnchored || startsBounded(pieces, isClosed))) return undefined
  const body = tokens.map((token) => (typeof token === 'object' ? pieceSource(token) : token)).join('')
  return `${isAnchored ? '^' : ''}${body}${isClosed ? '$' : ''}`
}

function isUnambiguous(pieces: readonly Piece[]): boolean {
  return pieces.every(({ set, min, max }, index) => {
    if (min === max) return true
    for (const follower of pieces.slice(index + 1)) {
      if (overlaps(set, follower.set)) return false
      if (follower.min > 0) return true
    }
    return true
  })
}

function startsBounded(pieces: readonly Piece[], isClosed: boolean): boolean {
  const isFixed = ({ min, max }: Piece) => min === max
  const least = pieces.reduce((sum, { min }) => sum + min, 0)
  // With an end that must follow, a start may look at the whole rest and fail.
  return (
    pieces.length > 0 &&
    least <= MOST_FOR_A_START &&
    pieces.slice(0, -1).every(isFixed) &&
    (!isClosed || pieces.every(isFixed))
  )
}

function pieceSource({ set, min, max, lazy }: Piece): string {
  const times =
    min === 1 && max === 1 ? '' : `{${min},${max === Number.POSITIVE_INFINITY ? '' : max}}${lazy ? '?' : ''}`
  return classSource(set) + times
}

/** Characters that a failing start may look at. */
const MOST_FOR_A_START = 200

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
  ['v', '\v'],
])
const PUNCTUATION = /^[!-/:-@[-`{-~]$/
const GROUP = /\((?:\?(?:P?<[A-Za-z0-9_]+>|:))?/y
const TIMES = /\{(\d{1,3})(?:(,)(\d{0,3}))?\}/y
const LONGEST = 1_000

/** Reads a sequence of characters, classes and groups; gives up at everything else. */
class PatternReader {
  private readonly pattern: string
  private at = 0

  constructor(pattern: string) {
    this.pattern = pattern
  }

  read(): readonly Token[] | undefined {
    const { pattern } = this
    const tokens: Token[] = []
    let depth = 0
    while (this.at < pattern.length) {
      const character = pattern[this.at] as string
      if (character === '(') {
        const opened = this.group()
        if (opened === undefined || ++depth > 50) return undefined
        tokens.push(opened)
      } else if (character === ')') {
        this.at++
        // A repeated group is no sequence.
        if (--depth < 0 || '*+?{'.includes(pattern[this.at] ?? ' ')) return undefined
        tokens.push(')')
      } else {
        const set = this.set(character)
        const piece = set === undefined ? undefined : this.repeated(set)
        if (piece === undefined || tokens.length > LONGEST) return undefined
        tokens.push(piece)
      }
    }
    return depth === 0 ? tokens : undefined
  }

  private group(): '(' | '(?:' | undefined {
    GROUP.lastIndex = this.at
    const opened = (GROUP.exec(this.pattern) as RegExpExecArray)[0]
    this.at += opened.length
    if (opened === '(' && this.pattern[this.at] === '?') return undefined
    return opened === '(?:' ? '(?:' : '('
  }

  /** The set at the place; undefined for what is none. */
  private set(character: string): CharSet | undefined {
    if (character === '.') {
      this.at++
      return ANY
    }
    if (character === '[') return this.bracket()
    if (character === '\\') return this.escape()
    if ('|*+?{}^$'.includes(character)) return undefined
    return this.literal()
  }

  private literal(): CharSet | undefined {
    const point = this.pattern.codePointAt(this.at) as number
    // Halves of surrogate pairs are read by each engine in its own way.
    if (point >= 0xd800 && point <= 0xdfff) return undefined
    this.at += point > 0xffff ? 2 : 1
    return [[point, point]]
  }

  private escape(): CharSet | undefined {
    const kind = this.pattern[this.at + 1]
    if (kind === undefined) return undefined
    const known = CLASSES.get(kind)
    const meant = ESCAPED.get(kind) ?? (PUNCTUATION.test(kind) ? kind : undefined)
    if (known === undefined && meant === undefined) return undefined
    this.at += 2
    const point = meant?.codePointAt(0)
    return point === undefined ? known : [[point, point]]
  }

  private bracket(): CharSet | undefined {
    const { pattern } = this
    this.at++
    const isNegated = pattern[this.at] === '^'
    if (isNegated) this.at++
    const ranges: (readonly [number, number])[] = []
    for (let isFirst = true; pattern[this.at] !== ']' || isFirst; isFirst = false) {
      const character = pattern[this.at]
      if (character === undefined || character === '[' || (isFirst && character === ']')) return undefined
      const low = character === '\\' ? this.escape() : this.literal()
      if (low === undefined) return undefined
      if (pattern[this.at] !== '-' || pattern[this.at + 1] === ']') {
        ranges.push(...low)
        continue
      }
      this.at++
      const high = pattern[this.at] === '\\' ? this.escape() : this.literal()
      const [from] = low
      const [to] = high ?? []
      const isRange = low.length === 1 && high?.length === 1 && from?.[0] === from?.[1] && to?.[0] === to?.[1]
      if (!isRange || from === undefined || to === undefined || from[0] > to[0]) return undefined
      ranges.push([from[0], to[0]])
    }
    this.at++
    const set = charSet(ranges)
    return isNegated ? complement(set) : set
  }

  private repeated(set: CharSet): Piece | undefined {
    const { pattern } = this
    let [min, max] = [1, 1]
    const sign = pattern[this.at]
    if (sign === '*' || sign === '+' || sign === '?') {
      this.at++
      min = sign === '+' ? 1 : 0
      max = sign === '?' ? 1 : Number.POSITIVE_INFINITY
    } else if (sign === '{') {
      TIMES.lastIndex = this.at
      const times = TIMES.exec(pattern)
      if (times === null) return undefined
      this.at += times[0].length
      min = Number(times[1])
      max = times[2] === undefined ? min : times[3] === '' ? Number.POSITIVE_INFINITY : Number(times[3])
    } else return { set, min, max, lazy: false }
    const lazy = pattern[this.at] === '?'
    if (lazy) this.at++
    return max < min || '*+?{'.includes(pattern[this.at] ?? ' ') ? undefined : { set, min, max, lazy }
  }
}
