import { describe, expect, it } from 'vitest'
import { completePromQL, metricNamesIn, type PromCompletion } from './complete.ts'

/** The completion at the bar of a text. */
function at(text: string): PromCompletion {
  const place = text.indexOf('|')
  return completePromQL(text.replace('|', ''), place)
}

describe('what can stand', () => {
  it.each([
    ['|', 'expression', ''],
    ['ra|', 'expression', 'ra'],
    ['  # not| here', 'none', ''],
    ['rate(|', 'expression', ''],
    ['rate(http_|)', 'expression', 'http_'],
    ['up |', 'keyword', ''],
    ['up of|', 'keyword', 'of'],
    ['up == |', 'expression', ''],
    ['up == b|', 'expression', 'b'],
    ['a / on |', 'none', ''],
    ['a / on (|', 'groupingLabel', ''],
    ['a / on (job, in|stance) b', 'groupingLabel', 'in'],
    ['a / on (job) |', 'expression', ''],
    ['a / on (job) group_left (|', 'groupingLabel', ''],
    ['a / on (job) group_left (x) |', 'expression', ''],
    ['sum |', 'keyword', ''],
    ['sum by |', 'none', ''],
    ['sum by (|', 'groupingLabel', ''],
    ['sum by (job) (|', 'expression', ''],
    ['sum(up) |', 'keyword', ''],
    ['sum(up) by (j|', 'groupingLabel', 'j'],
    ['up{|', 'labelName', ''],
    ['up{jo|', 'labelName', 'jo'],
    ['up{job|="x"}', 'labelName', 'job'],
    ['up{job |', 'matchOperator', ''],
    ['up{job=|', 'labelValue', ''],
    ['up{job="|', 'labelValue', ''],
    ['up{job="ap|i", x="y"}', 'labelValue', 'ap'],
    ['up{job="api"|', 'none', ''],
    ['up{job="api", |', 'labelName', ''],
    ['up{"a.b"=|', 'labelValue', ''],
    ['up[|', 'duration', ''],
    ['up[5|', 'duration', '5'],
    ['up[5m|]', 'duration', '5m'],
    ['up[1h:|', 'duration', ''],
    ['up[5m] |', 'keyword', ''],
    ['up offset |', 'duration', ''],
    ['up offset -|', 'duration', ''],
    ['up offset 5m |', 'keyword', ''],
    ['up @ |', 'time', ''],
    ['up @ st|', 'time', 'st'],
    ['label_replace(up, "|', 'expression', ''],
    ['1|', 'none', '1'],
    ['(up |', 'keyword', ''],
    ['(up) |', 'keyword', ''],
    ['and |', 'keyword', ''],
  ])('at the bar of %s is %s after %j', (text, kind, prefix) => {
    expect(at(text)).toMatchObject({ kind, prefix })
  })

  it('knows the selector around a value', () => {
    expect(at('rate(http_requests_total{job="api", route=~"/a|"}[5m])')).toMatchObject({
      kind: 'labelValue',
      metric: 'http_requests_total',
      labelName: 'route',
      matchers: [{ name: 'job', op: '=', value: 'api' }],
      quoted: true,
    })
    expect(at('{"my.metric", a="b", |}')).toMatchObject({
      kind: 'labelName',
      metric: 'my.metric',
      matchers: [{ name: 'a', op: '=', value: 'b' }],
    })
    expect(at('up + {|')).toMatchObject({ metric: '', matchers: [] })
  })

  it('replaces the whole word or the content of the quotes', () => {
    expect(at('sum(htt|p_requests)')).toMatchObject({ from: 4, to: 17 })
    expect(at('up{job="a|bc"}')).toMatchObject({ from: 8, to: 11 })
  })

  it('offers the words that fit', () => {
    expect(at('up == |').keywords).toEqual(['bool', 'on', 'ignoring'])
    expect(at('up + |').keywords).toEqual(['on', 'ignoring'])
    expect(at('up + on (a) |').keywords).toEqual(['group_left', 'group_right'])
    expect(at('up |').keywords).toContain('offset')
    expect(at('up |').keywords).not.toContain('by')
    expect(at('sum(up) |').keywords).toContain('by')
    expect(at('up @ |').keywords).toEqual(['start()', 'end()'])
    expect(at('rate(|').keywords).toEqual([])
  })

  it('knows the call around the place', () => {
    expect(at('histogram_quantile(0.9, sum by (le) (|').call).toEqual({ name: 'sum', argument: 0 })
    expect(at('histogram_quantile(0.9, |').call).toEqual({ name: 'histogram_quantile', argument: 1 })
    expect(at('rate(up[|').call).toEqual({ name: 'rate', argument: 0 })
    expect(at('rate(up[5m]) |').call).toBeUndefined()
  })
})

describe('metricNamesIn', () => {
  it('finds the names of metrics, not those of functions and labels', () => {
    const text = 'sum by (job) (rate(a_total{x="y"}[5m])) / on (job) group_left b:c{} + sum(a_total) + min('
    expect(metricNamesIn(text)).toEqual(['a_total', 'b:c'])
  })
})
