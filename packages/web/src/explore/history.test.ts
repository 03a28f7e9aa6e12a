import { describe, expect, it } from 'vitest'
import { mostEntries, type PastQuery, readHistory, searched, withRun } from './history.ts'

const run = (query: string, at = 0): PastQuery => ({ query, from: 'now-1h', to: 'now', at })

describe('the history of queries', () => {
  it('holds a query once, newest first, with its latest range', () => {
    let history: readonly PastQuery[] = []
    for (const [at, query] of ['{a="1"}', '{b="2"}', ' {a="1"} '].entries()) history = withRun(history, run(query, at))
    history = withRun(history, { query: '{b="2"}', from: 'now-7d', to: 'now', at: 9 })
    expect(history).toEqual([
      { query: '{b="2"}', from: 'now-7d', to: 'now', at: 9 },
      { query: '{a="1"}', from: 'now-1h', to: 'now', at: 2 },
    ])
  })

  it('is bounded, and takes neither empty nor endless queries', () => {
    let history: readonly PastQuery[] = []
    for (let i = 0; i < mostEntries + 50; i += 1) history = withRun(history, run(`{a="${i}"}`, i))
    expect(history).toHaveLength(mostEntries)
    expect(history[0]?.query).toBe(`{a="${mostEntries + 49}"}`)
    expect(withRun(history, run('  '))).toBe(history)
    expect(withRun(history, run('x'.repeat(10_000)))).toBe(history)
  })

  it('is read whatever stands in the storage', () => {
    const good = run('{a="1"}', 5)
    expect(readHistory(JSON.stringify([good, null, 3, { query: 1 }, { ...good, at: null }]))).toEqual([good])
    for (const text of [null, '', '{', '{"a":1}', 'null']) expect(readHistory(text)).toEqual([])
  })

  it('is searched by all words in any order, Hangul in whatever spelling', () => {
    const list = [run('{app="결제"} |= "Timeout"'), run('{app="shop"}')]
    expect(searched(list, 'timeout app', (one) => one.query)).toEqual([list[0]])
    expect(searched(list, '결제'.normalize('NFD'), (one) => one.query)).toEqual([list[0]])
    expect(searched(list, '  ', (one) => one.query)).toBe(list)
  })
})
