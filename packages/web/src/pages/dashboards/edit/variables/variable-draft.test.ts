import type { DashboardVariable } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { blankVariable, ofKind, tidiedVariable, valuesOf, variableFault, variableKinds } from './variable-draft.ts'

const model: DashboardVariable = { name: 'model', kind: 'labels', source: 'metrics', labelName: 'model' }

describe('a variable that is being changed', () => {
  it('keeps what every kind has when its kind changes', () => {
    const many: DashboardVariable = { ...model, label: 'Model', multi: true, current: ['a'], match: 'x' }
    for (const kind of variableKinds) {
      const next = ofKind(many, kind)
      expect(next).toMatchObject({ name: 'model', label: 'Model', kind })
      expect(next).not.toHaveProperty('match')
    }
    expect(ofKind(many, 'query')).toMatchObject({ labelName: 'model', current: ['a'] })
    expect(ofKind(many, 'custom')).not.toHaveProperty('current')
    expect(ofKind(ofKind(many, 'interval'), 'custom')).toMatchObject({ values: ['1m', '5m', '15m', '1h'] })
  })

  it('begins with a name of its own', () => {
    const first = blankVariable([])
    expect([first.name, blankVariable([first]).name]).toEqual(['variable', 'variable2'])
  })

  it.each([
    [{ ...model, name: 'a b' }, 'name'],
    [{ ...model, name: '' }, 'name'],
    [{ ...model, name: '__from' }, 'reserved'],
    [{ ...model, name: 'taken' }, 'twice'],
    [{ ...model, labelName: ' ' }, 'labelName'],
    [{ ...model, regex: '(' }, 'regex'],
    [{ name: 'q', kind: 'query', language: 'promql', expr: '', labelName: 'x' }, 'expr'],
    [{ name: 'c', kind: 'custom', values: [] }, 'values'],
    [model, undefined],
    [{ name: 't', kind: 'text', value: '' }, undefined],
  ] as const)('%j is told: %s', (variable, fault) => {
    expect(variableFault(variable as DashboardVariable, [{ ...model, name: 'taken' }])).toBe(fault)
  })

  it('is kept without what is the same as nothing', () => {
    const full: DashboardVariable = {
      ...model,
      label: ' ',
      multi: false,
      includeAll: false,
      allValue: 'x',
      match: ' ',
      regex: '',
    }
    expect(tidiedVariable(full)).toEqual(model)
    const interval: DashboardVariable = { name: 'i', kind: 'interval', values: ['1m'], multi: true, includeAll: true }
    expect(tidiedVariable(interval)).toEqual({ name: 'i', kind: 'interval', values: ['1m'] })
    expect(tidiedVariable({ ...model, includeAll: true, allValue: '.*' })).toMatchObject({ allValue: '.*' })
  })

  it('reads values as people write them', () => {
    expect(valuesOf('a, b ,c')).toEqual(['a', 'b', 'c'])
    expect(valuesOf('a, b\nc\n\na, b')).toEqual(['a, b', 'c'])
  })
})
