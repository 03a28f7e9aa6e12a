import { describe, expect, it } from 'vitest'
import {
  matcherOf,
  matchersOfLabels,
  matcherText,
  meets,
  readLabels,
  readMatcher,
  writtenMatcher,
} from './matcher-text.ts'
import { matchersOfAddress, silenceSearch } from './silence-place.ts'

describe('matchers', () => {
  it.each([
    { name: 'a', op: '=', value: 'b' },
    { name: 'host name', op: '!=', value: '"quoted" \\ 서울' },
    { name: 'job', op: '=~', value: 'api|web.*' },
    { name: 'x:y', op: '!~', value: '' },
  ] as const)('%j stays what it is as text and as JSON', (matcher) => {
    expect(readMatcher(matcherText(matcher))).toEqual(matcher)
    expect(matcherOf(writtenMatcher(matcher))).toEqual(matcher)
  })

  it('without quotes are read as well, what is none is not', () => {
    expect(readMatcher(' severity = page ')).toEqual({ name: 'severity', op: '=', value: 'page' })
    for (const text of ['', 'a', '="b"', 'a="b', 'a~b']) expect(readMatcher(text)).toBeUndefined()
    expect(matcherOf({ name: 'a', value: 'b', isRegex: true }).op).toBe('=~')
  })

  it('hold for whole values, and for labels that are missing as for empty ones', () => {
    const labels = { job: 'api', host: 'web-1' }
    const all = (...texts: string[]): boolean | undefined =>
      meets(
        texts.flatMap((text) => readMatcher(text) ?? []),
        labels,
      )
    expect(all('job="api"', 'host=~"web-.*"', 'zone=""', 'zone!="a"', 'job!~"ap"')).toBe(true)
    expect(all('job=~"ap"')).toBe(false)
    expect(all('job=~"("')).toBeUndefined()
    expect(meets(matchersOfLabels(labels), labels)).toBe(true)
  })

  it('of an alert travel in the address', () => {
    const labels = { alertname: 'A&B', 'host name': '1=2, "3"' }
    expect(matchersOfAddress(new URLSearchParams(silenceSearch(labels)))).toEqual(matchersOfLabels(labels))
    expect(matchersOfAddress(new URLSearchParams('m=nothing'))).toEqual([])
  })
})

it.each([
  ['a=b, c="d, e"', { a: 'b', c: 'd, e' }],
  ['{alertname="x"}', { alertname: 'x' }],
  ['a=1\nb=2\n', { a: '1', b: '2' }],
  ['', {}],
  ['a=~b', undefined],
  ['a', undefined],
])('labels are read from %j', (text, labels) => {
  expect(readLabels(text)).toEqual(labels)
})
