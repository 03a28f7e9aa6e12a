import { describe, expect, it } from 'vitest'
import { barsOf, listPatterns, type Pattern, piecesOf, trendOf, varyingOf } from './pattern-list.ts'

const make = (pattern: string, level: string, samples: [number, number][]): Pattern => ({
  pattern,
  level,
  samples,
  count: samples.reduce((sum, [, count]) => sum + count, 0),
  share: 0.1,
  example: `${pattern.replaceAll('<_>', 'q7')}!`,
})
const span = { startMs: 0, endMs: 100_000 }
const falling = make('step <_> done', 'info', [
  [0, 90],
  [60, 10],
])
const rising = make('out of memory', 'critical', [
  [10, 1],
  [70, 9],
])
const steady = make('a <_>', '', [
  [10, 20],
  [90, 20],
])
const all = [steady, rising, falling]

describe('the list of patterns', () => {
  it('orders by count, severity, text and trend', () => {
    expect(listPatterns(all, '', 'count', span)).toEqual([falling, steady, rising])
    expect(listPatterns(all, '', 'level', span)).toEqual([rising, falling, steady])
    expect(listPatterns(all, '', 'text', span)).toEqual([steady, rising, falling])
    expect(listPatterns(all, '', 'trend', span)).toEqual([rising, steady, falling])
    expect(trendOf(falling, 0, 100_000)).toBeCloseTo(-0.8)
  })

  it('searches pattern and example, whatever the case', () => {
    expect(listPatterns(all, ' MEMORY ', 'count', span)).toEqual([rising])
    expect(listPatterns(all, 'q7 done', 'count', span)).toEqual([falling])
    expect(listPatterns(all, 'nothing', 'count', span)).toEqual([])
  })
})

describe('pieces', () => {
  it('tell wildcards from text', () => {
    expect(piecesOf('<_> took <_>ms')).toEqual([
      { text: '<_>', wild: true },
      { text: ' took ', wild: false },
      { text: '<_>', wild: true },
      { text: 'ms', wild: false },
    ])
  })

  it('mark what varies in a line of the pattern', () => {
    expect(varyingOf('GET took 12ms', '<_> took <_>ms')).toEqual([
      { text: 'GET', wild: true },
      { text: ' took ', wild: false },
      { text: '12', wild: true },
      { text: 'ms', wild: false },
    ])
    expect(varyingOf('ms and ms', '<_>ms').map((piece) => piece.text)).toEqual(['ms and ', 'ms'])
    expect(varyingOf('plain', 'plain')).toEqual([{ text: 'plain', wild: false }])
  })

  it('leave a line that is not of the pattern alone', () => {
    for (const pattern of ['GET', 'x <_>', '<_> done', '<_> a <_> b']) {
      expect(varyingOf('GET took 12ms', pattern)).toEqual([{ text: 'GET took 12ms', wild: false }])
    }
  })
})

describe('bars', () => {
  it('gather samples and reach from 0 to 1', () => {
    expect(barsOf(falling, 0, 100_000, 10)).toEqual([
      { x: 0, height: 1 },
      { x: 0.6, height: 10 / 90 },
    ])
    // A step that begins before the range, or at its end, counts at the edge.
    expect(
      barsOf(
        make('x', '', [
          [-5, 1],
          [100, 2],
        ]),
        0,
        100_000,
        10,
      ),
    ).toEqual([
      { x: 0, height: 0.5 },
      { x: 0.9, height: 1 },
    ])
  })
})
