import { describe, expect, it } from 'vitest'
import { type ChartSeries, frameOf, shortNames } from './frame.ts'
import { inksOf } from './palette.ts'
import { stackValues } from './stack.ts'
import { sortSeries, summaryOf } from './statistics.ts'
import { isolate, nothingHidden, toggle } from './visibility.ts'

const series = (name: string, values: (number | null)[], labels = {}): ChartSeries => ({ name, labels, values, odd: 0 })

describe('frameOf', () => {
  it('leaves a gap at every step without a sample and where the sample is no number', () => {
    const frame = frameOf(
      [
        { metric: { level: 'a' }, values: [[0, '1'], [20, 'NaN'], [30, '+Inf'], [40, '5e-1']] }, // biome-ignore format: a table
        { metric: { level: 'b' }, values: [[10, '-Inf'], [40, '2']] }, // biome-ignore format: a table
      ],
      0,
      50_000,
      10_000,
    )
    expect(frame.times).toEqual([0, 10, 20, 30, 40, 50])
    expect(frame.series.map(({ values }) => values)).toEqual([
      [1, null, null, null, 0.5, null],
      [null, null, null, null, 2, null],
    ])
    expect(frame.series.map(({ odd }) => odd)).toEqual([2, 1])
  })

  it('keeps samples that stand beside the ladder, and holds back from endless ladders', () => {
    expect(frameOf([{ metric: {}, values: [[15, '1']] }], 0, 20_000, 10_000).times).toEqual([0, 10, 15, 20])
    expect(frameOf([{ metric: {}, values: [[15, '1']] }], 0, 1e12, 1).times).toEqual([15])
    expect(frameOf([], 0, 0, 0).times).toEqual([])
  })

  it('gives every series a name of its own', () => {
    const names = frameOf(
      [
        { metric: { a: 'x"y' }, values: [] },
        { metric: { a: 'x"y' }, values: [] },
      ],
      0,
      0,
      1000,
    )
    expect(names.series.map(({ name }) => name)).toEqual(['{a="x\\"y"}', '{a="x\\"y"} (2)'])
  })

  it('shortens names where one label tells all', () => {
    const one = (labels: Record<string, string>) => series(JSON.stringify(labels), [], labels)
    expect([...shortNames([one({ a: 'x' }), one({ a: 'y' })]).values()]).toEqual(['x', 'y'])
    expect([...shortNames([one({ a: 'x' }), one({})]).values()]).toEqual(['x', '{}'])
    expect([...shortNames([one({ a: 'x' }), one({ b: 'y' })]).values()]).toEqual(['{"a":"x"}', '{"b":"y"}'])
  })
})

describe('summaries', () => {
  it('pass over gaps', () => {
    expect(summaryOf(series('a', [null, 4, null, 2, null]))).toEqual({ last: 2, min: 2, max: 4, avg: 3, total: 6 })
    expect(summaryOf(series('a', [null])).last).toBeUndefined()
  })

  it('order series, those without samples last and equals by name', () => {
    const list = [series('s10', [1]), series('none', [null]), series('s9', [1]), series('top', [9, 0])]
    expect(sortSeries(list, 'max').map(({ name }) => name)).toEqual(['top', 's9', 's10', 'none'])
    expect(sortSeries(list, 'last').map(({ name }) => name)).toEqual(['s9', 's10', 'top', 'none'])
    expect(sortSeries(list, 'name').map(({ name }) => name)).toEqual(['none', 's9', 's10', 'top'])
  })
})

describe('stackValues', () => {
  it('adds from the bottom and keeps a gap where nothing is there', () => {
    expect(stackValues([series('a', [1, null, null]), series('b', [2, 3, null])])).toEqual([
      [1, 0, null],
      [3, 3, null],
    ])
    expect(stackValues([])).toEqual([])
  })
})

describe('the legend', () => {
  const all = ['a', 'b', 'c']

  it('switches one series off and on', () => {
    const off = toggle(nothingHidden, 'b')
    expect([...off]).toEqual(['b'])
    expect([...toggle(off, 'b')]).toEqual([])
  })

  it('leaves one alone, then another, then brings all back', () => {
    const only = isolate(nothingHidden, 'a', all)
    expect([...only]).toEqual(['b', 'c'])
    const other = isolate(only, 'b', all)
    expect([...other]).toEqual(['a', 'c'])
    expect(isolate(other, 'b', all)).toBe(nothingHidden)
  })
})

describe('inksOf', () => {
  it('gives series of a level the colour of the level, and others colours that stay when the order changes', () => {
    const levels = [series('e', [], { level: 'ERROR' }), series('o', [], { level: 'odd' })]
    expect(inksOf(levels).get('e')?.colour).toBe('var(--bar-error)')
    const many = Array.from({ length: 20 }, (_, i) => series(`s${String(i).padStart(2, '0')}`, []))
    const inks = inksOf(many)
    expect(inksOf([...many].reverse())).toEqual(inks)
    const looks = new Set([...inks.values()].map(({ colour, dash }) => `${colour} ${dash.join()}`))
    expect(looks.size).toBe(20)
  })
  it('gives the same at another time its colour in a broken line, and takes none from the others', () => {
    const now = [series('a', []), series('b', [])]
    const inks = inksOf([{ ...series('a (before)', []), like: 'a' }, ...now])
    expect(inks.get('a (before)')).toEqual({ colour: inks.get('a')?.colour, dash: [4, 4] })
    expect(inks.get('b')).toEqual(inksOf(now).get('b'))
  })
})

describe('shortNames', () => {
  it('takes titles over labels', () => {
    expect([...shortNames([{ ...series('up{a="x"}', [], { a: 'x' }), title: 'one' }]).values()]).toEqual(['one'])
  })
})
