import { describe, expect, it } from 'vitest'
import { ALERTMANAGER, encodeGoJson, GoInt, GoTime, JsonFault, parseTemplate, StringMap } from '../index.ts'

const context = { nowMs: Date.parse('2026-03-01T12:00:00.250Z'), routeLabels: new Map([['team', 'a']]) }
const run = (source: string, data: unknown = {}) =>
  parseTemplate(source, { functions: [ALERTMANAGER] }).execute(data, context)

describe('functions of notifications', () => {
  it.each([
    ['{{ now }}', '2026-03-01 12:00:00.25 +0000 UTC'],
    ['{{ since now }}', '0s'],
    ['{{ since (toDate "2006-01-02" "2026-03-01") }}', '12h0m0.25s'],
    ['{{ toDate "2006-01-02" "2020-02-03" | date "Jan 2" }}', 'Feb 3'],
    ['{{ since (toDate "2006" "0001") }}', '2562047h47m16.854775807s'],
    [
      '{{ now.Truncate 3600000000000 }} {{ (now.Add 90000000000000).Round 86400000000000 }}',
      '2026-03-01 12:00:00 +0000 UTC 2026-03-03 00:00:00 +0000 UTC',
    ],
    [
      '{{ now.Truncate 0 }} {{ now.Round 1000000000 }}',
      '2026-03-01 12:00:00.25 +0000 UTC 2026-03-01 12:00:00 +0000 UTC',
    ],
    [
      '{{ now.Location }} {{ (now | tz "Asia/Seoul").Location.String }} {{ now.Compare (now.Add 1) }}',
      'UTC Asia/Seoul -1',
    ],
    ['{{ now | tz "Asia/Seoul" | date "15:04 MST" }}', '21:00 KST'],
    ['{{ routeLabels.team }}', 'a'],
    ['{{ stringSlice "a" "b" | join "+" }}', 'a+b'],
    ['{{ (dict "a" (list 1 2)).a | len }}', '2'],
    ['{{ toJson (dict "b" now "a" (stringSlice "x")) }}', '{"a":["x"],"b":"2026-03-01T12:00:00.25Z"}'],
    ['{{ title "don\'t PANIC: 3com 1st" }}', "Don't Panic: 3Com 1St"],
  ])('%s is %s', (source, expected) => {
    expect(run(source)).toBe(expected)
  })

  it.each([
    ['{{ tz "Nowhere/Here" now }}', 'unknown time zone Nowhere/Here'],
    ['{{ dict "a" }}', 'even number of arguments'],
    ['{{ dict 1 2 }}', 'keys must be strings'],
    ['{{ join "," (list 1 2) }}', 'expected a list of texts'],
    ['{{ append 1 2 }}', 'expected a list'],
    ['{{ match "(" "a" }}', 'error calling match'],
    ['{{ toJson now.Format }}', 'wrong number of args'],
  ])('%s fails: %s', (source, message) => {
    expect(() => run(source)).toThrow(message)
  })
})

describe('JSON as Go writes it', () => {
  it.each([
    ['<a & b>', '"\\u003ca \\u0026 b\\u003e"'],
    ['\u2028\u2029', '"\\u2028\\u2029"'],
    ['"\\\n\t\b\f\u0001\u007f한😀', '"\\"\\\\\\n\\t\\b\\f\\u0001\u007f한😀"'],
    ['\ud800x', '"\ufffdx"'],
    [1.5, '1.5'],
    [-0, '-0'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [10n, '10'],
    [new GoInt('int64', 7n), '7'],
    [GoTime.zero(), '"0001-01-01T00:00:00Z"'],
    [
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
      '{"a":2,"b":1}',
    ],
    [new StringMap({ b: '1', a: '2' }), '{"a":"2","b":"1"}'],
    [{ b: 1, a: undefined, c: null }, '{"b":1,"c":null}'],
    [[], '[]'],
    [undefined, 'null'],
  ])('writes value %#', (value, expected) => {
    expect(encodeGoJson(value)).toBe(expected)
  })

  it('has none for what no JSON can hold', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, () => 1])
      expect(() => encodeGoJson(value)).toThrow(JsonFault)
    let nested: unknown = 1
    for (let i = 0; i < 600; i++) nested = [nested]
    expect(() => encodeGoJson(nested)).toThrow(JsonFault)
  })
})
