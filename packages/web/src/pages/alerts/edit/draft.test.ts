import { describe, expect, it } from 'vitest'
import { conditionText, isWhole, readCondition } from './condition-text.ts'
import { bodyOfDraft, draftOf, emptyDraft, faultsOfDraft, groupDraftOf, groupOfDraft, isTestable } from './draft.ts'

describe('conditions', () => {
  it.each([
    ['last() > 90', 'last() > 90'],
    ['WHEN last() > 1000', 'last() > 1000'],
    ['when mean() is above .5', 'avg() > .5'],
    ['percent_diff_abs() IS BELOW -1e3', 'percent_diff_abs() < -1e3'],
    ['WHEN avg() IS OUTSIDE 10 TO 90', 'avg() IS OUTSIDE 10 TO 90'],
    ['max() within 1 to 2', 'max() IS WITHIN 1 TO 2'],
  ])('%s is read into the form', (text, written) => {
    const draft = readCondition(text)
    expect(draft === undefined ? undefined : conditionText(draft)).toBe(written)
    expect(draft === undefined ? undefined : isWhole(draft)).toBe(true)
  })

  it.each(['', 'last()', 'p99() > 1', 'last() > 1 TO 2', 'last() OUTSIDE 1', 'last() > x', 'last() > 1 or'])(
    '%j is not',
    (text) => {
      expect(readCondition(text)).toBeUndefined()
    },
  )

  it('need both ends in order', () => {
    const draft = { reducer: 'avg', comparison: 'within', value: '9', upTo: '1' } as const
    expect(isWhole(draft)).toBe(false)
    expect(isWhole({ ...draft, upTo: '10' })).toBe(true)
    expect(isWhole({ ...draft, upTo: '' })).toBe(false)
  })
})

const place = { language: 'logql', namespace: 'ops', group: 'gpu', interval: '30s' } as const

describe('the form of a rule', () => {
  it('gives the rule back as it was', () => {
    const rule = {
      alert: 'GpuMemory',
      expr: 'avg(max_over_time({job="system"} | json | unwrap gpu_memory_percent [1m]))',
      condition: 'last() > 90',
      over: '5m',
      for: '10m',
      keep_firing_for: '1m',
      keep_firing_while: 'x > 80',
      labels: { severity: 'critical', team: 'ml' },
      annotations: { summary: 'GPU memory usage is above 90%' },
    }
    const draft = draftOf(rule, place)
    expect(draft).toMatchObject({ ...place, mode: 'condition', name: 'GpuMemory' })
    expect(draft === undefined ? undefined : bodyOfDraft(draft)).toEqual(rule)
    expect(draft === undefined ? undefined : faultsOfDraft(draft).size).toBe(0)
    const plain = { alert: 'Down', expr: 'up == 0' }
    expect(bodyOfDraft(draftOf(plain, place) ?? emptyDraft)).toEqual(plain)
  })

  it.each([{ interval: '30s', query_offset: '1m', limit: 0, labels: { team: 'ml' } }, { limit: 12 }, {}])(
    'gives back what the group says of all its rules: %j',
    (said) => {
      expect(groupOfDraft(groupDraftOf(said))).toEqual(said)
    },
  )

  it.each([
    ['limit', '1.5'],
    ['limit', '-1'],
    ['limit', 'many'],
    ['queryOffset', '5'],
  ] as const)('takes no %s of %s', (field, text) => {
    expect([...faultsOfDraft({ ...emptyDraft, [field]: text })]).toContain(field)
    expect([...faultsOfDraft({ ...emptyDraft, limit: ' 7 ', queryOffset: '1m30s' })]).not.toContain(field)
  })

  it('leaves out what is empty', () => {
    expect(
      bodyOfDraft({ ...emptyDraft, name: ' A ', expr: ' up\n', condition: { ...emptyDraft.condition, value: '1' } }),
    ).toEqual({ alert: 'A', expr: 'up', condition: 'last() > 1', over: '5m', labels: { severity: 'warning' } })
  })

  it('has nothing for a condition that it cannot show', () => {
    expect(draftOf({ alert: 'A', expr: 'up', condition: 'p99() > 1' }, place)).toBeUndefined()
  })

  it('says what is missing; names and places are not needed to try it out', () => {
    expect([...faultsOfDraft(emptyDraft)].sort()).toEqual(['condition', 'expr', 'name'])
    const draft = { ...emptyDraft, mode: 'query', expr: 'up == 0', group: '', for: '5 minutes' } as const
    expect([...faultsOfDraft(draft)].sort()).toEqual(['for', 'group', 'name'])
    expect(isTestable(faultsOfDraft(draft))).toBe(false)
    expect(isTestable(faultsOfDraft({ ...draft, for: '5m' }))).toBe(true)
  })
})
