import { describe, expect, it } from 'vitest'
import { interpolateQuery, interpolateText, referencesIn, type Scope, type VariableValue } from './interpolate.ts'
import { durationText, parseDuration, rateIntervalMs, stepOf } from './interval.ts'

const one: VariableValue = { values: ['gpt.4'], many: false }
const chosenOne: VariableValue = { values: ['gpt.4'], many: true }
const two: VariableValue = { values: ['a.b', 'c|d'], many: true }

function scope(values: Readonly<Record<string, VariableValue>> = {}): Scope {
  return { variables: new Map(Object.entries(values)), fromMs: 1_000_000, toMs: 4_600_000, intervalMs: 15_000 }
}

describe('variables in queries', () => {
  it.each<[string, Record<string, VariableValue>, string]>([
    ['up{m="$x"}', { x: one }, 'up{m="gpt.4"}'],
    ['up{m="${x}"}', { x: one }, 'up{m="gpt.4"}'],
    ['up{m="[[x]]"}', { x: one }, 'up{m="gpt.4"}'],
    // What can have one value only is typed by people: it may be an expression.
    ['up{m=~"$x"}', { x: { values: ['a.*'], many: false } }, 'up{m=~"a.*"}'],
    ['up{m=~"$x"}', { x: { values: ['\\d+'], many: false } }, 'up{m=~"\\\\d+"}'],
    ['up{m=~"$x"}', { x: chosenOne }, 'up{m=~"gpt\\\\.4"}'],
    ['up{m=~`$x`}', { x: chosenOne }, 'up{m=~`gpt\\.4`}'],
    ["up{m=~'$x'}", { x: { values: ["it's"], many: true } }, "up{m=~'it\\'s'}"],
    ['up{m="$x"}', { x: chosenOne }, 'up{m="gpt.4"}'],
    ['up{m!="$x"}', { x: chosenOne }, 'up{m!="gpt.4"}'],
    ['up{m="$x"}', { x: { values: ['say "hi"\\'], many: false } }, 'up{m="say \\"hi\\"\\\\"}'],
    ['up{m=~"$x"}', { x: two }, 'up{m=~"(a\\\\.b|c\\\\|d)"}'],
    ['up{m!~"$x"}', { x: two }, 'up{m!~"(a\\\\.b|c\\\\|d)"}'],
    ['{app="a"} |~ "$x"', { x: two }, '{app="a"} |~ "(a\\\\.b|c\\\\|d)"'],
    ['{app="a"} |= "$x"', { x: chosenOne }, '{app="a"} |= "gpt.4"'],
    ['up{m=~"${x:regex}"}', { x: two }, 'up{m=~"(a\\\\.b|c\\\\|d)"}'],
    ['up{m=~"${x:pipe}"}', { x: two }, 'up{m=~"a.b|c|d"}'],
    ['sum by (${x:csv}) (up)', { x: { values: ['job', 'zone'], many: true } }, 'sum by (job,zone) (up)'],
    ['sum by ($x) (up)', { x: { values: ['job'], many: true } }, 'sum by (job) (up)'],
    ['topk(${x:raw}, up)', { x: { values: ['5'], many: false } }, 'topk(5, up)'],
    ['up{m=~"$x"}', { x: { values: ['a', 'b'], many: true, all: '.+' } }, 'up{m=~".+"}'],
    ['up{m=~"$x"}', { x: { values: [], many: true } }, 'up{m=~".*"}'],
    ['rate(up[$__interval])', {}, 'rate(up[15s])'],
    ['rate(up[$__rate_interval])', {}, 'rate(up[1m])'],
    ['rate(up[${__rate_interval}])', {}, 'rate(up[1m])'],
    ['increase(up[$__range])', {}, 'increase(up[3600s])'],
    ['rate(up[$w])', { w: { values: ['auto'], many: false } }, 'rate(up[15s])'],
    ['up * $__range_s + $__from - $__to + $__interval_ms', {}, 'up * 3600 + 1000000 - 4600000 + 15000'],
    ['label_replace(up, "a", "$1", "b", "(.*)")', { x: one }, 'label_replace(up, "a", "$1", "b", "(.*)")'],
    ['up{m="$unknown"} # it\'s $x\n + up{n="$x"}', { x: one }, 'up{m="$unknown"} # it\'s gpt.4\n + up{n="gpt.4"}'],
    ['up{m=~"$x-$y"}', { x: chosenOne, y: two }, 'up{m=~"gpt\\\\.4-(a\\\\.b|c\\\\|d)"}'],
    ['up{m="$x_y"}', { x: one }, 'up{m="$x_y"}'],
    ['up{m="${x}_y"}', { x: one }, 'up{m="gpt.4_y"}'],
    // A value is never read for variables again.
    ['up{m="$x"}', { x: { values: ['$y'], many: false }, y: one }, 'up{m="$y"}'],
  ])('%s', (text, values, wanted) => {
    expect(interpolateQuery(text, scope(values))).toBe(wanted)
  })
})

describe('variables in texts', () => {
  it.each<[string, Record<string, VariableValue>, string]>([
    ['Model $x', { x: one }, 'Model gpt.4'],
    ['Models $x', { x: two }, 'Models a.b + c|d'],
    ['Models ${x:csv}', { x: two }, 'Models a.b,c|d'],
    ['Models ${x:json}', { x: two }, 'Models ["a.b","c|d"]'],
    ['Models ${x:glob}', { x: two }, 'Models {a.b,c|d}'],
    ['?${x:queryparam}', { x: two }, '?var-x=a.b&var-x=c%7Cd'],
    ['$x', { x: { values: ['a', 'b'], many: true, words: 'All' } }, 'All'],
    ['${__from:date}', {}, '1970-01-01T00:16:40.000Z'],
    ['${__to:date:seconds}', {}, '4600'],
    ['costs 5$ and $nothing', {}, 'costs 5$ and $nothing'],
  ])('%s', (text, values, wanted) => {
    expect(interpolateText(text, scope(values))).toBe(wanted)
  })

  it('are found by name', () => {
    expect([...referencesIn('up{a="$x", b=~"${y:regex}", c="[[z]]"}')]).toEqual(['x', 'y', 'z'])
  })
})

describe('intervals', () => {
  const range = (ms: number) => ({ from: 0n, to: BigInt(ms) * 1_000_000n })
  it('are round, no finer than the samples, and follow the width', () => {
    expect(stepOf('promql', range(3_600_000), 600)).toBe(30_000)
    expect(stepOf('promql', range(60_000), 600)).toBe(15_000)
    expect(stepOf('logql', range(60_000), 600)).toBe(1000)
    expect(stepOf('promql', range(86_400_000), 1200)).toBe(300_000)
    expect(stepOf('promql', range(86_400_000), 300)).toBe(900_000)
  })
  it('leave room for a late scrape in rates', () => {
    expect(rateIntervalMs(15_000)).toBe(60_000)
    expect(rateIntervalMs(300_000)).toBe(315_000)
  })
  it('are written in the greatest exact unit and read back', () => {
    for (const text of ['1ms', '250ms', '15s', '90s', '5m', '2h', '1d', '1w']) {
      expect(durationText(parseDuration(text) ?? 0)).toBe(text)
    }
    for (const text of ['', '0s', '-5m', '5', 'm', '1.5h']) expect(parseDuration(text), text).toBeUndefined()
  })
})
