import { describe, expect, it } from 'vitest'
import { type CompletionContext, completionAt } from './complete.ts'

/** The context at the `^` of the text, which is taken out. */
function at(marked: string): CompletionContext & { readonly replaced: string } {
  const offset = marked.indexOf('^')
  const text = marked.slice(0, offset) + marked.slice(offset + 1)
  const context = completionAt(text, offset)
  return { ...context, replaced: text.slice(context.from, context.to) }
}

describe('completionAt', () => {
  it.each([
    ['^', 'function', ''],
    ['ra^', 'function', 'ra'],
    ['sum(^', 'function', ''],
    ['rate({a="b"}[5m]) + ^', 'function', ''],
    ['{^', 'labelName', ''],
    ['{ap^', 'labelName', 'ap'],
    ['{a="b", ^}', 'labelName', ''],
    ['{app^="x"}', 'labelName', 'app'],
    ['{app ^', 'matchOperator', ''],
    ['{app=^', 'labelValue', ''],
    ['{app="ch^', 'labelValue', 'ch'],
    ['{app="ch^eckout"}', 'labelValue', 'ch'],
    ['{app="x"^', 'none', ''],
    ['{a="b"}^', 'pipelineOperator', ''],
    ['{a="b"} |^', 'stage', ''],
    ['{a="b"} | js^', 'stage', 'js'],
    ['{a="b"} |= "x^', 'none', 'x'],
    ['{a="b"} |= "x" ^', 'pipelineOperator', ''],
    ['{a="b"} | json | status ^', 'filterOperator', ''],
    ['{a="b"} | json | status = "5^"', 'parsedLabelValue', '5'],
    ['{a="b"} | json | (x="1" or ^', 'parsedLabel', ''],
    ['{a="b"} | json | drop a, ^', 'parsedLabel', ''],
    ['{a="b"} | json | distinct ^', 'parsedLabel', ''],
    ['{a="b"} | json | distinct a, ^', 'parsedLabel', ''],
    ['{a="b"} | json | distinct a ^', 'pipelineOperator', ''],
    ['{a="b"} | json | distinct a | ^', 'stage', ''],
    ['{a="b"} | json | label_format x=^', 'parsedLabel', ''],
    ['sum_over_time({a="b"} | json | unwrap t^', 'parsedLabel', 't'],
    ['rate({a="b"} [5^', 'range', '5'],
    ['rate({a="b"} [5^m])', 'range', '5'],
    ['rate({a="b"} [5m] ^', 'keyword', ''],
    ['rate({a="b"}[5m]) ^', 'keyword', ''],
    ['sum by (^', 'groupingLabel', ''],
    ['sum by (a, b^) (rate({a="b"}[5m]))', 'groupingLabel', 'b'],
    ['{a="b"} # app^', 'none', ''],
    ['{a="b"} # x\n | ^', 'stage', ''],
    ['{a="#^"}', 'labelValue', '#'],
  ])('%s → %s', (marked, kind, prefix) => {
    expect(at(marked)).toMatchObject({ kind, prefix })
  })

  it('tells which matchers and stages stand before the place', () => {
    const context = at('rate({app="x", env=~"p|q"} | json |= "e" | lev^el="a" [5m])')
    expect(context.selectorSoFar).toEqual([
      { name: 'app', op: '=', value: 'x' },
      { name: 'env', op: '=~', value: 'p|q' },
    ])
    expect(context.pipelineSoFar).toBe('{app="x", env=~"p|q"} | json |= "e"')
    expect(context.replaced).toBe('level')
  })

  it('names the label whose value is asked for, and the stretch inside its quotes', () => {
    expect(at('{app="x", env="pr^od"}')).toMatchObject({ labelName: 'env', quoted: true, replaced: 'prod' })
    expect(at('{app="x", env=^}')).toMatchObject({ labelName: 'env', quoted: false, replaced: '' })
    expect(at('{app="x", env=`pr^')).toMatchObject({ labelName: 'env', quoted: true, replaced: 'pr' })
  })

  it('answers at every place of a broken text', () => {
    const text = '}{)(a="b" ,,| | json [5m |= `x'
    for (let offset = -1; offset <= text.length + 1; offset++) {
      const context = completionAt(text, offset)
      expect(context.from).toBeLessThanOrEqual(context.to)
      expect(context.to).toBeLessThanOrEqual(text.length)
    }
  })
})
