import { describe, expect, it } from 'vitest'
import { jsonColours, jsonFault } from './json-text.ts'

describe('a text that is no JSON', () => {
  it.each([
    ['', 'value', 1, 1],
    ['{\n  "a": 1,\n}', 'name', 3, 1],
    ['{"a" 1}', 'colon', 1, 6],
    ['{"a": }', 'value', 1, 7],
    ['[1 2]', 'commaOrEnd', 1, 4],
    ['[1,]', 'value', 1, 4],
    ['{"a": 1} x', 'end', 1, 10],
    ['{"가": "나\n"}', 'string', 1, 7],
    ['{"a": "\\x"}', 'string', 1, 7],
    ["{'a': 1}", 'name', 1, 2],
    ['{"a": 01}', 'value', 1, 7],
    ['{"a": true', 'commaOrEnd', 1, 11],
    ['["😀" 1]', 'commaOrEnd', 1, 6],
    ['['.repeat(300), 'depth', 1, 202],
  ])('%j tells what should stand where', (text, want, line, column) => {
    expect(jsonFault(text)).toMatchObject({ want, line, column })
  })

  it('is found where the browser finds none, and only there', () => {
    const seed = 7_112_026
    let state = seed
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const base = JSON.stringify(
      { a: [1, -2.5e3, 0, true, null, 'x\n"y\\ 가\u0085'], b: { c: {}, d: [], e: '\u001f' } },
      null,
      1,
    )
    const pieces = ['"', '{', '}', '[', ']', ',', ':', '1', '-', '.', 'e', 'null', ' ', '\n', '\\', '\u00a0', 'a', '\t']
    for (let round = 0; round < 4000; round += 1) {
      let text = base
      for (let count = random(3); count >= 0; count -= 1) {
        const at = random(text.length + 1)
        text =
          text.slice(0, at) +
          (random(2) === 0 ? (pieces[random(pieces.length)] ?? '') : '') +
          text.slice(at + random(3))
      }
      let good = true
      try {
        JSON.parse(text)
      } catch {
        good = false
      }
      expect(jsonFault(text) === undefined, `seed ${seed}, round ${round}: ${JSON.stringify(text)}`).toBe(good)
    }
  })
})

describe('colours of JSON', () => {
  it('tell names from texts, and what is broken', () => {
    const text = '{"a": ["b", 1, null, x, "c'
    const kinds = jsonColours(text).map(({ start, end, kind }) => [text.slice(start, end), kind])
    expect(kinds.filter(([, kind]) => kind !== 'punctuation')).toEqual([
      ['"a"', 'label'],
      ['"b"', 'string'],
      ['1', 'number'],
      ['null', 'keyword'],
      ['x', 'invalid'],
      ['"c', 'invalid'],
    ])
  })
})
