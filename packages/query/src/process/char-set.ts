/** A set of characters: ranges of code points, rising, apart from one another. */
export type CharSet = readonly (readonly [from: number, to: number])[]

const LAST = 0x10ffff

/** The ranges in order, joined where they touch. */
export function charSet(ranges: readonly (readonly [number, number])[]): CharSet {
  const sorted = [...ranges].sort(([a], [b]) => a - b)
  const joined: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  return joined
}

export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = []
  let next = 0
  for (const [from, to] of set) {
    if (from > next) rest.push([next, from - 1])
    next = to + 1
  }
  if (next <= LAST) rest.push([next, LAST])
  return rest
}

export function overlaps(a: CharSet, b: CharSet): boolean {
  return a.some(([from, to]) => b.some(([low, high]) => from <= high && low <= to))
}

const code = (character: string): number => character.codePointAt(0) as number
const DIGIT = charSet([[code('0'), code('9')]])
const WORD = charSet([...DIGIT, [code('A'), code('Z')], [code('a'), code('z')], [code('_'), code('_')]])
const SPACE = charSet(['\t', '\n', '\f', '\r', ' '].map((character) => [code(character), code(character)]))

/** What `\d` and its like mean in RE2: ASCII only. */
export const CLASSES: ReadonlyMap<string, CharSet> = new Map([
  ['d', DIGIT],
  ['D', complement(DIGIT)],
  ['w', WORD],
  ['W', complement(WORD)],
  ['s', SPACE],
  ['S', complement(SPACE)],
])

/** What `.` means: anything but a line end. */
export const ANY: CharSet = complement(charSet([[code('\n'), code('\n')]]))

/** The set as a class of a regular expression with the flag `u`. */
export function classSource(set: CharSet): string {
  const shown = set.map(([from, to]) => (from === to ? unit(from) : `${unit(from)}-${unit(to)}`))
  return `[${shown.join('')}]`
}

function unit(point: number): string {
  return `\\u{${point.toString(16)}}`
}
