import type { PatternsResponse } from '@girok/server/contract'
import { levelOfName, levels } from '../model/level.ts'

export type Pattern = PatternsResponse['patterns'][number]
export type PatternOrder = 'count' | 'level' | 'text' | 'trend'

/** What stands for any text in a pattern. */
export const wildcard = '<_>'

/** Severity of a pattern's level, most severe first. */
function rankOf(pattern: Pattern): number {
  return levels.indexOf(levelOfName(pattern.level))
}

/**
 * Whether lines of a pattern became more frequent: share of its lines in the later half of the range less that in the
 * earlier, -1 to 1.
 */
export function trendOf(pattern: Pattern, startMs: number, endMs: number): number {
  const middle = (startMs + endMs) / 2 / 1000
  let [late, all] = [0, 0]
  for (const [seconds, count] of pattern.samples) {
    all += count
    if (seconds >= middle) late += count
  }
  return all === 0 ? 0 : (2 * late - all) / all
}

/** Patterns that hold a text, in an order; equal ones by frequency. */
export function listPatterns(
  patterns: readonly Pattern[],
  wanted: string,
  order: PatternOrder,
  span: { readonly startMs: number; readonly endMs: number },
): Pattern[] {
  const text = wanted.trim().toLowerCase()
  const found = patterns.filter(
    ({ pattern, example }) =>
      text === '' || pattern.toLowerCase().includes(text) || example.toLowerCase().includes(text),
  )
  const byCount = (a: Pattern, b: Pattern): number => b.count - a.count || (a.pattern < b.pattern ? -1 : 1)
  if (order === 'count') return found.sort(byCount)
  if (order === 'text') return found.sort((a, b) => (a.pattern < b.pattern ? -1 : a.pattern > b.pattern ? 1 : 0))
  if (order === 'level') return found.sort((a, b) => rankOf(a) - rankOf(b) || byCount(a, b))
  const trend = new Map(found.map((one) => [one, trendOf(one, span.startMs, span.endMs)]))
  return found.sort((a, b) => (trend.get(b) ?? 0) - (trend.get(a) ?? 0) || byCount(a, b))
}

export interface PatternPiece {
  readonly text: string
  /** True for what a wildcard stands for, or for the wildcard itself. */
  readonly wild: boolean
}

/** The texts and wildcards of a pattern in order. */
export function piecesOf(pattern: string): PatternPiece[] {
  return pattern
    .split(/(<_>)/)
    .filter((text) => text !== '')
    .map((text) => ({ text, wild: text === wildcard }))
}

/** A line with what its pattern's wildcards stand for marked; whole and unmarked when it is not of the pattern. */
export function varyingOf(line: string, pattern: string): PatternPiece[] {
  const found: PatternPiece[] = []
  const add = (text: string, wild: boolean): void => {
    if (text !== '') found.push({ text, wild })
  }
  const parts = pattern.split(wildcard)
  let at = 0
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1
    // The last text stands at the end of the line: an earlier place would leave a rest that nothing explains.
    const place = index === 0 ? 0 : last ? Math.max(at, line.length - part.length) : line.indexOf(part, at)
    if (place < 0 || !line.startsWith(part, place)) return [{ text: line, wild: false }]
    add(line.slice(at, place), true)
    add(part, false)
    at = place + part.length
  }
  return at === line.length ? found : [{ text: line, wild: false }]
}

export interface Bar {
  /** Place from the left and height, both 0 to 1. */
  readonly x: number
  readonly height: number
}

/** Bars of a small chart; samples of one step become one bar, the greatest is 1. */
export function barsOf(pattern: Pattern, startMs: number, endMs: number, bars: number): Bar[] {
  const counts = new Map<number, number>()
  for (const [seconds, count] of pattern.samples) {
    const place = Math.floor(((seconds * 1000 - startMs) / (endMs - startMs)) * bars)
    const bar = Math.min(bars - 1, Math.max(0, place))
    counts.set(bar, (counts.get(bar) ?? 0) + count)
  }
  const most = Math.max(1, ...counts.values())
  return [...counts].map(([bar, count]) => ({ x: bar / bars, height: count / most }))
}
