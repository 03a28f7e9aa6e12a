import type { Dashboard } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { fileName, jsonOf } from './export.ts'
import { tagsOfText } from './tags.ts'
import { madeAgain, mostSteps, noSteps, type Steps, takenBack, withStep } from './undo.ts'

const named = (title: string): Dashboard => ({
  title,
  time: { from: 'now-1h', to: 'now' },
  variables: [],
  panels: [],
})
const [a, b, c] = [named('a'), named('b'), named('c')]
const step = (before: Dashboard, after: Dashboard) => ({ what: `${before.title}${after.title}`, before, after })

describe('changes of a dashboard', () => {
  it('are taken back and made again in order', () => {
    const two = withStep(withStep(noSteps, step(a, b)), step(b, c))
    const first = takenBack(two)
    expect(first?.step.before).toBe(b)
    const second = takenBack(first?.steps ?? noSteps)
    expect(second?.step.before).toBe(a)
    expect(takenBack(second?.steps ?? two)).toBeUndefined()
    const again = madeAgain(second?.steps ?? noSteps)
    expect(again?.step.after).toBe(b)
    expect(madeAgain(again?.steps ?? noSteps)?.steps).toEqual(two)
    expect(madeAgain(two)).toBeUndefined()
  })
  it('cannot be made again after another one', () => {
    const back = takenBack(withStep(noSteps, step(a, b)))?.steps ?? noSteps
    const steps = withStep(back, step(a, c))
    expect(madeAgain(steps)).toBeUndefined()
    expect(takenBack(steps)?.step.what).toBe('ac')
  })
  it('are forgotten when they are many', () => {
    let steps: Steps = noSteps
    for (let index = 0; index < mostSteps + 20; index += 1) steps = withStep(steps, { ...step(a, b), what: `${index}` })
    expect(steps.done).toHaveLength(mostSteps)
    expect(steps.done[0]?.what).toBe('20')
  })
})

describe('texts of a dashboard', () => {
  it('become files under a name that file systems take', () => {
    expect(fileName('GPU: memory / rack 3')).toBe('gpu-memory-rack-3.json')
    expect(fileName('학습 현황'.normalize('NFD'))).toBe('학습-현황.json')
    expect(fileName('../..')).toBe('dashboard.json')
    expect(JSON.parse(jsonOf(a))).toEqual(a)
  })
  it('list tags as people write them', () => {
    expect(tagsOfText(' ml, gpu,, ml、学習，a b ')).toEqual(['ml', 'gpu', '学習', 'a b'])
    expect(tagsOfText('')).toEqual([])
  })
})
