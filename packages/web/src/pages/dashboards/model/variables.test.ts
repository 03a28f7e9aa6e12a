import type { DashboardVariable } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { readAddress, writeAddress } from './address.ts'
import {
  chosenValues,
  everyValue,
  fixedOptions,
  inOrderOfNeed,
  keptValues,
  repeatValues,
  variableValue,
} from './variables.ts'

const label = (more: Partial<DashboardVariable> = {}): DashboardVariable =>
  ({ name: 'model', kind: 'labels', source: 'metrics', labelName: 'model', ...more }) as DashboardVariable

describe('values of a variable', () => {
  it.each<[string, DashboardVariable, readonly string[] | undefined, readonly string[] | undefined, readonly string[]]>(
    [
      ['the first', label(), ['a', 'b'], undefined, ['a']],
      ['All where it is offered', label({ includeAll: true }), ['a', 'b'], undefined, [everyValue]],
      ['as the dashboard has it', label({ current: ['b'] }), ['a', 'b'], undefined, ['b']],
      ['not what is gone', label({ current: ['z'] }), ['a', 'b'], undefined, ['a']],
      ['what the dashboard has while nothing is known', label({ current: ['z'] }), undefined, undefined, ['z']],
      ['nothing while nothing is known', label(), undefined, undefined, []],
      ['the address', label(), ['a', 'b'], ['b'], ['b']],
      ['the address, though without data', label(), ['a', 'b'], ['z'], ['z']],
      ['one of the address', label(), ['a', 'b'], ['b', 'a'], ['b']],
      ['several of the address', label({ multi: true }), ['a', 'b'], ['b', 'a'], ['b', 'a']],
      ['All of the address', label({ includeAll: true }), ['a', 'b'], ['$__all'], [everyValue]],
      ["Grafana's word for it", label({ includeAll: true }), ['a', 'b'], ['All'], [everyValue]],
      ['All is a value like others where it is not offered', label(), ['All', 'b'], ['All'], ['All']],
      ['a constant', { name: 'c', kind: 'constant', value: 'x' }, ['x'], ['y'], ['x']],
      ['a text', { name: 'c', kind: 'text', value: 'x' }, ['x'], ['y'], ['y']],
      ['an interval', { name: 'c', kind: 'interval', values: ['1m', '5m'] }, ['1m', '5m'], undefined, ['1m']],
    ],
  )('are %s', (_, variable, options, addressed, wanted) => {
    expect(chosenValues(variable, options, addressed)).toEqual(wanted)
  })

  it('stand for all that can be chosen, or for what was defined', () => {
    const state = { variable: label({ includeAll: true }), options: ['a', 'b'], fault: '' }
    expect(variableValue(state, [everyValue], 'All')).toEqual({ values: ['a', 'b'], many: true, words: 'All' })
    expect(repeatValues(state, [everyValue])).toEqual(['a', 'b'])
    expect(repeatValues(state, ['a'])).toEqual(['a'])
    const own = { ...state, variable: label({ includeAll: true, allValue: '.+' }) }
    expect(variableValue(own, [everyValue], 'All').all).toBe('.+')
    expect(variableValue(own, ['a'], 'All')).toEqual({ values: ['a'], many: true })
  })

  it('are kept by an expression, its group being the value', () => {
    expect(keptValues(['n10', 'n2', 'x', 'n2', ''], undefined)).toEqual(['n2', 'n10', 'x'])
    expect(keptValues(['n10', 'n2', 'x'], 'n(\\d+)')).toEqual(['2', '10'])
    expect(keptValues(['N1', 'x'], '/n.*/i')).toEqual(['N1'])
    expect(fixedOptions({ name: 'a', kind: 'custom', values: ['z', 'a'] })).toEqual(['z', 'a'])
    expect(fixedOptions(label())).toBeUndefined()
  })

  it('are asked for in order of need', () => {
    const names = (variables: readonly DashboardVariable[]) =>
      inOrderOfNeed(variables).map((round) => round.map(({ name }) => name))
    const a = label({ name: 'a' })
    const b = label({ name: 'b', match: 'up{a=~"$a"}' } as Partial<DashboardVariable>)
    const c = label({ name: 'c', match: 'up{b=~"$b"}' } as Partial<DashboardVariable>)
    expect(names([c, b, a])).toEqual([['a'], ['b'], ['c']])
    const circle = label({ name: 'a', match: 'up{c="$c"}' } as Partial<DashboardVariable>)
    expect(names([c, b, circle])).toEqual([['c', 'b', 'a']])
    expect(names([label({ name: 'a', match: 'up{x="$y"}' } as Partial<DashboardVariable>)])).toEqual([['a']])
  })
})

describe('the address', () => {
  it('is read, and changed without losing what it does not know', () => {
    const search = '?from=now-6h&var-model=a&var-model=b&var-x=%24__all&edit=1&panel=3%40a&kiosk=1&row=4&refresh=1x'
    const address = readAddress(search)
    expect(address).toMatchObject({
      from: 'now-6h',
      to: undefined,
      zone: 'local',
      panel: '3@a',
      kiosk: true,
      rows: ['4'],
    })
    expect(address.refresh).toBeUndefined()
    expect([...address.variables]).toEqual([
      ['model', ['a', 'b']],
      ['x', ['$__all']],
    ])
    const next = writeAddress(search, {
      from: undefined,
      variables: new Map([['model', ['c']]]),
      panel: '',
      refresh: '10s',
    })
    expect(next).toBe('?edit=1&kiosk=1&row=4&refresh=10s&var-model=c')
    expect(writeAddress('?kiosk=1', { kiosk: false })).toBe('')
    expect(readAddress('?tz=Mars').zone).toBe('local')
    expect(readAddress('?tz=Asia/Seoul').zone).toBe('Asia/Seoul')
  })
})
