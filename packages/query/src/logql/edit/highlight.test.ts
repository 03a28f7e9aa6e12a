import { describe, expect, it } from 'vitest'
import { tokenizeForHighlight } from './highlight.ts'

function shown(text: string): string[] {
  return tokenizeForHighlight(text).map(({ start, end, kind }) => `${kind}:${text.slice(start, end)}`)
}

describe('tokenizeForHighlight', () => {
  it('names every part of a query', () => {
    expect(shown('sum by (rate) (rate({a="b"} | logfmt --strict | took > 5ms [5m])) # why')).toEqual([
      'function:sum',
      'keyword:by',
      'punctuation:(',
      'label:rate',
      'punctuation:)',
      'punctuation:(',
      'function:rate',
      'punctuation:(',
      'punctuation:{',
      'label:a',
      'operator:=',
      'string:"b"',
      'punctuation:}',
      'operator:|',
      'stage:logfmt',
      'flag:--strict',
      'operator:|',
      'label:took',
      'operator:>',
      'duration:5ms',
      'range:[5m]',
      'punctuation:)',
      'punctuation:)',
      'comment:# why',
    ])
  })

  it('goes on after what is broken', () => {
    expect(shown('{a="b\n| size > 5KB ! § [5x]')).toEqual([
      'punctuation:{',
      'label:a',
      'operator:=',
      'string:"b',
      'operator:|',
      'label:size',
      'operator:>',
      'bytes:5KB',
      'invalid:!',
      'invalid:§',
      'invalid:[5x]',
    ])
  })

  it('knows distinct as a stage where a name follows it', () => {
    expect(shown('{a="b"}|distinct c|distinct="x"').slice(5)).toEqual([
      'operator:|',
      'stage:distinct',
      'label:c',
      'operator:|',
      'label:distinct',
      'operator:=',
      'string:"x"',
    ])
  })

  it('leaves an open raw string a string to the end', () => {
    expect(shown('{a=`b} | json')).toEqual(['punctuation:{', 'label:a', 'operator:=', 'string:`b} | json'])
  })

  it.each(['1s.', '[', '"', '1e', '#\n', '`', "'", 'é', '\ud800', '{a="'])(
    'is linear for many %j',
    (piece) => {
      const tokens = tokenizeForHighlight(piece.repeat(100_000 / piece.length))
      expect(tokens.length).toBeGreaterThan(0)
    },
    2000,
  )
})
