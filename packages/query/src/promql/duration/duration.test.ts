import { describe, expect, it } from 'vitest'
import { QueryError } from '../../text/error.ts'
import { parsePromQL } from '../parse/parse.ts'
import { printPromQL } from '../print/print.ts'
import { resolveDurations } from './resolve.ts'

describe('constant durations', () => {
  it.each([
    ['a[5m * 2]', 600_000],
    ['a[1h / 4]', 900_000],
    ['a[1h % 25m]', 600_000],
    ['a[2 ^ 3 ^ 2]', 512_000],
    ['a[-5m + 2 * 5m]', 300_000],
    ['a[(1 + 2) * 1m]', 180_000],
    ['a[max_of(1m, 90)]', 90_000],
    ['a[min_of(1m, 90)]', 60_000],
    ['a[1.5]', 1_500],
    ['a[0.29]', 290],
    ['a[1.0019]', 1_001],
    ['a[1d + 1ms]', 86_400_001],
  ])('%s is %d ms', (text, ms) => {
    expect(parsePromQL(text)).toMatchObject({ kind: 'matrix', range: { ms } })
  })

  it.each([
    ['a offset (5m - 10m)', -300_000],
    ['a offset -(5m)', -300_000],
    ['a offset -5', -5_000],
    ['a offset (0)', 0],
    ['a offset -0', 0],
  ])('%s looks %d ms back', (text, ms) => {
    expect(parsePromQL(text)).toMatchObject({ kind: 'selector', offset: { ms } })
  })
})

describe('durations of a query', () => {
  const times = { stepMs: 15_000, rangeMs: 3_600_000 }

  it('get their values when the query is known', () => {
    const text = 'sum(rate(a[4 * step()] offset -step())) + max_over_time(b[range() / 2:step()] offset (range())) * -c'
    const resolved = resolveDurations(parsePromQL(text), times)
    expect(printPromQL(resolved)).toBe('sum(rate(a[1m] offset -15s)) + max_over_time(b[30m:15s] offset 1h) * -c')
  })

  it('leave what is fixed as the same object', () => {
    const expr = parsePromQL(
      'topk(5, rate(a[5m * 2] offset 1h)) / (b or -c[1h:5m] > 1) + vector(1) == bool "x"'.slice(0, 34),
    )
    expect(resolveDurations(expr, times)).toBe(expr)
    const mixed = parsePromQL('abs(a[5m] > 1) + b'.replace('[5m]', '')) as { readonly kind: 'binary' }
    expect(resolveDurations(mixed as never, times)).toBe(mixed)
    const half = parsePromQL('rate(a[5m]) + rate(b[step()])')
    const resolved = resolveDurations(half, times)
    expect(half.kind === 'binary' && resolved.kind === 'binary' && resolved.left === half.left).toBe(true)
  })

  it.each([
    ['a[step() - 1h]', 'duration must be greater than 0'],
    ['a[1h:-step()]', 'duration must be greater than 0'],
    ['a[1h / (step() - 15)]', 'division by zero'],
    ['a[1h % (step() - 15)]', 'modulo by zero'],
    ['a offset (step() ^ 99)', 'duration is out of range'],
    ['a[0 / (step() - step()) + 1]', 'division by zero'],
  ])('%s has none: %s', (text, fault) => {
    expect(() => resolveDurations(parsePromQL(text), times)).toThrow(new QueryError(fault, 0, 0))
  })
})
