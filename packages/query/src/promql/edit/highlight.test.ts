import { describe, expect, it } from 'vitest'
import { highlightPromQL } from './highlight.ts'

function shown(text: string): string[] {
  return highlightPromQL(text).map(({ start, end, kind }) => `${kind} ${text.slice(start, end)}`)
}

describe('highlightPromQL', () => {
  it('colours a query', () => {
    expect(shown('sum by (job, le) (rate(a:b{x=~"y"}[5m] offset 1h)) > bool 2 # why\nand count')).toEqual([
      'function sum',
      'keyword by',
      'punctuation (',
      'label job',
      'punctuation ,',
      'label le',
      'punctuation )',
      'punctuation (',
      'function rate',
      'punctuation (',
      'metric a:b',
      'punctuation {',
      'label x',
      'operator =~',
      'string "y"',
      'punctuation }',
      'punctuation [',
      'duration 5m',
      'punctuation ]',
      'keyword offset',
      'duration 1h',
      'punctuation )',
      'punctuation )',
      'operator >',
      'keyword bool',
      'number 2',
      'comment # why',
      'keyword and',
      'metric count',
    ])
  })

  it('goes on behind what is broken', () => {
    expect(shown('up{a="b} $ # x')).toEqual(['metric up', 'punctuation {', 'label a', 'operator =', 'string "b} $ # x'])
    expect(shown('up $ 1 )')).toEqual(['metric up', 'invalid $', 'number 1', 'invalid )'])
    expect(shown('# only')).toEqual(['comment # only'])
    expect(shown('')).toEqual([])
  })
})
