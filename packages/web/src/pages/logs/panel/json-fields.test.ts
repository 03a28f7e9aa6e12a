import { describe, expect, it } from 'vitest'
import { faultParts } from '../../../explore/fault-parts.ts'
import { curlOf, shellQuote } from '../toolbar/curl.ts'
import { fieldName, flatten, jsonOf, logfmtOf } from './json-fields.ts'

describe('json fields', () => {
  it('are named as LogQL names them', () => {
    const value = jsonOf('{"a":{"b-c":1,"d":[1,2]},"e":null,"1st":true,"f":"x"}')
    expect(flatten(value ?? {})).toEqual([
      ['a_b_c', '1'],
      ['_1st', 'true'],
      ['f', 'x'],
    ])
    expect(fieldName(['요청', 'id'])).toBe('___id')
  })

  it.each(['[1,2]', 'plain', '{"a":', '"x"', ''])('%j is no JSON object', (line) => {
    expect(jsonOf(line)).toBeUndefined()
  })

  it('reads logfmt, and nothing from prose with one equals sign', () => {
    expect(logfmtOf('level=info msg="two words" dur=5ms')).toEqual([
      ['level', 'info'],
      ['msg', 'two words'],
      ['dur', '5ms'],
    ])
    expect(logfmtOf('we set x=1 there')).toEqual([])
  })
})

describe('copies for the shell', () => {
  it('are one argument whatever they hold', () => {
    expect(shellQuote(`a'b $(rm) "c"`)).toBe(`'a'\\''b $(rm) "c"'`)
    expect(curlOf('http://h/x?q=1', 'f.csv', true)).toBe(
      `curl -fsS -H "Authorization: Bearer $GIROK_TOKEN" -o 'f.csv' 'http://h/x?q=1'`,
    )
  })
})

describe('faultParts', () => {
  it('finds the word at fault by line and column in code points', () => {
    expect(faultParts('{a="😀"}\n| jsonn x', 2, 3)).toEqual(['| ', 'jsonn', ' x'])
    expect(faultParts('{a="😀"} | nope', 1, 11)).toEqual(['{a="😀"} | ', 'nope', ''])
    expect(faultParts('{a="b"', 1, 7)).toEqual(['{a="b"', ' ', ''])
  })
})
